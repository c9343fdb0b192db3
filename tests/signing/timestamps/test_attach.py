"""A signature takes a time-stamp over its value, and still passes."""

import pytest
from support import pki, tsa

from signing import cms
from signing.errors import (
    SigningError,
    UnreadableSignature,
)
from signing.timestamps import (
    with_signature_timestamp,
)
from signing.timestamps.attach import signature_value
from signing.verdict_vocabulary import Indication

PASSED = Indication.TOTAL_PASSED
STAMP = tsa.token()


def test_a_signature_takes_a_timestamp_and_still_passes():
    signer = pki.organisation()
    signature = cms.sign(pki.CONTENT, signer.certificate, signer.key, chain=signer.chain)
    first = tsa.token(data=signature_value(signature))
    stamped = with_signature_timestamp(signature, first)
    assert signature_value(stamped) == signature_value(signature)
    assert first in stamped
    assert pki.judge(stamped).indication == PASSED
    second = tsa.token(data=signature_value(signature), serial=2)
    twice = with_signature_timestamp(stamped, second)
    assert first in twice
    assert second in twice


def test_what_takes_no_timestamp_is_the_callers_error():
    signer = pki.organisation()
    signature = cms.sign(pki.CONTENT, signer.certificate, signer.key)
    for broken in (b"", b"\x30\x00", signature[:-1], b"none"):
        with pytest.raises(UnreadableSignature):
            with_signature_timestamp(broken, STAMP)
        with pytest.raises(SigningError):
            with_signature_timestamp(signature, broken)
    with pytest.raises(UnreadableSignature):
        with_signature_timestamp(signature, STAMP, 1)
