"""Requests for time-stamps and their answers are read as they were made, and refused by name."""

import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import pki, tsa
from support.effort import times

from signing.errors import (
    CertificateKeyMismatch,
    InvalidTimes,
    UnreadableTimestamp,
)
from signing.timestamps import (
    Failure,
    granted,
    issue_token,
    make_request,
    read_request,
    read_response,
    refused,
)

STAMP = tsa.token()


def test_a_request_is_read_as_it_was_made():
    imprint = hashlib.sha384(b"x").digest()
    request = read_request(make_request(imprint, digest="sha384", nonce=2**64 + 1, policy="1.2.3"))
    assert (request.digest, request.imprint) == ("sha384", imprint)
    assert (request.nonce, request.policy, request.wants_certificates) == (2**64 + 1, "1.2.3", True)
    assert not read_request(make_request(hashlib.sha256().digest(), certificates=False)).wants_certificates


@settings(max_examples=times(100))
@given(st.binary(max_size=80))
def test_whatever_is_no_request_is_called_unreadable(data):
    for read in (read_request, read_response):
        with pytest.raises(UnreadableTimestamp):
            read(data)


def test_a_request_with_an_imprint_of_another_length_or_a_huge_nonce_is_unreadable():
    with pytest.raises(UnreadableTimestamp):
        make_request(b"short")
    request = make_request(hashlib.sha256().digest())
    with pytest.raises(UnreadableTimestamp):
        read_request(request.replace(b"\x04\x20", b"\x04\x1f") + b"\x00")
    with pytest.raises(UnreadableTimestamp):
        read_request(make_request(hashlib.sha256().digest(), nonce=2**600))
    with pytest.raises(UnreadableTimestamp):
        read_request(make_request(hashlib.sha256().digest()) + bytes(9000))


def test_an_answer_is_read_as_it_was_made():
    answer = read_response(granted(STAMP))
    assert (answer.token, answer.status) == (STAMP, 0)
    refusal = read_response(refused(Failure.BAD_ALGORITHM, "SHA-1 is not stamped"))
    assert (refusal.token, refusal.texts) == (None, ("SHA-1 is not stamped",))


def test_what_cannot_be_stamped_is_the_callers_error():
    who, other = tsa.stamper(), pki.organisation()
    more = {"serial": 1, "policy": tsa.POLICY}
    with pytest.raises(UnreadableTimestamp):
        issue_token(who.certificate, who.key, b"short", pki.AT, **more)
    with pytest.raises(InvalidTimes):
        issue_token(who.certificate, who.key, bytes(32), datetime(2019, 1, 1), **more)  # noqa: DTZ001
    with pytest.raises(CertificateKeyMismatch):
        issue_token(who.certificate, other.key, bytes(32), datetime(2019, 1, 1, tzinfo=UTC), **more)
