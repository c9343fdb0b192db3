"""Answers a message: as base64 in a reply (`getEdoc`), or as it is (`downloadEdoc`).

Messages are read by `axis.vxp.message_contents`.
"""

import base64
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Final

from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response, StreamingResponse

from axis.documents.envelopes import MEDIA_TYPE
from axis.objects.spool import Spool
from axis.vxp.context import LARGE_BYTES, Asked
from axis.vxp.message_contents import Composed, Source, find_source, made_of
from axis.vxp.replies import Code, Refused, fine
from axis.vxp.transport_states import no_such_item

# Fetching changes neither the item's transport state nor the delivery's status. A few messages of more than a
# mebibyte are made at once, and they are sent from a temporary file, so that slow readers hold no memory.

_PIECE: Final = 3 * 64 * 1024
"""Bytes read at once: a multiple of three, so that base64 of the pieces is base64 of the whole."""


async def get_edoc(asked: Asked) -> Response:
    """Return a message as base64 in `data`.

    Raises:
        Refused: with 20 when there is no such item for the caller, with 10 when the document is too large.

    """
    source = await _source(asked)
    async with _room_for(asked, source):
        message = await run_in_threadpool(made_of, source, asked.context.intake)
        if len(message) <= LARGE_BYTES:
            return fine(data=base64.b64encode(message).decode())
        spool = await run_in_threadpool(_spooled, message)
    around = fine(data="")
    head, empty, tail = bytes(around.body).partition(b'"data":""')
    head, tail = head + empty[:-1], empty[-1:] + tail
    size = len(head) + (len(message) + 2) // 3 * 4 + len(tail)
    return StreamingResponse(
        _encoded(head, spool, tail), media_type=around.media_type, headers={"Content-Length": str(size)}
    )


async def download_edoc(asked: Asked) -> Response:
    """Return a message's bytes. A failure has no body, since the real client takes any body for the file.

    Raises:
        Refused: as `get_edoc`.

    """
    source = await _source(asked)
    async with _room_for(asked, source):
        message = await run_in_threadpool(made_of, source, asked.context.intake)
        if len(message) <= LARGE_BYTES:
            return Response(message, media_type=MEDIA_TYPE)
        spool = await run_in_threadpool(_spooled, message)
    headers = {"Content-Length": str(len(message))}
    return StreamingResponse(_pieces(spool), media_type=MEDIA_TYPE, headers=headers)


async def _source(asked: Asked) -> Source:
    said = asked.call.document
    intake = asked.context.intake

    def find() -> Source | None:
        with intake.database.read() as tx:
            return find_source(tx, intake, asked.caller, said)

    source = await run_in_threadpool(find)
    if source is None:
        raise no_such_item(said)
    most = intake.settings.vxp_document_bytes
    if isinstance(source, Composed) and source.size > most:
        raise Refused(
            Code.INVALID_FILE,
            f"The document is too large for this protocol: found {source.size} bytes in its files, expected "
            f"at most {most}. Fetch it over REST: GET /v1/documents/{said.partition('.')[0]}.",
        )
    return source


@contextlib.asynccontextmanager
async def _room_for(asked: Asked, source: Source) -> AsyncIterator[None]:
    """Wait for a place among the few large messages made at once. Small messages need none."""
    if getattr(source, "size", 0) <= LARGE_BYTES:
        yield
        return
    async with asked.context.large:
        yield


def _spooled(message: bytes) -> Spool:
    """Write a message to disk, which frees its memory while a slow reader fetches it."""
    return Spool.of(message, memory=0)


def _pieces(spool: Spool) -> Iterator[bytes]:
    with contextlib.closing(spool), spool.open() as file:
        while piece := file.read(_PIECE):
            yield piece


def _encoded(head: bytes, spool: Spool, tail: bytes) -> Iterator[bytes]:
    yield head
    for piece in _pieces(spool):
        yield base64.b64encode(piece)
    yield tail
