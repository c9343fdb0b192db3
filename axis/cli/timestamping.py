"""Asks a time-stamping authority over HTTP, for the commands that sign.

`signing.timestamps.exchange` makes the request and checks the answer. RFC 3161 §3.4.
"""

import secrets
from collections.abc import Callable
from typing import Final

from axis.cli.common import RefusedError
from axis.outbound.guarded_http import OutsideError, any_addresses, fetch
from signing.errors import SigningError
from signing.timestamps import MEDIA_TYPE_OF_ANSWERS, MEDIA_TYPE_OF_REQUESTS, obtain_token

__all__ = ["stamp_by"]

_HEADERS: Final = {"Content-Type": MEDIA_TYPE_OF_REQUESTS, "Accept": MEDIA_TYPE_OF_ANSWERS}
_NONCE_BITS: Final = 64
_MAX_BYTES: Final = 1024 * 1024
"""A token has some kilobytes, most of them certificates."""


def stamp_by(url: str) -> Callable[[bytes], bytes]:
    """Return a function that has octets stamped by the authority at `url` and returns the token in DER.

    It raises `RefusedError`, which names the authority, when there is no answer, or none that can be used.
    Whoever runs the command chose the address, so it may be one that is not public.
    """

    def ask(request: bytes) -> bytes:
        return fetch(url, any_addresses, request, _HEADERS, max_bytes=_MAX_BYTES)

    def stamp(octets: bytes) -> bytes:
        try:
            return obtain_token(octets, ask, nonce=secrets.randbits(_NONCE_BITS))
        except (OutsideError, SigningError) as error:
            raise RefusedError(f"{url} gave no time-stamp: {error}") from error

    return stamp
