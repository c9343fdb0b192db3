"""Takes in a document after its bytes were received: steps 3 to 8, each of which may refuse it.

3 parse the manifest; may the caller speak for `from`? is it known already → the first answer again 4 the
rules of the manifest, recipients and references 5 each attachment is what the manifest says 6 verify the
signatures → a verdict 7 decide by policy 8 commit, in one transaction with its neighbours

Steps 1, 2 and 9 are the route's. A document of the old protocol joins at step 6.
"""

import contextlib
import functools
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fastapi.concurrency import run_in_threadpool

from axis.agencies.callers import Caller
from axis.clock import Microseconds
from axis.compliance.supplied_material import Supplies, record_supplied
from axis.database import StoreFailing
from axis.database.writer_client import InDoubt
from axis.documents.envelopes import Envelope
from axis.documents.identities import find_by_number
from axis.documents.new_documents import NewDocument, NewRefusal, StoredAttachment, Target
from axis.intake import lookups
from axis.intake import sender_and_recipient_checks as checks
from axis.intake.attachment_checks import check_attachments
from axis.intake.context import IntakeContext
from axis.intake.document_records import DocumentRecord, document_record
from axis.intake.message_checks import check_message, is_published_message
from axis.intake.multipart_body import Received, ReceivedAttachment
from axis.intake.recording import Accepted, record_documents, record_refusals
from axis.intake.uploads import add_uploads
from axis.intake.verdict_policy import decide
from axis.judging.attachment_signatures import Enclosure
from axis.judging.judge import Judged, Signed
from axis.ledger.journal import Sealed
from axis.ledger.recorder import Recorded
from axis.objects.store import StoredObject, drop_objects, put_object
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.errors import AxisError, InternalError, ManifestInvalid, NumberTaken, Overloaded
from axis.protocol.manifest import Manifest, check_manifest, read_sender
from axis.protocol.stored_errors import to_stored
from axis.protocol.strict_json import loads
from axis.trust.kept_material import MaterialWanted
from signing.verdict import DocumentVerdict

# From the moment the caller may speak for a readable `from`, a refusal is recorded before it is answered.

WRITERS_LOST = 5
"""How many writers may be lost over one document before its sender is told to come again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a submission that was not refused.

    `new` and `sealed` are set when it was accepted now. Otherwise the answer is read from the store; also
    where it was accepted now by a writer that was lost before it said so.
    """

    position: int
    repeated: bool
    new: NewDocument | None = None
    sealed: Sealed | None = None


@dataclass(slots=True)
class _Case:
    """A submission under way, with what is known of it for the record of a refusal."""

    sender: AgencyCode
    digest: str
    signatures: tuple[str, ...]
    """SHA-256 of each signature, in hex."""
    request_id: str | None
    manifest: Manifest | None = None
    judged: Judged | None = None
    relay: str | None = None
    """The relay that hands it over."""
    handed_over: tuple[AgencyCode, ...] | None = None
    """The recipients for whom it does; None for all of the manifest."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A document that came as a message of the old protocol, with the manifest made from it."""

    manifest: Manifest
    manifest_bytes: bytes
    attachments: dict[str, ReceivedAttachment]
    """The attachments by their names in the manifest."""
    message: ReceivedAttachment
    """The message as it was received."""
    document_id: str
    """The id that the message gives its document."""
    identity: str
    """The result of `axis.documents.envelopes.identity_of`."""
    asks: tuple[Target, ...] = ()
    """The earlier documents whose deliveries get a request, for a recall, an update or a replacement."""
    warnings: tuple[str, ...] = ()
    """What was wrong in the message and accepted all the same, a sentence each."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What is known of a refused message."""

    sender: AgencyCode
    message_sha256: str
    request_id: str | None
    manifest: Manifest | None = None


async def submit(
    intake: IntakeContext,
    caller: Caller,
    received: Received,
    request_id: str | None = None,
    asked: Sequence[AgencyCode] | None = None,
) -> Answer:
    """Take a received document through steps 3 to 8. The record of a refusal keeps `request_id`.

    `asked`: the recipients for whom a relay hands it over; None for all of the manifest.

    Raises:
        AxisError: the refusal. It has been recorded if the caller may speak for the sender.

    """
    # 3 parse the manifest; may the caller speak for `from`?
    value = loads(received.manifest, max_bytes=intake.limits.bytes)
    signatures = tuple(hashlib.sha256(content).hexdigest() for content in received.signatures)
    case = _Case(read_sender(value), hashlib.sha256(received.manifest).hexdigest(), signatures, request_id)
    case.relay = caller.relay
    fault = _check(intake, case, value)
    known = lookups.remembered(intake, caller, case.sender, case.manifest)
    if known is not None:
        found = known
    else:
        found = await run_in_threadpool(
            lookups.look_up, intake, caller, case.sender, case.digest, case.manifest, asked
        )
    checks.check_speaker(found, case.sender)
    if found.earlier is not None:
        return Answer(found.earlier, repeated=True)
    case.handed_over = None if asked is None else found.to
    try:
        checks.check_sender_open(found, case.sender)
        # 4 every rule of the manifest, recipients and references
        if fault is not None or case.manifest is None:
            raise fault or InternalError
        checks.check_exchange(found, case.manifest)
        # 5 each attachment is what the manifest says
        await add_uploads(intake.objects, caller.agency, case.manifest, received)
        check_attachments(case.manifest, received)
        if is_published_message(case.manifest):
            await run_in_threadpool(check_message, case.manifest, received)
        return await _accept(intake, case, case.manifest, received, lookups.targets(found, case.manifest))
    except AxisError as refusal:
        # What came from memory did not tell whether the manifest stands already; its first answer would hold.
        if known is not None and not isinstance(refusal, (Overloaded, InternalError)):
            earlier = await run_in_threadpool(lookups.find_earlier, intake.database, case.digest)
            if earlier is not None:
                return Answer(earlier, repeated=True)
        await _record(intake, case, refusal)
        raise


async def submit_prepared(
    intake: IntakeContext, caller: Caller, manifest: Manifest, record: DocumentRecord
) -> Recorded[Accepted] | None:
    """Record a document that was read, judged and admitted ahead, if memory tells that nothing is against it.

    None where it has to take the steps instead, which know more and say why they refuse.

    Raises:
        Overloaded: as `submit`.

    """
    known = lookups.remembered(intake, caller, manifest.sender, manifest)
    if known is None:
        return None
    try:
        checks.check_speaker(known, manifest.sender)
        checks.check_sender_open(known, manifest.sender)
        checks.check_exchange(known, manifest)
        return await _recorded(intake, record)
    except Overloaded:
        raise
    except (AxisError, MaterialWanted):
        return None


async def submit_derived(intake: IntakeContext, derived: Derived, request_id: str | None = None) -> Answer:
    """Take a document that came as a message of the old protocol through steps 6 to 8.

    Its manifest was made from the message, so it keeps the rules and fits the attachments. Nobody signed the
    manifest; the attachments' own signatures decide. Whether the message came before shows at the commit.

    Raises:
        AxisError: the refusal. It has been recorded.

    """
    manifest = derived.manifest
    case = _Case(manifest.sender, derived.message.sha256, (), request_id, manifest)
    received = Received(derived.manifest_bytes, (), derived.attachments)
    try:
        targets: tuple[int | None, ...] = ()
        if manifest.refers_to:
            targets = await run_in_threadpool(lookups.find_targets, intake.database, manifest)
        return await _accept(intake, case, manifest, received, targets, derived)
    except AxisError as refusal:
        await _record(intake, case, refusal)
        raise


async def refuse(intake: IntakeContext, refusal: AxisError, refused: Refused) -> None:
    """Record a refusal from outside the steps: of a message that cannot be read, or of a status.

    Call it only once the caller is known to speak for the sender.
    """
    case = _Case(refused.sender, refused.message_sha256, (), refused.request_id, refused.manifest)
    await _record(intake, case, refusal)


async def _accept(
    intake: IntakeContext,
    case: _Case,
    manifest: Manifest,
    received: Received,
    targets: tuple[int | None, ...],
    derived: Derived | None = None,
) -> Answer:
    # 6 verify the signatures, at the time of acceptance
    accepted_at = intake.clock.now()
    judged = case.judged = await intake.trust.judge(_signed(case, manifest, received, accepted_at))
    # 7 decide by policy
    decide(judged.verdict, intake.settings)
    # 8 commit
    attachments = await _store_attachments(intake, manifest, received)
    new = NewDocument(
        id=str(uuid.uuid4()),
        manifest=manifest,
        manifest_bytes=received.manifest,
        signatures=tuple(zip(received.signatures, case.signatures, strict=True)),
        attachments=attachments,
        verdict=judged.verdict,
        accepted_at=accepted_at,
        targets=targets,
        asks=derived.asks if derived else None,
        envelope=await _store_message(intake, derived) if derived else None,
        find_material=judged.find_material,
        relay=case.relay,
        handed_over=case.handed_over,
    )
    return await _commit(intake, new)


async def _store_message(intake: IntakeContext, derived: Derived) -> Envelope:
    stored = await _store(intake, derived.message)
    return Envelope(
        derived.document_id,
        derived.identity,
        derived.message.sha256,
        derived.message.size,
        stored.content,
        stored.upload,
        derived.warnings,
    )


def _check(intake: IntakeContext, case: _Case, value: object) -> ManifestInvalid | None:
    """Check the manifest and return its fault, which is raised once the caller may speak for its sender."""
    try:
        case.manifest = check_manifest(value, intake.limits, sha256=case.digest)
    except ManifestInvalid as fault:
        return fault
    return None


def _signed(case: _Case, manifest: Manifest, received: Received, accepted_at: Microseconds) -> Signed:
    parts = [received.attachments[declared.name] for declared in manifest.attachments]
    enclosures = [Enclosure(part.name, part.size, part.spool.open) for part in parts]
    return Signed(received.manifest, received.signatures, case.sender, accepted_at, enclosures)


async def _store_attachments(
    intake: IntakeContext, manifest: Manifest, received: Received
) -> tuple[StoredAttachment, ...]:
    """Store large attachments ahead of the document. If the hub dies meanwhile, the sweep removes them."""
    return tuple(
        [await _store(intake, received.attachments[declared.name]) for declared in manifest.attachments]
    )


async def _store(intake: IntakeContext, attachment: ReceivedAttachment) -> StoredAttachment:
    spool = attachment.spool
    if isinstance(spool, StoredObject):
        return StoredAttachment(None, spool.upload, sent_ahead=True)
    if spool.content is not None:
        return StoredAttachment(spool.content, None)
    return StoredAttachment(None, await run_in_threadpool(put_object, intake.objects, spool))


async def _commit(intake: IntakeContext, new: NewDocument) -> Answer:
    uploads = [each.upload for each in new.attachments if each.upload is not None and not each.sent_ahead]
    if new.envelope is not None and new.envelope.upload is not None:
        uploads.append(new.envelope.upload)
    supplies = Supplies(functools.partial(document_record, new), new.verdict, new.find_material)
    try:
        recorded = await _supplied(intake, supplies)
    except StoreFailing:
        raise  # it may be there all the same: the sweep drops only what no document claims
    except AxisError as refusal:
        await run_in_threadpool(drop_objects, intake.objects, uploads)
        if isinstance(refusal, NumberTaken):  # say which document has the number
            holder = await run_in_threadpool(_holder, intake, new.manifest)
            raise checks.number_taken(new.manifest, holder) from None
        raise
    outcome = recorded.result
    if outcome.asked_again:
        return Answer(outcome.position, repeated=False)
    if outcome.repeated:
        await run_in_threadpool(drop_objects, intake.objects, uploads)
        return Answer(outcome.position, repeated=True)
    if supplies.verdict is not new.verdict:
        new = replace(new, verdict=supplies.verdict)
    return Answer(outcome.position, repeated=False, new=new, sealed=recorded.sealed)


async def _supplied(intake: IntakeContext, supplies: Supplies[DocumentRecord]) -> Recorded[Accepted]:
    """Record a document. Where the writer is lost over it, the next one is asked: it goes by the identity."""
    for _ in range(WRITERS_LOST):
        with contextlib.suppress(InDoubt):
            return await record_supplied(intake.recorder, record_documents, supplies)
    return await record_supplied(intake.recorder, record_documents, supplies)


async def _recorded(intake: IntakeContext, record: DocumentRecord) -> Recorded[Accepted]:
    """Record a document as `_supplied` does, without its verdict's material. Raises `MaterialWanted`, too."""
    for _ in range(WRITERS_LOST):
        with contextlib.suppress(InDoubt):
            return await intake.recorder.record_async(record_documents, record)
    return await intake.recorder.record_async(record_documents, record)


def _holder(intake: IntakeContext, manifest: Manifest) -> str | None:
    """Return the id of the document that has the manifest's number."""
    number = lookups.number_of(manifest)
    with intake.database.read() as tx:
        holder = find_by_number(tx, [number]).get(number.key)
    return None if holder is None else holder.id


async def _record(intake: IntakeContext, case: _Case, refusal: AxisError) -> None:
    """Record a refusal, so that the sender and the auditor see it too."""
    if isinstance(refusal, (Overloaded, InternalError)):
        return  # the hub's own trouble says nothing about the document
    new = NewRefusal(
        id=str(uuid.uuid4()),
        sender=case.sender,
        number=case.manifest.number_key if case.manifest else None,
        at=intake.clock.now(),
        code=refusal.code,
        manifest_sha256=case.digest,
        problem=to_stored(refusal),
        verdict=case.judged.verdict if case.judged else None,
        manifest=case.manifest,
        signatures=case.signatures,
        request_id=case.request_id,
        relay=case.relay,
    )
    if case.judged is None:
        await intake.recorder.record_async(record_refusals, new)
    else:
        make = functools.partial(_judged_refusal, new)
        supplies = Supplies(make, case.judged.verdict, case.judged.find_material)
        await record_supplied(intake.recorder, record_refusals, supplies)
    refusal.params["refusal"] = new.id


def _judged_refusal(new: NewRefusal, verdict: DocumentVerdict, supplied: Mapping[str, bytes]) -> NewRefusal:
    return replace(new, verdict=verdict, supplied=supplied)
