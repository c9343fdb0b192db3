"""Countersignatures are reported with who made them, and decide nothing."""

import pytest
from support import pki, raw_cms

from signing.certificates import read_certificate

GOOD = [raw_cms.content_type(), raw_cms.message_digest()]
COUNTERSIGNATURE = bytes.fromhex("06092a864886f70d010906")
SIGNER = pki.organisation()


def word(verdict):
    return verdict.indication.value, verdict.sub_indication and verdict.sub_indication.value


def checks(verdict, name):
    return [check for check in verdict.checks if check.name == name]


def countersigned(*infos):
    unsigned = raw_cms.tlv(0xA1, raw_cms.attribute(COUNTERSIGNATURE, *infos))
    info = raw_cms.signer_info(SIGNER, GOOD, unsigned=unsigned)
    return raw_cms.signed_data(info, certificates=[SIGNER.der, pki.person().der])


def counter(over, by=None, *more):
    """A countersignature over these octets."""
    attributes = sorted([raw_cms.message_digest(over), *more])
    return raw_cms.signer_info(by or pki.person(), attributes)


VALUE = raw_cms.sign_bytes(SIGNER, raw_cms.tlv(0x31, *GOOD))


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
            raw_cms.signer_info(pki.person(), [raw_cms.message_digest(VALUE)], value=b"\x30\x00"),
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
