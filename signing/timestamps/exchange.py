"""Asks an authority for a time-stamp: makes the request and checks the answer.

The caller transports the bytes. Whether the authority is trusted is judged in `signing.timestamps.verify`.
RFC 3161 §2.4.2, §3.4.
"""

import hashlib
from collections.abc import Callable
from typing import Final

from signing.algorithms import DIGESTS
from signing.cms.parse import parse
from signing.errors import TimestampRefused, UnreadableSignature, UnreadableTimestamp
from signing.policy import DEFAULT
from signing.timestamps.requests import make_request, read_response
from signing.timestamps.verify import read_info

__all__ = [
    "MAX_ANSWER_BYTES",
    "MEDIA_TYPE_OF_ANSWERS",
    "MEDIA_TYPE_OF_REQUESTS",
    "checked_token",
    "obtain_token",
]

MEDIA_TYPE_OF_REQUESTS: Final = "application/timestamp-query"
MEDIA_TYPE_OF_ANSWERS: Final = "application/timestamp-reply"

MAX_ANSWER_BYTES: Final = 64 * 1024
"""A token with its authority's whole path has some 6 KB."""

_DIGEST: Final = "sha256"


def obtain_token(octets: bytes, ask: Callable[[bytes], bytes], *, nonce: int) -> bytes:
    """Have `octets` stamped: a token in DER, over their SHA-256, that answers this very request.

    `ask`: brings a request to the authority and its answer back. `nonce`: a random number, of 64 bits.

    Raises `UnreadableTimestamp` or `TimestampRefused`, and what `ask` raises.
    """
    imprint = hashlib.sha256(octets).digest()
    answer = ask(make_request(imprint, digest=_DIGEST, nonce=nonce))
    return checked_token(answer, imprint, nonce=nonce)


def checked_token(answer: bytes, imprint: bytes, *, nonce: int) -> bytes:
    """Take the token out of an answer, if it is one to the request with this SHA-256 and nonce.

    Raises `UnreadableTimestamp` for what is no answer or no token, and `TimestampRefused` for a refusal and
    for a token over something else or to another request.
    """
    if len(answer) > MAX_ANSWER_BYTES:
        raise UnreadableTimestamp(reason="too-large", found=len(answer), limit=MAX_ANSWER_BYTES)
    response = read_response(answer)
    if response.token is None:
        raise TimestampRefused(reason="status", status=response.status, said="; ".join(response.texts))
    try:
        info = read_info(
            parse(
                response.token,
                max_bytes=MAX_ANSWER_BYTES,
                max_certificates=DEFAULT.max_certificates,
                max_signers=1,
            )
        )
    except UnreadableSignature as error:
        raise UnreadableTimestamp(reason=error.params.get("reason", "malformed")) from error
    if info.imprint.value != imprint or DIGESTS.get(info.imprint.algorithm.identifier) != _DIGEST:
        raise TimestampRefused(reason="imprint")
    if info.nonce != nonce:
        raise TimestampRefused(reason="nonce")
    return response.token
