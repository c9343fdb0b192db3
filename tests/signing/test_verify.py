"""Steps 1 to 3, 6 and 7, and the verdict over all of them."""

import hashlib
import json
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from support import crafted, pki

from signing import cms
from signing.authority import Revocation
from signing.certificate_subjects import organisation_subject
from signing.certificates import to_der
from signing.paths.validation import Enclosed, TrustMaterial
from signing.policy import DEFAULT, Policy
from signing.verify import Owner

GOOD = [crafted.content_type(), crafted.message_digest()]
STEPS = [
    "structure", "signed-attributes", "signer-certificate", "trusted-time", "claimed-time", "content-digest",
    "encapsulated-content", "certificate-reference", "signature-value", "certificate-path",
    "certificate-usage", "revocation", "owner", "digest-algorithm", "signature-algorithm", "key",
]  # fmt: skip


def sign(signer, content=pki.CONTENT, **more):
    return cms.sign(content, signer.certificate, signer.key, chain=signer.chain, signing_time=pki.AT, **more)


def with_key(private, subject=None):
    """A certificate of our issuing authority for a key of any kind."""
    by = pki.issuing()
    builder = x509.CertificateBuilder().issuer_name(by.certificate.subject).serial_number(88)
    builder = builder.subject_name(subject or organisation_subject(pki.NAME, pki.SENDER))
    builder = builder.not_valid_before(pki.BEGIN).not_valid_after(pki.END).public_key(private.public_key())
    return pki.Signer(builder.sign(by.key, hashes.SHA256()), private)


def found(verdict):
    return verdict.indication.value, verdict.sub_indication and verdict.sub_indication.value


@pytest.mark.parametrize("signed_attributes", [True, False])
@pytest.mark.parametrize("kind", ["p256", "rsa-2048", "rsa-3072"])
def test_what_we_sign_passes_with_every_check_in_order(kind, signed_attributes):
    verdict = pki.judge(sign(pki.organisation(kind), signed_attributes=signed_attributes))
    assert found(verdict) == ("TOTAL-PASSED", None)
    assert [check.name for check in verdict.checks] == STEPS
    assert [check.step for check in verdict.checks] == sorted(check.step for check in verdict.checks)
    assert {check.outcome for check in verdict.checks} <= {"passed", "skipped"}


def test_the_same_arguments_give_the_same_signature():
    assert sign(pki.organisation()) == sign(pki.organisation())
    assert sign(pki.organisation("rsa-2048")) == sign(pki.organisation("rsa-2048"))


def test_signer_kind_agency_and_time_are_told():
    verdict = pki.judge(sign(pki.person()))
    assert (verdict.kind, verdict.agency, verdict.signer) == ("person", pki.SENDER, "Nguyễn Văn An")
    assert verdict.of_sender
    assert verdict.claimed_time == pki.AT.replace(microsecond=0)
    assert (verdict.trusted_time, verdict.time_source) == (pki.AT, "acceptance")
    assert verdict.algorithms == "ecdsa-p256-sha256"
    assert len(verdict.chain) == 3


def test_a_claimed_time_in_the_future_is_remarked_upon_and_fails_nobody():
    signer = pki.organisation()
    late = cms.sign(pki.CONTENT, signer.certificate, signer.key, signing_time=pki.AT + timedelta(days=1))
    verdict = pki.judge(late)
    assert found(verdict) == ("TOTAL-PASSED", None)
    assert pki.check(verdict, "claimed-time").outcome == "unknown"
    within = cms.sign(pki.CONTENT, signer.certificate, signer.key, signing_time=pki.AT + DEFAULT.clock_skew)
    assert pki.check(pki.judge(within), "claimed-time").outcome == "passed"


def test_a_changed_signature_value_fails():
    signer = pki.organisation()
    value = bytearray(crafted.sign_bytes(signer, crafted.tlv(0x31, *GOOD)))
    value[-1] ^= 1
    verdict = pki.judge(crafted.signature(signer, GOOD, value=bytes(value)))
    assert found(verdict) == ("TOTAL-FAILED", "SIG_CRYPTO_FAILURE")
    assert pki.check(verdict, "content-digest").outcome == "passed"


@pytest.mark.parametrize("value", [b"", b"\x00", b"x" * 64, b"x" * 100_000])
@pytest.mark.parametrize("kind", ["p256", "rsa-2048"])
def test_a_value_that_is_no_signature_fails(kind, value):
    verdict = pki.judge(crafted.signature(pki.organisation(kind), GOOD, value=value))
    assert found(verdict) == ("TOTAL-FAILED", "SIG_CRYPTO_FAILURE")


def test_an_algorithm_that_does_not_fit_the_key_fails():
    verdict = pki.judge(crafted.signature(pki.organisation(), GOOD, method=crafted.RSA))
    assert found(verdict) == ("TOTAL-FAILED", "SIG_CRYPTO_FAILURE")


def test_another_certificate_of_the_same_name_and_serial_does_not_stand_in():
    signer, double = pki.organisation(), pki.organisation("double")
    info = crafted.signer_info(signer, GOOD)
    assert found(pki.judge(crafted.signed_data(info, certificates=[double.der]))) == (
        "TOTAL-FAILED",
        "SIG_CRYPTO_FAILURE",
    )


@pytest.mark.parametrize(("value", "passes"), [("own", True), ("other", False)])
def test_the_certificate_the_signer_meant_must_be_the_one_it_brings(value, passes):
    signer = pki.organisation()
    meant = signer.der if value == "own" else pki.person().der
    reference = crafted.seq(crafted.seq(crafted.seq(crafted.tlv(4, hashlib.sha256(meant).digest()))))
    attributes = [*GOOD, crafted.attribute(crafted.SIGNING_CERTIFICATE_V2, reference)]
    verdict = pki.judge(crafted.signature(signer, attributes))
    assert found(verdict) == (
        ("TOTAL-PASSED", None) if passes else ("INDETERMINATE", "NO_SIGNING_CERTIFICATE_FOUND")
    )


def test_of_two_certificates_with_one_name_the_one_the_signer_meant_is_taken():
    signer, double = pki.organisation(), pki.organisation("double")
    signature = sign(signer)
    for order in ((double.der, signer.der), (signer.der, double.der)):
        assert found(pki.judge(_with_certificates(signature, order))) == ("TOTAL-PASSED", None)


def _with_certificates(signature, certificates):
    """The same SignerInfos beside other certificates."""
    signers = signature[signature.index(crafted.seq(crafted.DATA)) :][len(crafted.seq(crafted.DATA)) :]
    old = cms.parse(signature, max_bytes=10**6, max_certificates=8, max_signers=8).certificates
    rest = signers[len(crafted.tlv(0xA0, *old)) :]
    body = crafted.seq(
        crafted.tlv(2, b"\x01"), crafted.tlv(0x31, crafted.SHA256), crafted.seq(crafted.DATA),
        crafted.tlv(0xA0, *certificates), rest,
    )  # fmt: skip
    return crafted.seq(crafted.SIGNED_DATA, crafted.tlv(0xA0, body))


def test_the_certificate_of_another_agency_leaves_undecided():
    verdict = pki.judge(sign(pki.organisation(agency="000.00.00.H26")))
    assert found(verdict) == ("INDETERMINATE", "SIG_CONSTRAINTS_FAILURE")
    assert not verdict.of_sender
    sentence = verdict.to_json("en")["sentence"]
    assert "000.00.00.H26" in sentence
    assert pki.SENDER in sentence


def test_a_certificate_that_names_no_agency_leaves_undecided_until_it_is_registered():
    signer = with_key(pki.key("plain"), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Plain")]))
    assert found(pki.judge(sign(signer))) == ("INDETERMINATE", "SIG_CONSTRAINTS_FAILURE")
    registered = pki.judge(sign(signer), binder=lambda _certificate: Owner(pki.SENDER, "person"))
    assert found(registered) == ("TOTAL-PASSED", None)
    assert registered.kind == "person"


def test_no_registration_overrules_what_the_subject_says():
    signature = sign(pki.organisation(agency="000.00.00.H26"))
    verdict = pki.judge(signature, binder=lambda _certificate: Owner(pki.SENDER, "organisation"))
    assert found(verdict) == ("INDETERMINATE", "SIG_CONSTRAINTS_FAILURE")
    assert (verdict.kind, verdict.agency) == ("organisation", "000.00.00.H26")


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        (ec.SECP256R1(), ("TOTAL-PASSED", None)),
        (ec.SECP384R1(), ("TOTAL-PASSED", None)),
        (ec.SECP521R1(), ("TOTAL-PASSED", None)),
        (ec.SECP256K1(), ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE")),
        (ec.SECP224R1(), ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE")),
    ],
)
def test_only_admitted_curves_pass(curve, expected):
    assert found(pki.judge(sign(with_key(ec.generate_private_key(curve))))) == expected


@pytest.mark.parametrize(
    ("bits", "expected"),
    [(1024, "CRYPTO_CONSTRAINTS_FAILURE"), (2040, "CRYPTO_CONSTRAINTS_FAILURE"), (2048, None)],
)
def test_short_rsa_keys_never_pass(bits, expected):
    verdict = pki.judge(sign(with_key(rsa.generate_private_key(public_exponent=65537, key_size=bits))))
    assert found(verdict)[1] == expected
    assert pki.check(verdict, "signature-value").outcome == "passed"


def with_rsa_numbers(bits, exponent=65537):
    """A certificate with a modulus of this size, which nobody has a key for."""
    public = rsa.RSAPublicNumbers(exponent, (1 << bits) - 1).public_key()
    by = pki.issuing()
    builder = x509.CertificateBuilder().issuer_name(by.certificate.subject).serial_number(89)
    builder = builder.subject_name(organisation_subject(pki.NAME, pki.SENDER)).public_key(public)
    builder = builder.not_valid_before(pki.BEGIN).not_valid_after(pki.END)
    return pki.Signer(builder.sign(by.key, hashes.SHA256()), pki.key("none"))


@pytest.mark.parametrize(
    ("bits", "exponent"), [(4104, 65537), (8192, 65537), (16384, 65537), (2048, (1 << 65) + 1)]
)
def test_keys_that_cost_too_much_are_not_even_tried(bits, exponent):
    signer = with_rsa_numbers(bits, exponent)
    verdict = pki.judge(crafted.signature(signer, GOOD, method=crafted.RSA, value=b"x" * (bits // 8)))
    assert found(verdict) == ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE")
    assert pki.check(verdict, "signature-value").outcome == "unknown"


def test_a_key_of_4096_bits_is_tried():
    signer = with_rsa_numbers(4096)
    verdict = pki.judge(crafted.signature(signer, GOOD, method=crafted.RSA, value=b"x" * 512))
    assert found(verdict) == ("TOTAL-FAILED", "SIG_CRYPTO_FAILURE")


def test_ed25519_passes():
    private = ed25519.Ed25519PrivateKey.generate()
    signer = with_key(private)
    method = bytes.fromhex("300506032b6570")
    attributes = [crafted.content_type(), crafted.message_digest()]
    value = private.sign(crafted.tlv(0x31, *attributes))
    verdict = pki.judge(crafted.signature(signer, attributes, method=method, value=value))
    assert (found(verdict), verdict.algorithms) == (("TOTAL-PASSED", None), "ed25519")


@pytest.mark.parametrize(
    ("digest", "method"),
    [
        (bytes.fromhex("300506032a0304"), None),
        (crafted.SHA256, bytes.fromhex("300506032a0304")),
        (crafted.SHA256, bytes.fromhex("300906072a8648ce380403")),
        (crafted.SHA256, bytes.fromhex("300b06092a864886f70d01010a")),
    ],
)
def test_unknown_algorithms_never_pass(digest, method):
    verdict = pki.judge(crafted.signature(pki.organisation(), GOOD, digest=digest, method=method))
    assert verdict.indication != "TOTAL-PASSED"
    assert verdict.sub_indication in {"CRYPTO_CONSTRAINTS_FAILURE", "SIG_CRYPTO_FAILURE"}


def test_a_policy_may_admit_less():
    strict = Policy(name="strict", curves=frozenset())
    verdict = pki.judge(sign(pki.organisation()), policy=strict)
    assert (found(verdict)[1], verdict.policy) == ("CRYPTO_CONSTRAINTS_FAILURE", "strict")


def test_all_that_is_wrong_is_shown_and_what_comes_first_names_the_verdict():
    signer = pki.organisation(agency="000.00.00.H26", end=pki.AT - timedelta(days=1))
    verdict = pki.judge(sign(signer), b"other", policy=Policy(name="strict", curves=frozenset()))
    assert found(verdict) == ("TOTAL-FAILED", "HASH_FAILURE")
    failed = {check.name for check in verdict.checks if check.outcome == "failed"}
    assert failed == {"content-digest", "certificate-path", "owner", "key"}
    assert pki.check(verdict, "signature-value").outcome == "passed"


def test_to_try_later_is_promised_only_where_nothing_else_is_wrong():
    without_list = TrustMaterial((to_der(pki.root().certificate),), (to_der(pki.issuing().certificate),))
    assert found(pki.judge(sign(pki.organisation()), material=without_list))[1] == "TRY_LATER"
    other = sign(pki.organisation(agency="000.00.00.H26"))
    assert found(pki.judge(other, material=without_list))[1] == "SIG_CONSTRAINTS_FAILURE"


def test_the_path_reaches_the_verdict():
    revoked = pki.trust(pki.crl(revoked=[Revocation(10, pki.AT - timedelta(days=1))]))
    verdict = pki.judge(sign(pki.organisation()), material=revoked)
    assert found(verdict) == ("TOTAL-FAILED", "REVOKED")
    assert "2019-06-02T02:11:09Z" in verdict.to_json("vi")["sentence"]
    assert found(pki.judge(sign(pki.organisation()), at=pki.END))[1] == "EXPIRED"
    assert found(pki.judge(sign(pki.organisation(begin=pki.AT + timedelta(1)))))[1] == "NOT_YET_VALID"


def test_what_the_path_judge_raises_passes_through():
    class NotCachedError(Exception):
        pass

    def not_cached(*_arguments):
        raise NotCachedError

    with pytest.raises(NotCachedError):
        pki.judge(sign(pki.organisation()), paths=not_cached)


def test_the_path_judge_gets_the_other_certificates_and_the_time():
    asked = []

    def remember(certificate, enclosed, at):
        asked.append((certificate, enclosed, at))
        raise LookupError

    signer = pki.organisation()
    with pytest.raises(LookupError):
        pki.judge(sign(signer), paths=remember)
    assert asked == [(signer.der, Enclosed((to_der(pki.issuing().certificate),)), pki.AT)]


def test_the_json_has_the_members_of_the_contract():
    shown = pki.judge(sign(pki.organisation())).to_json("en")
    assert json.loads(json.dumps(shown)) == shown
    members = (
        "indication sub_indication format covers kind signer certificate claimed_time trusted_time "
        "time_source algorithm checks sentence remedy material"
    )
    assert set(members.split()) <= set(shown)
    assert set(shown["certificate"]) == {"subject", "issuer", "serial", "sha256", "not_before", "not_after"}
    assert shown["trusted_time"] == "2019-06-03T02:11:09.123456Z"
    assert shown["certificate"]["not_before"] == "2019-01-01T00:00:00Z"
    assert {"name", "outcome", "found", "expected"} <= set(shown["checks"][0])
