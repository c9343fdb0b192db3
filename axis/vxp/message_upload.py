"""Receives the file in a body of `sendEdoc`: within a limit, on disk if it is large, checked by its digest.

The real client adds a line end to the file and may leave out zeros in its digest
(`axis.protocol.vxp.file_of`).
"""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from fastapi.concurrency import run_in_threadpool

from axis.intake.multipart_body import ReceivedAttachment, coming
from axis.objects.spool import Spool
from axis.protocol.errors import DigestMismatch, Place, TooLarge, shorten
from axis.protocol.manifest_rules import DIGEST
from axis.protocol.vxp import FILE_END, file_of
from axis.settings import MIB, Settings

MESSAGE_NAME: Final = "message.edxml"
IN_THREAD_BYTES: Final = 128 * 1024
"""A larger message is read in a thread, since it would block the event loop for milliseconds."""
_MAX_LENGTH_DIGITS: Final = 19
_NOTHING: Final = hashlib.sha256().hexdigest()


@dataclass(frozen=True, slots=True)
class Arrived:
    """The file of a body: its bytes, and the form in which it is stored."""

    data: bytes
    stored: ReceivedAttachment


def most_bytes(settings: Settings) -> int:
    """Return the largest size of a message: its files as base64, and room for all else."""
    return settings.vxp_document_bytes * 3 // 2 + MIB


def declared_digest(said: str) -> str:
    """Return the digest of a file that was not read to its end, as its sender declared it."""
    return said.lower() if DIGEST.fullmatch(said.lower()) else _NOTHING


async def receive(stream: AsyncIterator[bytes], length: str | None, settings: Settings) -> Spool:
    """Read a whole body. `length`: its `Content-Length`, if it has one.

    Raises:
        TooLarge: when it is, or its length says that it is, larger than a message may be. Reading stops.
        MalformedRequest: when it stops coming.

    """
    most = most_bytes(settings) + len(FILE_END)
    if length is not None and length.isascii() and length.isdigit():
        _within(int(length[:_MAX_LENGTH_DIGITS]), most)
    body = Spool(settings.inline_bytes)
    try:
        async for chunk in coming(stream, settings.body_idle_seconds):
            _within(body.size + len(chunk), most)
            body.add(chunk)
    except BaseException:  # whatever ends the reading, even a client that has gone, frees the disk space
        body.close()
        raise
    return body


async def take_file(body: Spool, declared: str) -> Arrived:
    """Return the file in a body, if it has the declared digest.

    Raises:
        DigestMismatch: when it has another.

    """
    if body.size > IN_THREAD_BYTES:
        return await run_in_threadpool(_take_file, body, declared)
    return _take_file(body, declared)


def _take_file(body: Spool, declared: str) -> Arrived:
    data = body.read()
    file = file_of(data, declared)
    if file is None:
        found = hashlib.sha256(data.removesuffix(FILE_END)).hexdigest()
        raise DigestMismatch(Place("header:hash-file", shorten(declared), f"{found}, of what was received"))
    body.shorten(file)
    return Arrived(file, ReceivedAttachment(MESSAGE_NAME, body.sha256, body))


def _within(size: int, most: int) -> None:
    if size > most:
        raise TooLarge(Place("body", f"more than {most} bytes", f"at most {most} bytes"), limit=most)
