"""Answers the bytes of manifests, signatures and attachments: headers of a download, whole or as a range.

Large attachments are sent in pieces, as `axis.objects.store` reads them. RFC 9110 sections 13 and 14, RFC
6266.
"""

import contextlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Row, bindparam, select

from axis.database import Read
from axis.documents.tables import attachments
from axis.objects.store import Objects, open_object, read_pieces

_SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",  # a cache asks each time whether it may still be read
}
_RANGE = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.IGNORECASE)
_TAG = re.compile(r'(?:W/)?("[^"]*")')
_WHERE = (attachments.c.document == bindparam("document")) & (attachments.c.ordinal == bindparam("ordinal"))
_ATTACHMENT = select(
    attachments.c.name,
    attachments.c.media_type,
    attachments.c.size,
    attachments.c.sha256,
    attachments.c.upload,
).where(_WHERE)
_CONTENT = select(attachments.c.content).where(_WHERE)


class RangeUnsatisfiableError(Exception):
    """The range asked for begins after the end, or is empty."""


@dataclass(frozen=True, slots=True)
class Body:
    """Bytes to be answered, with their sender's name and media type, their size and SHA-256."""

    name: str
    media_type: str
    size: int
    sha256: str
    content: bytes | None
    """The bytes, or None where they are in an object."""
    upload: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes from `start` up to but not including `end`."""

    start: int
    end: int


def find_attachment(tx: Read, position: int, ordinal: int) -> Body | None:
    """Return an attachment of a document; None where it has fewer."""
    at = {"document": position, "ordinal": ordinal}
    row: Row[Any] | None = tx.execute(_ATTACHMENT, at).one_or_none()
    if row is None:
        return None
    content = None if row.upload is not None else tx.execute(_CONTENT, at).scalar_one()
    return Body(row.name, row.media_type, row.size, row.sha256, content, row.upload)


@contextlib.contextmanager
def opened(objects: Objects, position: int, ordinal: int) -> Iterator[IO[bytes]]:
    """Open an attachment's bytes as a file, which is read a piece at a time.

    Raises:
        LookupError: where the document has fewer attachments.

    """
    with objects.database.read() as tx:
        body = find_attachment(tx, position, ordinal)
    if body is None:
        raise LookupError((position, ordinal))
    if body.upload is None:
        yield io.BytesIO(body.content or b"")
        return
    with open_object(objects, body.upload, body.size) as file:
        yield file


def whole(objects: Objects, body: Body) -> bytes:
    """Return all bytes of a body, which must be small enough for memory."""
    if body.upload is None:
        return body.content or b""
    return b"".join(read_pieces(objects, body.upload, 0, body.size))


def send(request: Request, objects: Objects, body: Body) -> Response:
    """Answer a GET or HEAD: with the body, a range of it, or 304 where the caller has it already.

    Raises:
        RangeUnsatisfiableError: when no byte lies in the range.
        StoreFailing: when the bytes cannot be read just now.

    """
    tag = f'"{body.sha256}"'
    headers = {**_SAFE_HEADERS, "ETag": tag, "Accept-Ranges": "bytes"}
    if _has_already(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = disposition(body.name)
    span = _asked_for(request, tag, body.size)
    status = 200
    if span is None:
        span = Span(0, body.size)
    else:
        status = 206
        headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{body.size}"
    headers["Content-Length"] = str(span.end - span.start)
    headers["Content-Type"] = body.media_type
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    if body.upload is None:
        return Response((body.content or b"")[span.start : span.end], status, headers)
    pieces = read_pieces(objects, body.upload, span.start, span.end)
    first = next(pieces, b"")  # what cannot be read is told instead of the headers, not in their midst
    return StreamingResponse(chain((first,), pieces), status, headers)


def disposition(name: str) -> str:
    """Return the header that makes browsers save a file instead of showing it (RFC 6266)."""
    plain = "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in '"\\%' else "_"
        for letter in name
    )
    if plain == name:
        return f'attachment; filename="{name}"'
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _asked_for(request: Request, tag: str, size: int) -> Span | None:
    """Return the range that is asked for; None for all bytes, several ranges, or an unreadable one."""
    condition = request.headers.get("if-range")
    match = _RANGE.fullmatch(request.headers.get("range", ""))
    if match is None or (condition is not None and condition.strip() != tag):
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if not first:
        span = Span(max(0, size - int(last)), size)
    elif last and int(last) < int(first):
        return None
    else:
        span = Span(int(first), min(size, int(last) + 1) if last else size)
    if span.start >= span.end:
        raise RangeUnsatisfiableError
    return span


def _has_already(condition: str | None, tag: str) -> bool:
    if condition is None:
        return False
    return condition.strip() == "*" or tag in _TAG.findall(condition)
