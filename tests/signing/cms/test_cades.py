"""Across modules: what CAdES adds to CMS: the certificate meant, time-stamps, countersignatures."""

import hashlib
from datetime import timedelta

import pytest
from asn1crypto import cms as asn1_cms
from cryptography import x509
from support import crafted, pki, stamping

from signing import cms
from signing.authority import Revocation
from signing.certificates import read_certificate
from signing.timestamps import with_signature_timestamp
from signing.timestamps.attach import signature_value

GOOD = [crafted.content_type(), crafted.message_digest()]
COUNTERSIGNATURE = bytes.fromhex("06092a864886f70d010906")
STAMP = bytes.fromhex("060b2a864886f70d010910020e")
SIGNER = pki.organisation()


def word(verdict):
    return verdict.indication.value, verdict.sub_indication and verdict.sub_indication.value


def checks(verdict, name):
    return [check for check in verdict.checks if check.name == name]


def reference(issuer=None, serial=None, digest=None, names=1):
    """signing-certificate-v2 of the signer, with issuerSerial when an issuer is given."""
    known = read_certificate(SIGNER.der)
    value = crafted.tlv(4, digest or hashlib.sha256(SIGNER.der).digest())
    more = b""
    if issuer is not None:
        number = (known.serial if serial is None else serial).to_bytes(1, "big")
        more = crafted.seq(crafted.seq(*[crafted.tlv(0xA4, issuer)] * names), crafted.tlv(2, number))
    return crafted.attribute(
        crafted.SIGNING_CERTIFICATE_V2, crafted.seq(crafted.seq(crafted.seq(value, more)))
    )


ISSUER = read_certificate(SIGNER.der).issuer
AS_PRINTABLE = x509.Name(
    [
        x509.NameAttribute(each.oid, each.value.upper(), _type=x509.name._ASN1Type.BMPString)
        for each in SIGNER.certificate.issuer
    ]
).public_bytes()


def test_a_signature_that_names_its_certificate_is_cades_and_another_is_cms():
    assert pki.judge(crafted.signature(SIGNER, GOOD)).format == "CMS"
    assert pki.judge(crafted.signature(SIGNER, [*GOOD, reference()])).format == "CAdES"


@pytest.mark.parametrize("issuer", [ISSUER, AS_PRINTABLE], ids=["same bytes", "another encoding"])
def test_issuer_and_serial_beside_the_digest_may_be_those_of_the_certificate(issuer):
    assert word(pki.judge(crafted.signature(SIGNER, [*GOOD, reference(issuer)]))) == ("TOTAL-PASSED", None)


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
    verdict = pki.judge(crafted.signature(SIGNER, [*GOOD, attribute]))
    assert word(verdict) == ("INDETERMINATE", "NO_SIGNING_CERTIFICATE_FOUND")


def stamped(token, signature=None):
    signature = signature or cms.sign(pki.CONTENT, SIGNER.certificate, SIGNER.key, chain=SIGNER.chain)
    return with_signature_timestamp(signature, token(signature_value(signature)))


YEAR = timedelta(days=365)


def test_the_trusted_time_is_the_time_stamps():
    verdict = pki.judge(stamped(lambda value: stamping.token(data=value)), at=pki.AT + YEAR, material=later())
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
    with_stamp = stamped(lambda value: stamping.token(data=value))
    assert word(pki.judge(with_stamp, at=pki.AT + YEAR, material=revoked)) == ("TOTAL-PASSED", None)
    without = cms.sign(pki.CONTENT, SIGNER.certificate, SIGNER.key, chain=SIGNER.chain)
    assert word(pki.judge(without, at=pki.AT + YEAR, material=revoked)) == ("TOTAL-FAILED", "REVOKED")


@pytest.mark.parametrize(
    "token",
    [
        lambda value: stamping.token(data=value + b" "),
        lambda value: stamping.token(pki.organisation("rogue"), data=value),
        lambda value: stamping.token(data=value, at=pki.AT + YEAR * 2),
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
        lambda value: stamping.token(data=value, at=pki.AT + day),
        stamped(lambda value: stamping.token(data=value)),
    )
    verdict = pki.judge(both, at=pki.AT + YEAR, material=later())
    assert (verdict.trusted_time, verdict.time_source) == (pki.AT, "rfc3161")


def countersigned(*infos):
    unsigned = crafted.tlv(0xA1, crafted.attribute(COUNTERSIGNATURE, *infos))
    info = crafted.signer_info(SIGNER, GOOD, unsigned=unsigned)
    return crafted.signed_data(info, certificates=[SIGNER.der, pki.person().der])


def counter(over, by=None, *more):
    """A countersignature over these octets."""
    attributes = sorted([crafted.message_digest(over), *more])
    return crafted.signer_info(by or pki.person(), attributes)


VALUE = crafted.sign_bytes(SIGNER, crafted.tlv(0x31, *GOOD))


def test_a_countersignature_is_reported_with_who_made_it():
    verdict = pki.judge(countersigned(counter(VALUE)))
    assert word(verdict) == ("TOTAL-PASSED", None)
    (check,) = checks(verdict, "countersignature")
    assert (check.outcome, check.found) == ("passed", read_certificate(pki.person().der).summary.subject)
    steps = [each.step for each in verdict.checks]
    assert steps == sorted(steps)
    titles = [check["title"] for check in verdict.to_json("vi")["checks"]]
    assert "Có người khác ký xác nhận chữ ký này" in titles


@pytest.mark.parametrize(
    ("info", "outcome", "why"),
    [
        (counter(b"other"), "failed", "HASH_FAILURE"),
        (counter(VALUE, pki.organisation("absent", serial=77)), "unknown", None),
        (b"\x30\x00", "failed", None),
        (
            crafted.signer_info(pki.person(), [crafted.message_digest(VALUE)], value=b"\x30\x00"),
            "failed",
            "SIG_CRYPTO_FAILURE",
        ),
    ],
    ids=["digest", "certificate", "malformed", "value"],
)
def test_a_countersignature_that_does_not_hold_is_reported_and_decides_nothing(info, outcome, why):
    verdict = pki.judge(countersigned(info))
    assert word(verdict) == ("TOTAL-PASSED", None)
    (check,) = checks(verdict, "countersignature")
    assert (check.outcome, check.expected) == (outcome, why)


def countersigned_by(attribute):
    info = crafted.signer_info(SIGNER, GOOD, unsigned=crafted.tlv(0xA1, attribute))
    return crafted.signed_data(info, certificates=[SIGNER.der])


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ([crafted.message_digest()], "attribute-unsigned"),
        ([crafted.content_type()], "attribute-unsigned"),
        ([b"\x30\x00"], "malformed"),
    ],
)
def test_unsigned_attributes_that_may_not_be_there_are_refused(attributes, reason):
    info = crafted.signer_info(SIGNER, GOOD, unsigned=crafted.tlv(0xA1, *attributes))
    verdict = pki.judge(crafted.signed_data(info, certificates=[SIGNER.der]))
    assert word(verdict) == ("TOTAL-FAILED", "FORMAT_FAILURE")
    assert dict(verdict.params)["reason"] == reason


@pytest.mark.parametrize(
    "attribute",
    [
        crafted.attribute(COUNTERSIGNATURE, *[counter(VALUE)] * 9),
        crafted.attribute(STAMP, *[b"\x30\x00"] * 5),
    ],
    ids=["countersignatures", "time-stamps"],
)
def test_more_unsigned_ones_than_are_judged_leave_it_open(attribute):
    verdict = pki.judge(countersigned_by(attribute))
    assert word(verdict) == ("INDETERMINATE", "GENERIC")
    assert dict(verdict.params)["reason"] == "too-many-unsigned"


@pytest.mark.parametrize(
    "attribute",
    [
        crafted.seq(COUNTERSIGNATURE, b"\x30\x00"),
        crafted.attribute(STAMP),
        crafted.attribute(STAMP, b"\x30\x00"),
        crafted.attribute(STAMP, b"\x30\x05\x30"),
        crafted.attribute(COUNTERSIGNATURE, b"\x30\x80\x30"),
        crafted.attribute(crafted.SIGNING_TIME, b"\x17\x03abc"),
    ],
    ids=["no set", "no value", "empty", "cut off", "without end", "time"],
)
def test_what_anybody_can_add_and_nobody_can_read_does_no_harm(attribute):
    assert word(pki.judge(countersigned_by(attribute))) == ("TOTAL-PASSED", None)


@pytest.mark.parametrize(
    "extra",
    [
        [crafted.tlv(0xA1, crafted.seq(b"\x02\x01\x00"))],
        [crafted.tlv(0xA2, b"\x02\x01\x00")],
        [crafted.tlv(0xA3, bytes.fromhex("06032a0304"), b"\x05\x00")],
        [SIGNER.der],
        [pki.person().der, b"\x30\x03\x02\x01\x00"],
    ],
    ids=["attribute certificate", "its second version", "another format", "twice", "not readable"],
)
def test_what_else_stands_among_the_certificates_does_no_harm(extra):
    info = crafted.signer_info(SIGNER, GOOD)
    verdict = pki.judge(crafted.signed_data(info, certificates=[*extra, SIGNER.der]))
    assert word(verdict) == ("TOTAL-PASSED", None)


def test_a_revocation_list_inside_is_passed_over():
    info = asn1_cms.ContentInfo.load(crafted.signature(SIGNER, GOOD))
    info["content"]["crls"] = [asn1_cms.RevocationInfoChoice.load(pki.crl())]
    assert word(pki.judge(info.dump(force=True))) == ("TOTAL-PASSED", None)
