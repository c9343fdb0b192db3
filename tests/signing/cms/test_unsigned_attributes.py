"""Unsigned attributes: which may be there, how many are judged, and what does no harm."""

import pytest
from support import pki, raw_cms

GOOD = [raw_cms.content_type(), raw_cms.message_digest()]
COUNTERSIGNATURE = bytes.fromhex("06092a864886f70d010906")
STAMP = bytes.fromhex("060b2a864886f70d010910020e")
SIGNER = pki.organisation()


def word(verdict):
    return verdict.indication.value, verdict.sub_indication and verdict.sub_indication.value


def counter(over, by=None, *more):
    """A countersignature over these octets."""
    attributes = sorted([raw_cms.message_digest(over), *more])
    return raw_cms.signer_info(by or pki.person(), attributes)


VALUE = raw_cms.sign_bytes(SIGNER, raw_cms.tlv(0x31, *GOOD))


def countersigned_by(attribute):
    info = raw_cms.signer_info(SIGNER, GOOD, unsigned=raw_cms.tlv(0xA1, attribute))
    return raw_cms.signed_data(info, certificates=[SIGNER.der])


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ([raw_cms.message_digest()], "attribute-unsigned"),
        ([raw_cms.content_type()], "attribute-unsigned"),
        ([b"\x30\x00"], "malformed"),
    ],
)
def test_unsigned_attributes_that_may_not_be_there_are_refused(attributes, reason):
    info = raw_cms.signer_info(SIGNER, GOOD, unsigned=raw_cms.tlv(0xA1, *attributes))
    verdict = pki.judge(raw_cms.signed_data(info, certificates=[SIGNER.der]))
    assert word(verdict) == ("TOTAL-FAILED", "FORMAT_FAILURE")
    assert dict(verdict.params)["reason"] == reason


@pytest.mark.parametrize(
    "attribute",
    [
        raw_cms.attribute(COUNTERSIGNATURE, *[counter(VALUE)] * 9),
        raw_cms.attribute(STAMP, *[b"\x30\x00"] * 5),
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
        raw_cms.seq(COUNTERSIGNATURE, b"\x30\x00"),
        raw_cms.attribute(STAMP),
        raw_cms.attribute(STAMP, b"\x30\x00"),
        raw_cms.attribute(STAMP, b"\x30\x05\x30"),
        raw_cms.attribute(COUNTERSIGNATURE, b"\x30\x80\x30"),
        raw_cms.attribute(raw_cms.SIGNING_TIME, b"\x17\x03abc"),
    ],
    ids=["no set", "no value", "empty", "cut off", "without end", "time"],
)
def test_what_anybody_can_add_and_nobody_can_read_does_no_harm(attribute):
    assert word(pki.judge(countersigned_by(attribute))) == ("TOTAL-PASSED", None)
