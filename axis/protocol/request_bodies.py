"""Reads request bodies within a size limit, and checks their media type and encoding.

Routes that need a caller authenticate before they read, which the framework would not do; its JSON reader
also accepts what ours refuses. Members of the JSON are read by `axis.protocol.request_members`.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from typing import Protocol
from urllib.parse import parse_qsl

from axis.protocol import strict_json
from axis.protocol.errors import (
    MalformedJson,
    MalformedRequest,
    Place,
    TooLarge,
    UnsupportedMediaType,
    shorten,
)

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
IDENTITY = "identity"
JSON_REFUSALS = (MalformedJson, UnsupportedMediaType, TooLarge)
"""What `read_json` refuses, for the descriptions of routes."""


class Incoming(Protocol):
    """A request whose body has not been read: the part of Starlette's request that is needed here."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, found whatever their case."""

    def stream(self) -> AsyncIterator[bytes]:
        """Yield the body in pieces."""


async def read_json(request: Incoming, limit: int) -> object:
    """Read a JSON body of at most `limit` bytes.

    Raises:
        UnsupportedMediaType: when it is declared to be anything else.
        TooLarge: when it is longer. No more than the limit is read.
        MalformedJson: as `axis.protocol.strict_json`.

    """
    media_type_of(request, (JSON,))
    return strict_json.loads(await read_bytes(request, limit))


async def read_bytes(request: Incoming, limit: int) -> bytes:
    """Read a body of at most `limit` bytes.

    Raises:
        UnsupportedMediaType: when it is packed.
        TooLarge: when it is longer; no more than the limit is read.

    """
    refuse_encoding(request)
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and len(declared) > len(str(limit)):
        raise _too_large(limit)  # and before a client that waits for `100 Continue` sends any of it
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > limit:
            raise _too_large(limit)
    return bytes(body)


async def read_form_fields(request: Incoming, most_bytes: int, most_fields: int) -> list[tuple[str, str]]:
    """Read the fields of a form without files, names and values, in their order.

    Raises:
        UnsupportedMediaType: when the body is no such form.
        TooLarge: when it is longer than `most_bytes`.
        MalformedRequest: when it cannot be read, or has more fields.

    """
    media_type_of(request, (FORM,))
    body = await read_bytes(request, most_bytes)
    try:
        return parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=most_fields
        )
    except ValueError:  # UnicodeDecodeError too
        raise MalformedRequest from None


def refuse_encoding(request: Incoming) -> None:
    """Refuse a compressed or otherwise encoded body: the bytes on the wire are the signed ones.

    Raises:
        UnsupportedMediaType: naming the encoding (RFC 9110 §15.5.16).

    """
    encoding = request.headers.get("content-encoding", "").strip()
    if encoding.lower() not in {"", IDENTITY}:
        place = Place("header:Content-Encoding", shorten(encoding), IDENTITY)
        raise UnsupportedMediaType(place, expected=IDENTITY, accept_encoding=IDENTITY)


def media_type_of(request: Incoming, allowed: Collection[str]) -> str:
    """Return the body's media type without parameters, in lower case.

    Raises:
        UnsupportedMediaType: when it is not one of those allowed.

    """
    declared = request.headers.get("content-type", "")
    media_type = declared.partition(";")[0].strip().lower()
    if media_type not in allowed:
        expected = " or ".join(allowed)
        place = Place("header:Content-Type", shorten(declared) or "nothing", expected)
        raise UnsupportedMediaType(place, expected=expected)
    return media_type


def _too_large(limit: int) -> TooLarge:
    return TooLarge(Place("", None, f"at most {limit} bytes"), limit=limit)
