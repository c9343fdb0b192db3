"""Asks a time-stamping authority over HTTP, for `nodes send`.

`signing.timestamps.exchange` makes the request and checks the answer. RFC 3161 §3.4.
"""

import secrets
import time
from collections.abc import Callable
from typing import Final

import httpx

from nodes.errors import NotStamped, TransportError
from signing.errors import SigningError
from signing.timestamps import (
    MAX_ANSWER_BYTES,
    MEDIA_TYPE_OF_ANSWERS,
    MEDIA_TYPE_OF_REQUESTS,
    obtain_token,
)

__all__ = ["stamp_by"]

SILENCE_SECONDS: Final = 10.0
"""The longest time between two parts of an answer."""
ANSWER_SECONDS: Final = 30.0
"""The longest time of a whole answer. Authorities need less than a second."""
_NONCE_BITS: Final = 64


def stamp_by(url: str) -> Callable[[bytes], bytes]:
    """Return a function that has octets stamped by the authority at `url` and returns the token in DER.

    It raises `TransportError` when there is no answer and `NotStamped` when there is none that can be used;
    both name the authority.
    """

    def stamp(octets: bytes) -> bytes:
        try:
            return obtain_token(
                octets, lambda request: _answer(url, request), nonce=secrets.randbits(_NONCE_BITS)
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TransportError(f"{url} gave no time-stamp: {error or type(error).__name__}") from error
        except SigningError as error:
            raise NotStamped(f"{url} gave no time-stamp: {error}") from error

    return stamp


def _answer(url: str, request: bytes) -> bytes:
    headers = {"Content-Type": MEDIA_TYPE_OF_REQUESTS, "Accept": MEDIA_TYPE_OF_ANSWERS}
    until = time.monotonic() + ANSWER_SECONDS
    found = b""
    with httpx.stream(
        "POST", url, content=request, headers=headers, timeout=SILENCE_SECONDS, trust_env=False
    ) as response:
        response.raise_for_status()
        for part in response.iter_bytes():
            found += part
            # One byte too many is enough for the reader to refuse it.
            if len(found) > MAX_ANSWER_BYTES:
                break
            if time.monotonic() > until:
                raise httpx.ReadTimeout(f"the answer took longer than {ANSWER_SECONDS:.0f} seconds")
    return found
