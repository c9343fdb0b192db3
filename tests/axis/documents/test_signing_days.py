"""The day of signing is that of the sender's newest passed signature, within what can be true."""

import datetime as dt
from typing import Any

import pytest

from axis.clock import VIET_NAM, from_datetime
from axis.documents.signing_days import signed_on
from signing.certificates import CertificateSummary
from signing.verdict import DocumentVerdict, Indication, SignatureVerdict

ACCEPTED = dt.datetime(2019, 6, 5, 3, tzinfo=dt.UTC)
CERTIFICATE = CertificateSummary("CN=A", "CN=B", "1", "00" * 32, ACCEPTED - dt.timedelta(400), ACCEPTED)
PASSED = Indication.TOTAL_PASSED


def signature(**members: Any) -> SignatureVerdict:
    return SignatureVerdict(
        **{
            "indication": PASSED,
            "sub_indication": None,
            "format": "CMS",
            "covers": "manifest",
            "kind": "organisation",
            "agency": "000.00.00.H24",
            "of_sender": True,
            "signer": "A",
            "certificate": CERTIFICATE,
            "chain": (),
            "claimed_time": None,
            "trusted_time": ACCEPTED,
            "time_source": "acceptance",
            "algorithms": None,
            "checks": (),
            "policy": "p",
        }
        | members
    )


def day(*signatures: SignatureVerdict) -> str:
    verdict = DocumentVerdict(PASSED, None, "organisation", signatures, "p", "00" * 32)
    return signed_on(verdict, "2019-06-01", from_datetime(ACCEPTED))


def claimed(month: int, day: int, hour: int = 3, **members: Any) -> SignatureVerdict:
    return signature(claimed_time=dt.datetime(2019, month, day, hour, tzinfo=dt.UTC), **members)


@pytest.mark.parametrize(
    ("signatures", "expected"),
    [
        ([], "2019-06-01"),
        ([signature()], "2019-06-01"),
        ([claimed(6, 3)], "2019-06-03"),
        ([claimed(6, 3, hour=18)], "2019-06-04"),  # in Viet Nam
        ([claimed(6, 3), claimed(6, 4), claimed(6, 2)], "2019-06-04"),
        ([claimed(6, 3), claimed(6, 4, of_sender=False)], "2019-06-03"),
        ([claimed(6, 3), claimed(6, 4, indication=Indication.INDETERMINATE)], "2019-06-03"),
        ([claimed(6, 3, indication=Indication.TOTAL_FAILED)], "2019-06-01"),
        ([claimed(6, 9)], "2019-06-05"),  # not after it was accepted
        ([signature(claimed_time=dt.datetime.max.replace(tzinfo=dt.UTC))], "2019-06-05"),
        ([claimed(1, 1, certificate=None)], "2019-01-01"),
        ([signature(claimed_time=dt.datetime.min.replace(tzinfo=VIET_NAM))], "2018-05-01"),
        ([signature(time_source="rfc3161", trusted_time=ACCEPTED - dt.timedelta(1))], "2019-06-04"),
        ([claimed(6, 2, time_source="rfc3161", trusted_time=ACCEPTED - dt.timedelta(1))], "2019-06-04"),
    ],
)
def test_the_day_of_signing(signatures: list[SignatureVerdict], expected: str) -> None:
    assert day(*signatures) == expected
