"""Across modules: we pass what openssl signs, and openssl verifies what we sign."""

import pytest
from support import pki

from signing import keys
from signing.certificates import load_certificates, to_der, to_pem
from signing.paths.validation import TrustMaterial
from signing.verify import Owner

KINDS = ["p256", "rsa-2048", "rsa-3072"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "content").write_bytes(pki.CONTENT)
    (tmp_path / "root.pem").write_bytes(to_pem(pki.root().certificate))
    return tmp_path


def signed_by_openssl(folder, signer, *options, outform="DER"):
    signer.write(folder)
    pki.openssl(
        folder, "cms", "-sign", "-binary", "-in", "content", "-signer", "cert.pem", "-inkey", "key.pem",
        "-outform", outform, "-out", "signature", *options,
    )  # fmt: skip
    return (folder / "signature").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "options",
    [
        [],
        ["-nosmimecap"],
        ["-noattr"],
        ["-certfile", "chain.pem"],
        ["-md", "sha384"],
        ["-md", "sha512"],
        ["-keyid"],
        ["-cades"],
        ["-stream"],
        ["-stream", "-noattr", "-keyid"],
        ["-nodetach"],
        ["-nodetach", "-stream"],
    ],
    ids=" ".join,
)
def test_what_openssl_signs_passes(folder, kind, options):
    verdict = pki.judge(signed_by_openssl(folder, pki.organisation(kind), *options))
    assert verdict.indication == "TOTAL-PASSED", verdict
    assert verdict.kind == "organisation"


@pytest.mark.parametrize("options", [[], ["-stream"], ["-noattr"]], ids=" ".join)
def test_what_openssl_signs_in_pem_passes(folder, options):
    signature = signed_by_openssl(folder, pki.organisation(), *options, outform="PEM")
    assert signature.startswith(b"-----BEGIN CMS-----")
    assert pki.judge(signature).indication == "TOTAL-PASSED"


@pytest.mark.parametrize(
    "options",
    [
        ["-keyopt", "rsa_padding_mode:pss"],
        ["-noattr", "-keyopt", "rsa_padding_mode:pss"],
        ["-md", "sha512", "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:20"],
    ],
)
def test_what_openssl_signs_with_pss_passes(folder, options):
    verdict = pki.judge(signed_by_openssl(folder, pki.organisation("rsa-2048"), *options))
    assert verdict.indication == "TOTAL-PASSED", verdict
    assert verdict.algorithms in {"rsa-pss-2048-sha256", "rsa-pss-2048-sha512"}


def test_a_signature_of_openssl_needs_no_known_issuer_if_it_brings_the_chain(folder):
    signature = signed_by_openssl(folder, pki.organisation(), "-certfile", "chain.pem")
    assert pki.judge(signature, material=pki.trust(intermediates=())).indication == "TOTAL-PASSED"


def test_without_the_issuer_no_chain_is_found_and_the_issuer_is_named(folder):
    verdict = pki.judge(signed_by_openssl(folder, pki.organisation()), material=pki.trust(intermediates=()))
    assert verdict.sub_indication == "NO_CERTIFICATE_CHAIN_FOUND"
    assert "Issuing" in verdict.to_json("en")["sentence"]


def test_without_any_certificate_no_chain_is_found(folder):
    verdict = pki.judge(signed_by_openssl(folder, pki.organisation(), "-nocerts"))
    assert verdict.sub_indication == "NO_CERTIFICATE_CHAIN_FOUND"
    assert "does not carry the signer's certificate" in verdict.to_json("en")["sentence"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("position", [0, len(pki.CONTENT) // 2, len(pki.CONTENT) - 1])
@pytest.mark.parametrize(
    ("options", "expected"),
    [([], "HASH_FAILURE"), (["-stream"], "HASH_FAILURE"), (["-noattr"], "SIG_CRYPTO_FAILURE")],
)
def test_one_byte_changed_in_the_content_fails(folder, kind, position, options, expected):
    changed = bytearray(pki.CONTENT)
    changed[position] ^= 1
    verdict = pki.judge(signed_by_openssl(folder, pki.organisation(kind), *options), bytes(changed))
    assert (verdict.indication, verdict.sub_indication) == ("TOTAL-FAILED", expected)


def test_content_carried_inside_that_is_not_the_content_sent_fails(folder):
    signature = signed_by_openssl(folder, pki.organisation(), "-nodetach", "-noattr")
    verdict = pki.judge(signature, pki.CONTENT + b" ")
    assert verdict.sub_indication == "HASH_FAILURE"
    assert pki.check(verdict, "encapsulated-content").outcome == "failed"


@pytest.mark.parametrize(
    ("kind", "digest"),
    [("p256", "sha1"), ("p256", "sha224"), ("rsa-2048", "sha1"), ("rsa-2048", "sha224"), ("rsa-2048", "md5")],
)
def test_weak_digests_are_understood_and_never_passed(folder, kind, digest):
    verdict = pki.judge(signed_by_openssl(folder, pki.organisation(kind), "-md", digest))
    assert (verdict.indication, verdict.sub_indication) == ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE")
    assert pki.check(verdict, "content-digest").outcome == "passed"
    assert pki.check(verdict, "signature-value").outcome == "passed"


def test_weak_digest_over_changed_content_fails(folder):
    verdict = pki.judge(signed_by_openssl(folder, pki.organisation(), "-md", "sha1"), b"other")
    assert verdict.sub_indication == "HASH_FAILURE"


def test_each_of_several_signers_gets_its_own_verdict(folder):
    signed_by_openssl(folder, pki.organisation())
    (folder / "signature").rename(folder / "first")
    pki.person().write(folder)
    pki.openssl(
        folder, "cms", "-resign", "-inform", "DER", "-in", "first", "-content", "content", "-binary",
        "-signer", "cert.pem", "-inkey", "key.pem", "-outform", "DER", "-out", "both",
    )  # fmt: skip
    verdicts = pki.judge_all((folder / "both").read_bytes())
    assert sorted(verdict.kind for verdict in verdicts) == ["organisation", "person"]
    assert {verdict.indication for verdict in verdicts} == {"TOTAL-PASSED"}


def test_a_certificate_made_by_openssl_passes_once_it_is_trusted_and_registered(folder):
    pki.openssl(
        folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
        "/O=Somebody", "-days", "3650", "-keyout", "key.pem", "-out", "cert.pem",
        "-addext", "keyUsage=digitalSignature",
    )  # fmt: skip
    pki.openssl(
        folder, "cms", "-sign", "-binary", "-in", "content", "-signer", "cert.pem", "-inkey", "key.pem",
        "-outform", "DER", "-out", "signature",
    )  # fmt: skip
    certificate = load_certificates((folder / "cert.pem").read_bytes())[0]
    arguments = {
        "material": TrustMaterial((to_der(certificate),)),
        "at": certificate.not_valid_before_utc,
        "binder": lambda _certificate: Owner(pki.SENDER, "organisation"),
    }
    assert pki.judge((folder / "signature").read_bytes(), **arguments).indication == "TOTAL-PASSED"


def test_keys_go_to_openssl_and_back(folder):
    for kind in keys.KEY_KINDS:
        key = keys.generate(kind)
        (folder / "key.pem").write_bytes(keys.to_pem(key))
        pki.openssl(folder, "pkey", "-in", "key.pem", "-out", "again.pem")
        assert keys.from_pem((folder / "again.pem").read_bytes()).public_key() == key.public_key()
