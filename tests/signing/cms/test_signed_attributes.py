"""Signed attributes: what the signer claims decides nothing, and what is not read does no harm."""

import datetime as dt

import pytest
from support import pki, raw_cms

GOOD = (raw_cms.content_type(), raw_cms.message_digest())


def word(verdict):
    return verdict.indication.value, verdict.sub_indication and verdict.sub_indication.value


UTC_TIME, GENERALIZED_TIME = 0x17, 0x18


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([raw_cms.tlv(UTC_TIME, b"190603091109+0700")], "190603091109+0700"),
        ([raw_cms.tlv(UTC_TIME, b"1906030211Z")], "1906030211Z"),
        ([raw_cms.tlv(UTC_TIME, b"190603021109")], "190603021109"),
        ([raw_cms.tlv(UTC_TIME, b"190229021109Z")], "190229021109Z"),
        ([raw_cms.tlv(UTC_TIME, b"abc")], "abc"),
        ([raw_cms.tlv(UTC_TIME, b"")], "?"),
        ([raw_cms.tlv(UTC_TIME, b"\xff" * 13)], "?"),
        ([raw_cms.tlv(GENERALIZED_TIME, b"20190603021109.5Z")], "20190603021109.5Z"),
        ([raw_cms.tlv(GENERALIZED_TIME, b"20190603021109.50Z")], "20190603021109.50Z"),
        ([raw_cms.tlv(GENERALIZED_TIME, b"20190603091109+0700")], "20190603091109+0700"),
        ([raw_cms.tlv(GENERALIZED_TIME, b"00000603021109Z")], "00000603021109Z"),
        ([raw_cms.tlv(2, b"\x01")], "?"),
        ([raw_cms.seq(raw_cms.tlv(UTC_TIME, b"190603021109Z"))], "?"),
        ([raw_cms.tlv(UTC_TIME, b"190603021109Z")] * 2, "?"),
        ([], "?"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_malformed_signing_time_is_remarked_upon_and_claims_nothing(values, shown):
    attributes = [*GOOD, raw_cms.attribute(raw_cms.SIGNING_TIME, *values)]
    signature = raw_cms.signature(pki.organisation(), attributes)
    verdict = pki.judge(signature)
    assert (word(verdict), verdict.claimed_time) == (("TOTAL-PASSED", None), None)
    check = pki.check(verdict, "claimed-time")
    assert (check.outcome, check.found) == ("unknown", shown)
    assert word(pki.judge(signature, b"other")) == ("TOTAL-FAILED", "HASH_FAILURE")


def test_a_signing_time_that_stands_twice_claims_nothing():
    time = raw_cms.attribute(raw_cms.SIGNING_TIME, raw_cms.tlv(UTC_TIME, b"190603021109Z"))
    once = pki.judge(raw_cms.signature(pki.organisation(), [*GOOD, time]))
    assert once.claimed_time == dt.datetime(2019, 6, 3, 2, 11, 9, tzinfo=dt.UTC)
    verdict = pki.judge(raw_cms.signature(pki.organisation(), [*GOOD, time, time]))
    assert (word(verdict), verdict.claimed_time) == (("TOTAL-PASSED", None), None)
    assert pki.check(verdict, "claimed-time").outcome == "unknown"


@pytest.mark.parametrize(
    "attribute",
    [
        raw_cms.attribute(bytes.fromhex("060b2a864886f70d0109100204"), b"\x02\x01\x00"),
        raw_cms.attribute(bytes.fromhex("060b2a864886f70d0109100204")),
        raw_cms.attribute(bytes.fromhex("060b2a864886f70d0109100211"), b"\x30\x03\x02\x05\x00"),
        raw_cms.attribute(bytes.fromhex("06032a0304"), raw_cms.tlv(0x30, b"\x1f\x81\x02\x00")),
    ],
    ids=["content-hints of another type", "without value", "location that is no ASN.1", "high tag"],
)
def test_attributes_that_decide_nothing_do_no_harm(attribute):
    for attributes in ([attribute], [attribute, attribute]):
        signature = raw_cms.signature(pki.organisation(), [*GOOD, *attributes])
        assert word(pki.judge(signature)) == ("TOTAL-PASSED", None)
