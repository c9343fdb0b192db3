"""`POST /v1/documents?validate=true`: tries steps 3 to 7, and answers what is wrong without keeping it.

It calls the checks of the steps in `axis.intake.procedure`, and collects what they raise.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from fastapi.concurrency import run_in_threadpool

from axis.agencies.callers import Caller
from axis.documents.identities import find_by_number
from axis.documents.queries import document_row
from axis.intake import lookups
from axis.intake import sender_and_recipient_checks as checks
from axis.intake.attachment_checks import check_attachments
from axis.intake.context import IntakeContext
from axis.intake.lookups import Standing
from axis.intake.message_checks import check_message
from axis.intake.multipart_body import Received
from axis.intake.uploads import add_uploads
from axis.intake.verdict_policy import decide
from axis.judging.attachment_signatures import Enclosure
from axis.judging.judge import Signed
from axis.problems import Language, describe
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.errors import AxisError, InternalError, ManifestInvalid, Overloaded
from axis.protocol.manifest import Manifest, check_manifest, read_sender
from axis.protocol.strict_json import loads
from signing.verdict import DocumentVerdict

# Faults are collected as far as one does not hide the next. Whether a reference may still be changed shows at
# the commit (step 8).

Outcome = Literal["accepted", "repeated", "refused"]


@dataclass(slots=True)
class Trial:
    """What would become of a document, were it sent now."""

    problems: list[AxisError] = field(default_factory=list)
    """In the order of the steps; the first is the one that it would be refused with."""
    verdict: DocumentVerdict | None = None
    """None where the document was not judged."""
    earlier: str | None = None
    """The id of the document with the same manifest, which would be answered again."""

    @property
    def outcome(self) -> Outcome:
        """What the hub would answer."""
        if self.earlier is not None:
            return "repeated"
        return "refused" if self.problems else "accepted"


async def try_document(
    intake: IntakeContext, caller: Caller, received: Received, asked: Sequence[AgencyCode] | None = None
) -> Trial:
    """Try a received document; `asked` as for `axis.intake.procedure.submit`.

    Raises:
        Overloaded, InternalError: the hub's own trouble, which says nothing about the document.

    """
    trial = Trial()
    try:
        # 3 parse the manifest; may the caller speak for `from`?
        value = loads(received.manifest, max_bytes=intake.limits.bytes)
        sender = read_sender(value)
        digest = hashlib.sha256(received.manifest).hexdigest()
        manifest, fault = _manifest(intake, value, digest)
        standing = await run_in_threadpool(lookups.look_up, intake, caller, sender, digest, manifest, asked)
        checks.check_speaker(standing, sender)
    except AxisError as refusal:
        _note(trial, refusal)
        return trial
    if standing.earlier is not None:
        trial.earlier = await run_in_threadpool(_id_of, intake, standing.earlier)
        return trial
    await _collect(trial, lambda: checks.check_sender_open(standing, sender))
    # 4 every rule of the manifest, recipients and references
    if fault is not None:
        trial.problems.append(fault)
    if manifest is not None:
        await _check_declared(intake, caller, trial, manifest, standing, received)
    # 6 verify the signatures
    judged = await intake.trust.judge(_signed(intake, sender, manifest, received))
    trial.verdict = judged.verdict
    # 7 decide by policy
    await _collect(trial, lambda: decide(judged.verdict, intake.settings))
    return trial


def trial_members(trial: Trial, request_id: str, language: Language) -> dict[str, Any]:
    """Return the members of the answer (docs/contract.md#sending)."""
    return {
        "outcome": trial.outcome,
        "document": trial.earlier,
        "verdict": None if trial.verdict is None else trial.verdict.to_json(language),
        "problems": [describe(each, request_id=request_id, language=language) for each in trial.problems],
    }


def _manifest(
    intake: IntakeContext, value: object, digest: str
) -> tuple[Manifest | None, ManifestInvalid | None]:
    try:
        return check_manifest(value, intake.limits, sha256=digest), None
    except ManifestInvalid as fault:
        return None, fault


async def _check_declared(
    intake: IntakeContext,
    caller: Caller,
    trial: Trial,
    manifest: Manifest,
    standing: Standing,
    received: Received,
) -> None:
    """Collect what is wrong with recipients, references, the number and the attachments."""
    await _collect(trial, lambda: checks.check_exchange(standing, manifest))
    await _collect(trial, lambda: run_in_threadpool(_check_number, intake, manifest))
    # 5 each attachment is what the manifest says
    await add_uploads(intake.objects, caller.agency, manifest, received)
    problems = len(trial.problems)
    await _collect(trial, lambda: check_attachments(manifest, received))
    if len(trial.problems) == problems:
        await _collect(trial, lambda: run_in_threadpool(check_message, manifest, received))


def _check_number(intake: IntakeContext, manifest: Manifest) -> None:
    number = lookups.number_of(manifest)
    with intake.database.read() as tx:
        holder = find_by_number(tx, [number]).get(number.key)
    if holder is not None:
        raise checks.number_taken(manifest, holder.id)


def _id_of(intake: IntakeContext, position: int) -> str:
    with intake.database.read() as tx:
        found: str = document_row(tx, position).id
    return found


def _signed(
    intake: IntakeContext, sender: AgencyCode, manifest: Manifest | None, received: Received
) -> Signed:
    """Return what is judged: the attachments that are there, in the manifest's order where it can be read."""
    names = [each.name for each in manifest.attachments] if manifest else list(received.attachments)
    parts = [received.attachments[name] for name in names if name in received.attachments]
    enclosures = [Enclosure(part.name, part.size, part.spool.open) for part in parts]
    return Signed(received.manifest, received.signatures, sender, intake.clock.now(), enclosures)


async def _collect(trial: Trial, check: Callable[[], Awaitable[None] | None]) -> None:
    try:
        waiting = check()
        if waiting is not None:
            await waiting
    except AxisError as refusal:
        _note(trial, refusal)


def _note(trial: Trial, refusal: AxisError) -> None:
    if isinstance(refusal, (Overloaded, InternalError)):
        raise refusal
    trial.problems.append(refusal)
