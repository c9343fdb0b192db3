"""Attempts are bounded by address, for a minute, and in memory."""

import pytest

from axis.protocol.errors import TooManyRequests
from axis.web.sign_in_attempts import ADDRESSES, FAILURES, WINDOW_SECONDS, SignInAttempts


def test_an_address_waits_a_minute_after_too_many_failures():
    now = [0.0]
    attempts = SignInAttempts(lambda: now[0])
    for _ in range(FAILURES):
        attempts.check("a")
        attempts.note_failure("a")
    with pytest.raises(TooManyRequests) as refused:
        attempts.check("a")
    assert refused.value.params["retry_after_seconds"] == WINDOW_SECONDS
    attempts.check("b")
    now[0] = WINDOW_SECONDS + 1
    attempts.check("a")


def test_memory_is_bounded():
    attempts = SignInAttempts()
    for number in range(ADDRESSES + 10):
        attempts.note_failure(str(number))
    assert len(attempts._failed) == ADDRESSES
