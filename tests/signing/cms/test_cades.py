"""Across modules: what CAdES adds to CMS: the certificate meant, time-stamps, countersignatures."""

import hashlib
from datetime import timedelta

import pytest
from asn1crypto import cms as asn1_cms
from cryptography import x509
from support import pki, raw_cms, tsa

from signing import cms
from signing.authority import Revocation
from signing.certificates import read_certificate
from signing.timestamps import with_signature_timestamp
from signing.timestamps.attach import signature_value

GOOD = [raw_cms.content_type(), raw_cms.message_digest()]
SIGNER = pki.organisation()


def word(verdict):
    return verdict.indication.value, verdict.sub_indication and verdict.sub_indication.value


def reference(issuer=None, serial=None, digest=None, names=1):
    """signing-certificate-v2 of the signer, with issuerSerial when an issuer is given."""
    known = read_certificate(SIGNER.der)
    value = raw_cms.tlv(4, digest or hashlib.sha256(SIGNER.der).digest())
    more = b""
    if issuer is not None:
        number = (known.serial if serial is None else serial).to_bytes(1, "big")
        more = raw_cms.seq(raw_cms.seq(*[raw_cms.tlv(0xA4, issuer)] * names), raw_cms.tlv(2, number))
    return raw_cms.attribute(
        raw_cms.SIGNING_CERTIFICATE_V2, raw_cms.seq(raw_cms.seq(raw_cms.seq(value, more)))
    )


ISSUER = read_certificate(SIGNER.der).issuer
AS_PRINTABLE = x509.Name(
    [
        x509.NameAttribute(each.oid, each.value.upper(), _type=x509.name._ASN1Type.BMPString)
        for each in SIGNER.certificate.issuer
    ]
).public_bytes()


def test_a_signature_that_names_its_certificate_is_cades_and_another_is_cms():
    assert pki.judge(raw_cms.signature(SIGNER, GOOD)).format == "CMS"
    assert pki.judge(raw_cms.signature(SIGNER, [*GOOD, reference()])).format == "CAdES"


@pytest.mark.parametrize("issuer", [ISSUER, AS_PRINTABLE], ids=["same bytes", "another encoding"])
def test_issuer_and_serial_beside_the_digest_may_be_those_of_the_certificate(issuer):
    assert word(pki.judge(raw_cms.signature(SIGNER, [*GOOD, reference(issuer)]))) == ("TOTAL-PASSED", None)


@pytest.mark.parametrize(
    "attribute",
    [
        reference(digest=b"\0" * 32),
        reference(ISSUER, serial=11),
        reference(pki.root().certificate.issuer.public_bytes()),
        reference(ISSUER, names=2),
        reference(b"\x30\x00"),
    ],
    ids=["digest", "serial", "issuer", "two issuers", "empty issuer"],
)
def test_a_reference_to_another_certificate_does_not_pass(attribute):
    verdict = pki.judge(raw_cms.signature(SIGNER, [*GOOD, attribute]))
    assert word(verdict) == ("INDETERMINATE", "NO_SIGNING_CERTIFICATE_FOUND")


def stamped(token, signature=None):
    signature = signature or cms.sign(pki.CONTENT, SIGNER.certificate, SIGNER.key, chain=SIGNER.chain)
    return with_signature_timestamp(signature, token(signature_value(signature)))


YEAR = timedelta(days=365)


def test_the_trusted_time_is_the_time_stamps():
    verdict = pki.judge(stamped(lambda value: tsa.token(data=value)), at=pki.AT + YEAR, material=later())
    assert word(verdict) == ("TOTAL-PASSED", None)
    assert (verdict.trusted_time, verdict.time_source) == (pki.AT, "rfc3161")
    assert verdict.to_json()["time_source"] == "rfc3161"
    steps = [check.step for check in verdict.checks]
    assert steps == sorted(steps)


def later(*revoked):
    """Lists of a year after, complete for what had been revoked by then."""
    return pki.trust(
        pki.crl(),
        pki.crl(
            revoked=revoked, this_update=pki.AT + YEAR - timedelta(days=1), next_update=pki.AT + YEAR * 2
        ),
    )


def test_what_was_revoked_after_the_time_stamp_still_passes_and_without_it_does_not():
    revoked = later(Revocation(10, pki.AT + timedelta(days=200)))
    with_stamp = stamped(lambda value: tsa.token(data=value))
    assert word(pki.judge(with_stamp, at=pki.AT + YEAR, material=revoked)) == ("TOTAL-PASSED", None)
    without = cms.sign(pki.CONTENT, SIGNER.certificate, SIGNER.key, chain=SIGNER.chain)
    assert word(pki.judge(without, at=pki.AT + YEAR, material=revoked)) == ("TOTAL-FAILED", "REVOKED")


@pytest.mark.parametrize(
    "token",
    [
        lambda value: tsa.token(data=value + b" "),
        lambda value: tsa.token(pki.organisation("rogue"), data=value),
        lambda value: tsa.token(data=value, at=pki.AT + YEAR * 2),
    ],
    ids=["other octets", "no authority", "in the future"],
)
def test_a_time_stamp_that_is_not_believed_leaves_the_time_of_acceptance(token):
    at = pki.AT + YEAR
    verdict = pki.judge(stamped(token), at=at, material=later())
    assert word(verdict) == ("TOTAL-PASSED", None)
    assert (verdict.trusted_time, verdict.time_source) == (at, "acceptance")
    assert "failed" in {check.outcome for check in verdict.checks if check.name.startswith("timestamp-")}


def test_of_two_time_stamps_the_earlier_is_the_trusted_time():
    day = timedelta(days=1)
    both = stamped(
        lambda value: tsa.token(data=value, at=pki.AT + day),
        stamped(lambda value: tsa.token(data=value)),
    )
    verdict = pki.judge(both, at=pki.AT + YEAR, material=later())
    assert (verdict.trusted_time, verdict.time_source) == (pki.AT, "rfc3161")


@pytest.mark.parametrize(
    "extra",
    [
        [raw_cms.tlv(0xA1, raw_cms.seq(b"\x02\x01\x00"))],
        [raw_cms.tlv(0xA2, b"\x02\x01\x00")],
        [raw_cms.tlv(0xA3, bytes.fromhex("06032a0304"), b"\x05\x00")],
        [SIGNER.der],
        [pki.person().der, b"\x30\x03\x02\x01\x00"],
    ],
    ids=["attribute certificate", "its second version", "another format", "twice", "not readable"],
)
def test_what_else_stands_among_the_certificates_does_no_harm(extra):
    info = raw_cms.signer_info(SIGNER, GOOD)
    verdict = pki.judge(raw_cms.signed_data(info, certificates=[*extra, SIGNER.der]))
    assert word(verdict) == ("TOTAL-PASSED", None)


def test_a_revocation_list_inside_is_passed_over():
    info = asn1_cms.ContentInfo.load(raw_cms.signature(SIGNER, GOOD))
    info["content"]["crls"] = [asn1_cms.RevocationInfoChoice.load(pki.crl())]
    assert word(pki.judge(info.dump(force=True))) == ("TOTAL-PASSED", None)
