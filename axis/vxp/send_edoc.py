"""`sendEdoc`: takes a document or a status as edXML, from headers to reply.

1 may the system speak for `from`, and is that open? 2 read the body within limits; it is what `hash-file`
says 3 read the message 4 who sends it, to whom, about what; is it known already → the first one's id again 5
derive its manifest, and take it in as any document (`axis.intake.procedure`)

From step 4 on a status is handled by `axis.vxp.status_messages`.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from axis.clock import day_of
from axis.documents.envelopes import find_by_identity, identity_of
from axis.intake.multipart_body import ReceivedAttachment
from axis.intake.procedure import Derived, submit_derived
from axis.objects.spool import Spool
from axis.problems import request_id_of
from axis.protocol import edxml
from axis.protocol.errors import AxisError
from axis.vxp import addressing, document_queries
from axis.vxp.addressing import Routed
from axis.vxp.calls import check_known
from axis.vxp.context import LARGE_BYTES, Asked, VxpContext
from axis.vxp.envelope_signatures import judge_envelope
from axis.vxp.manifests import DerivedAttachment, DerivedManifest, derive, digests_of
from axis.vxp.message_refusals import USUAL, Incoming, refused, sentences, success
from axis.vxp.message_upload import IN_THREAD_BYTES, Arrived, declared_digest, receive, take_file
from axis.vxp.replies import fine
from axis.vxp.status_messages import answer_status

# A refusal is recorded for the sender, who sees it over REST too; or for the system's own agency, if it may
# not speak for `from`.

T = TypeVar("T")

KINDS: Final = {edxml.Document: "edoc", edxml.Status: "status"}
"""The values of `messagetype` for each kind of message."""


@dataclass(frozen=True, slots=True)
class _Settled:
    """A document after reading the store: a new one with its addressing, or a repeated one."""

    identity: str
    routed: Routed | None = None
    earlier: str | None = None


async def send_edoc(asked: Asked) -> Response:
    """Take a document or a status as edXML and answer with its id. The same message again gets the first id.

    Raises:
        Refused: for what is wrong with the message or its files.
        AxisError: for all else that is refused.

    """
    intake = asked.context.intake
    sender = addressing.remembered_sender(asked)
    digest = declared_digest(asked.call.first("hash-file"))
    incoming = Incoming(sender or asked.own, digest, request_id_of(asked.request))
    length = asked.request.headers.get("content-length")
    try:
        if sender is None:
            await run_in_threadpool(_name_sender, asked, incoming)
        body = await receive(asked.request.stream(), length, intake.settings)
        try:
            await check_known(asked)
            async with _room(asked.context, body):
                response = await _take(asked, incoming, body)
        finally:
            body.close()
    except (AxisError, edxml.EdxmlInvalid) as fault:
        raise await refused(intake, incoming, fault) from None
    asked.context.waiting_readers.wake()
    return response


def _name_sender(asked: Asked, incoming: Incoming) -> None:
    with asked.context.intake.database.read() as tx:
        incoming.sender = addressing.named_sender(tx, asked)
        addressing.check_open(tx, asked, incoming.sender)


@contextlib.asynccontextmanager
async def _room(context: VxpContext, body: Spool) -> AsyncIterator[None]:
    """Wait for memory for a large message. It has been received and holds no place of others."""
    async with context.large if body.size > LARGE_BYTES else contextlib.nullcontext():
        yield


async def _take(asked: Asked, incoming: Incoming, body: Spool) -> Response:
    arrived = await take_file(body, asked.call.first("hash-file"))
    incoming.sha256 = arrived.stored.sha256
    reading = await _read(asked, arrived.data)
    incoming.usual += sentences(each for each in reading.warnings if each.code in USUAL)
    incoming.warnings += sentences(each for each in reading.warnings if each.code not in USUAL)
    said, kind = asked.call.first("messagetype").strip().lower(), KINDS[type(reading.message)]
    if said != kind:
        incoming.warnings.append(f"messagetype says {said[:20]}, and the message is an {kind}")
    if isinstance(reading.message, edxml.Status):
        return await answer_status(asked, incoming, reading.message, arrived.data)
    return await _submit(asked, incoming, arrived, reading.message, signed=reading.signed)


async def _read(asked: Asked, data: bytes) -> edxml.Reading:
    intake = asked.context.intake
    limits = edxml.EdxmlLimits(
        message_bytes=len(data),  # its size was limited while it was received
        attachments=intake.limits.attachments,
        content_bytes=intake.settings.vxp_document_bytes,
    )
    return await _for_size(len(data), partial(edxml.read, data, limits))


async def _submit(
    asked: Asked, incoming: Incoming, arrived: Arrived, document: edxml.Document, *, signed: bool
) -> Response:
    intake = asked.context.intake
    size = len(arrived.data)
    digests = await _for_size(size, partial(digests_of, document))
    settled = await run_in_threadpool(_settle, asked, incoming, document, digests)
    if settled.routed is None:
        return fine(success(incoming.warnings), DocId=settled.earlier)
    derived = await _for_size(size, partial(_derive, asked, incoming, document, settled.routed, digests))
    incoming.manifest = derived.manifest
    incoming.warnings += derived.warnings
    if signed:
        incoming.warnings += await judge_envelope(
            intake.trust, incoming.sender, arrived.stored, intake.clock.now()
        )
    attachments = await _for_size(size, partial(_received, derived.attachments, intake.settings.inline_bytes))
    try:
        answer = await submit_derived(
            intake,
            Derived(
                manifest=derived.manifest,
                manifest_bytes=derived.manifest_bytes,
                attachments={attachment.name: attachment for attachment in attachments},
                message=arrived.stored,
                document_id=document.document_id,
                identity=settled.identity,
                asks=settled.routed.asks,
                warnings=(*incoming.usual, *incoming.warnings),
            ),
            incoming.request_id,
        )
    finally:
        _close(attachments)
    if answer.new is not None:
        return fine(success(incoming.warnings), DocId=answer.new.id)
    first = await run_in_threadpool(_id_of, asked, answer.position)
    return fine(success(incoming.warnings), DocId=first)


async def _for_size(size: int, work: Callable[[], T]) -> T:
    """Do work at once for a small message, in a thread for a larger one."""
    return await run_in_threadpool(work) if size > IN_THREAD_BYTES else work()


def _settle(asked: Asked, incoming: Incoming, document: edxml.Document, digests: Iterable[str]) -> _Settled:
    """Determine sender, recipients and documents concerned, and whether the message came before."""
    intake = asked.context.intake
    with intake.database.read() as tx:
        organ_id = document.sender.organ_id
        incoming.sender = addressing.settled_sender(tx, asked, incoming.sender, organ_id, incoming.warnings)
        kind = document.business.type
        identity = identity_of(incoming.sender, document.document_id, kind, list(digests))
        earlier = find_by_identity(tx, [identity]).get(identity)
        if earlier is None:
            return _Settled(
                identity, addressing.route(tx, asked, document, incoming.sender, incoming.warnings)
            )
        incoming.warnings.append("the message came before: this is the first one's DocId")
        missed = addressing.passed_over(tx, asked, document, earlier)
        if missed:
            names = ", ".join(missed)
            incoming.warnings.append(f"it is not sent again, so not to {names}: an update can add recipients")
        return _Settled(identity, earlier=document_queries.id_of(tx, earlier))


def _derive(
    asked: Asked, incoming: Incoming, document: edxml.Document, routed: Routed, digests: tuple[str, ...]
) -> DerivedManifest:
    intake = asked.context.intake
    return derive(
        document,
        sender=incoming.sender,
        recipients=routed.recipients,
        day=day_of(intake.clock.now()),
        limits=intake.limits,
        concerned=routed.concerned,
        digests=digests,
    )


def _received(files: Iterable[DerivedAttachment], memory: int) -> list[ReceivedAttachment]:
    """Return the files for intake: in memory up to so many bytes together, the rest on disk."""
    received: list[ReceivedAttachment] = []
    for file in files:
        spool = Spool.of(file.content, memory)
        memory -= len(spool.content or b"")
        received.append(ReceivedAttachment(file.name, file.sha256, spool))
    return received


def _close(attachments: Iterable[ReceivedAttachment]) -> None:
    for attachment in attachments:
        attachment.spool.close()


def _id_of(asked: Asked, position: int) -> str:
    with asked.context.intake.database.read() as tx:
        return document_queries.id_of(tx, position)
