"""Reads a document's multipart body at once when all of it has arrived, as is usual.

Other bodies, and those that break a rule, go through `axis.intake.multipart_body`.
"""

import asyncio
import types
from collections.abc import AsyncIterator, Generator
from functools import lru_cache
from typing import Any, Final, NamedTuple

from multipart import MultipartError, MultipartSegment, PushMultipartParser
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from axis.intake.multipart_body import (
    HEADER_BYTES,
    HEADER_COUNT,
    Received,
    ReceivedAttachment,
    attachment_names,
    boundary_of,
    receive_pieces,
    stalled,
)
from axis.objects.spool import Spool
from axis.protocol.errors import MalformedRequest
from axis.settings import Settings

_END: Final = b"--"
_LINE_END: Final = b"\r\n"
_BLANK_LINE: Final = b"\r\n\r\n"
_REMEMBERED_BYTES: Final = 512
"""Longer headers of parts are read by the parser alone, so that hostile ones cannot fill the memory."""


async def receive(content_type: str, coming: Receive, settings: Settings) -> Received:
    """Read the parts of a document out of what comes of a request.

    Raises:
        AxisError: as `axis.intake.multipart_body.receive_pieces`.
        ClientDisconnect: when the client has gone.

    """
    boundary = boundary_of(content_type)
    message = await _first(coming, settings.body_idle_seconds)
    if message["type"] == "http.request" and not message.get("more_body", False):
        received = read_whole(boundary, message.get("body", b""), settings)
        if received is not None:
            return received
    return await receive_pieces(boundary, _pieces(message, coming), settings)


def read_whole(boundary: str, body: bytes, settings: Settings) -> Received | None:
    """Read a body that is all there; None where the parser has to look at it."""
    delimiter = _LINE_END + _END + boundary.encode()
    if not body.startswith(delimiter[2:]) or len(body) > settings.document_bytes + settings.manifest_bytes:
        return None
    manifests: list[bytes] = []
    signatures: list[bytes] = []
    attachments: dict[str, ReceivedAttachment] = {}
    memory = settings.inline_bytes
    begin = len(delimiter) - len(_LINE_END)
    while not body.startswith(_END, begin):
        end = body.find(delimiter, begin)
        blank = body.find(_BLANK_LINE, begin, begin + _REMEMBERED_BYTES)
        start = blank + len(_BLANK_LINE)
        part = _part(body[begin:blank]) if blank > 0 and start <= end else None
        if part is None:
            return None
        content = body[start:end]
        begin = end + len(delimiter)
        if part.names:
            if part.names[0] in attachments or len(content) > min(memory, settings.attachment_bytes):
                return None
            spool = Spool.of(content, memory)
            memory -= len(content)
            name, *others = part.names
            attachments[name] = ReceivedAttachment(name, spool.sha256, spool, tuple(others))
        elif part.is_manifest:
            manifests.append(content)
        else:
            signatures.append(content)
    is_within = (
        len(manifests) == 1
        and len(manifests[0]) <= settings.manifest_bytes
        and len(signatures) <= settings.signatures
        and all(len(each) <= settings.signature_bytes for each in signatures)
        and len(attachments) <= settings.attachments
    )
    return Received(manifests[0], tuple(signatures), attachments) if is_within else None


class _Part(NamedTuple):
    """What a part's headers say."""

    is_manifest: bool
    names: tuple[str, ...]
    """An attachment's names; none of a manifest or a signature."""


@lru_cache(maxsize=1024)
def _part(head: bytes) -> _Part | None:
    """Read a part's headers, as they stand after its border; None where they are unusual or break a rule."""
    parser = PushMultipartParser("-", max_header_size=HEADER_BYTES, max_header_count=HEADER_COUNT)
    try:
        segment = next(iter(parser.parse(b"---" + head + _BLANK_LINE)), None)
        if not isinstance(segment, MultipartSegment) or segment.header("Content-Length") is not None:
            return None
        if segment.name in {"manifest", "signature"}:
            return _Part(segment.name == "manifest", ())
        if segment.name == "attachment":
            return _Part(False, tuple(attachment_names(segment)))
    except (MultipartError, MalformedRequest):
        pass
    return None


async def _first(coming: Receive, idle_seconds: float) -> Message:
    """Return the first of what comes: at once where it is there, without a timer.

    Raises:
        MalformedRequest: when nothing came for so many seconds.

    """
    begun = coming().__await__()
    try:
        waiting = next(begun)
    except StopIteration as done:
        message: Message = done.value
        return message
    try:
        async with asyncio.timeout(idle_seconds):
            return await _go_on(begun, waiting)
    except TimeoutError:
        raise stalled(idle_seconds) from None


@types.coroutine
def _go_on(begun: Generator[Any, Any, Message], waiting: object) -> Generator[Any, Any, Message]:
    """Await the rest of what was begun, which waits for `waiting`."""
    try:
        yield waiting
    except BaseException as error:
        begun.throw(error)
        raise
    return (yield from begun)


async def _pieces(message: Message, coming: Receive) -> AsyncIterator[bytes]:
    """Yield the pieces of a body from its first message on. Raises `ClientDisconnect`."""
    while message["type"] != "http.disconnect":
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return
        message = await coming()
    raise ClientDisconnect
