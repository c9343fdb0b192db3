"""The steps of judging a signer: certificate meant, value, algorithms, agency."""

import hashlib

import pytest
from cryptography import x509
from support import pki, raw_cms

from signing import cms
from signing.policy import Policy
from signing.verify import Owner

GOOD = [raw_cms.content_type(), raw_cms.message_digest()]


def sign(signer, content=pki.CONTENT, **more):
    return cms.sign(content, signer.certificate, signer.key, chain=signer.chain, signing_time=pki.AT, **more)


def found(verdict):
    return verdict.indication.value, verdict.sub_indication and verdict.sub_indication.value


def test_a_changed_signature_value_fails():
    signer = pki.organisation()
    value = bytearray(raw_cms.sign_bytes(signer, raw_cms.tlv(0x31, *GOOD)))
    value[-1] ^= 1
    verdict = pki.judge(raw_cms.signature(signer, GOOD, value=bytes(value)))
    assert found(verdict) == ("TOTAL-FAILED", "SIG_CRYPTO_FAILURE")
    assert pki.check(verdict, "content-digest").outcome == "passed"


@pytest.mark.parametrize("value", [b"", b"\x00", b"x" * 64, b"x" * 100_000])
@pytest.mark.parametrize("kind", ["p256", "rsa-2048"])
def test_a_value_that_is_no_signature_fails(kind, value):
    verdict = pki.judge(raw_cms.signature(pki.organisation(kind), GOOD, value=value))
    assert found(verdict) == ("TOTAL-FAILED", "SIG_CRYPTO_FAILURE")


def test_an_algorithm_that_does_not_fit_the_key_fails():
    verdict = pki.judge(raw_cms.signature(pki.organisation(), GOOD, method=raw_cms.RSA))
    assert found(verdict) == ("TOTAL-FAILED", "SIG_CRYPTO_FAILURE")


def test_another_certificate_of_the_same_name_and_serial_does_not_stand_in():
    signer, double = pki.organisation(), pki.organisation("double")
    info = raw_cms.signer_info(signer, GOOD)
    assert found(pki.judge(raw_cms.signed_data(info, certificates=[double.der]))) == (
        "TOTAL-FAILED",
        "SIG_CRYPTO_FAILURE",
    )


@pytest.mark.parametrize(("value", "passes"), [("own", True), ("other", False)])
def test_the_certificate_the_signer_meant_must_be_the_one_it_brings(value, passes):
    signer = pki.organisation()
    meant = signer.der if value == "own" else pki.person().der
    reference = raw_cms.seq(raw_cms.seq(raw_cms.seq(raw_cms.tlv(4, hashlib.sha256(meant).digest()))))
    attributes = [*GOOD, raw_cms.attribute(raw_cms.SIGNING_CERTIFICATE_V2, reference)]
    verdict = pki.judge(raw_cms.signature(signer, attributes))
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
    signers = signature[signature.index(raw_cms.seq(raw_cms.DATA)) :][len(raw_cms.seq(raw_cms.DATA)) :]
    old = cms.parse(signature, max_bytes=10**6, max_certificates=8, max_signers=8).certificates
    rest = signers[len(raw_cms.tlv(0xA0, *old)) :]
    body = raw_cms.seq(
        raw_cms.tlv(2, b"\x01"), raw_cms.tlv(0x31, raw_cms.SHA256), raw_cms.seq(raw_cms.DATA),
        raw_cms.tlv(0xA0, *certificates), rest,
    )  # fmt: skip
    return raw_cms.seq(raw_cms.SIGNED_DATA, raw_cms.tlv(0xA0, body))


def test_the_certificate_of_another_agency_leaves_undecided():
    verdict = pki.judge(sign(pki.organisation(agency="000.00.00.H26")))
    assert found(verdict) == ("INDETERMINATE", "SIG_CONSTRAINTS_FAILURE")
    assert not verdict.of_sender
    sentence = verdict.to_json("en")["sentence"]
    assert "000.00.00.H26" in sentence
    assert pki.SENDER in sentence


def test_a_certificate_that_names_no_agency_leaves_undecided_until_it_is_registered():
    signer = pki.with_key(
        pki.key("plain"), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Plain")])
    )
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
    ("digest", "method"),
    [
        (bytes.fromhex("300506032a0304"), None),
        (raw_cms.SHA256, bytes.fromhex("300506032a0304")),
        (raw_cms.SHA256, bytes.fromhex("300906072a8648ce380403")),
        (raw_cms.SHA256, bytes.fromhex("300b06092a864886f70d01010a")),
    ],
)
def test_unknown_algorithms_never_pass(digest, method):
    verdict = pki.judge(raw_cms.signature(pki.organisation(), GOOD, digest=digest, method=method))
    assert verdict.indication != "TOTAL-PASSED"
    assert verdict.sub_indication in {"CRYPTO_CONSTRAINTS_FAILURE", "SIG_CRYPTO_FAILURE"}


def test_a_policy_may_admit_less():
    strict = Policy(name="strict", curves=frozenset())
    verdict = pki.judge(sign(pki.organisation()), policy=strict)
    assert (found(verdict)[1], verdict.policy) == ("CRYPTO_CONSTRAINTS_FAILURE", "strict")
