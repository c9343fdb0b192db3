"""Policies are found by their names, and their limits on keys hold."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from support import pki, raw_cms

from signing import cms, policy
from signing.certificate_subjects import organisation_subject

GOOD = [raw_cms.content_type(), raw_cms.message_digest()]


def sign(signer, content=pki.CONTENT):
    return cms.sign(content, signer.certificate, signer.key, chain=signer.chain, signing_time=pki.AT)


def found(verdict):
    return verdict.indication.value, verdict.sub_indication and verdict.sub_indication.value


def test_every_policy_is_found_by_its_name():
    assert {name: each.name for name, each in policy.POLICIES.items()} == {
        "axis-2019": "axis-2019",
        "admits-dsa": "admits-dsa",
    }


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
    assert found(pki.judge(sign(pki.with_key(ec.generate_private_key(curve))))) == expected


@pytest.mark.parametrize(
    ("bits", "expected"),
    [(1024, "CRYPTO_CONSTRAINTS_FAILURE"), (2040, "CRYPTO_CONSTRAINTS_FAILURE"), (2048, None)],
)
def test_short_rsa_keys_never_pass(bits, expected):
    verdict = pki.judge(sign(pki.with_key(rsa.generate_private_key(public_exponent=65537, key_size=bits))))
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
    verdict = pki.judge(raw_cms.signature(signer, GOOD, method=raw_cms.RSA, value=b"x" * (bits // 8)))
    assert found(verdict) == ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE")
    assert pki.check(verdict, "signature-value").outcome == "unknown"


def test_a_key_of_4096_bits_is_tried():
    signer = with_rsa_numbers(4096)
    verdict = pki.judge(raw_cms.signature(signer, GOOD, method=raw_cms.RSA, value=b"x" * 512))
    assert found(verdict) == ("TOTAL-FAILED", "SIG_CRYPTO_FAILURE")
