"""Prepares documents from the lines of a bulk request, in other processes and without the store.

Lines that need a look-up are left to the steps of `axis.intake.procedure`. Arguments and results can be
pickled.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple, cast

from axis.clock import Microseconds
from axis.documents.manifest_settings import manifest_limits
from axis.documents.new_documents import NewDocument, StoredAttachment
from axis.intake.attachment_checks import check_attachments
from axis.intake.bulk_items import Parts, read_line, received_of
from axis.intake.document_records import DocumentRecord, document_record
from axis.intake.message_checks import check_message
from axis.intake.multipart_body import ReceivedAttachment
from axis.intake.verdict_policy import decide
from axis.judging.attachment_signatures import Enclosure
from axis.judging.judge import Signed
from axis.judging.known_paths import Asked, Known, NotKnownError, Path, judge_known
from axis.judging.workers import Memory
from axis.objects.spool import Spool
from axis.protocol.errors import AxisError
from axis.protocol.manifest import Manifest, check_manifest
from axis.settings import Settings
from signing.verdict import DocumentVerdict
from signing.verdict_sentences import Language

_SHARED = "shared"


class Names(NamedTuple):
    """The names by which lines of a request wait for each other.

    A line waits for an earlier one that has a name which it has itself or refers to.
    """

    own: tuple[object, ...] = ()
    """The manifest's digest, and its number."""
    referred: tuple[object, ...] = ()
    """Numbers of the documents that it refers to."""


class Prepared(NamedTuple):
    """A document that is ready to be recorded, if nothing in the store is against it."""

    parts: Parts
    names: Names
    manifest: Manifest
    record: DocumentRecord
    verdict: bytes
    """The verdict in the caller's language, as JSON."""
    generation: int
    """`Known.generation`, under which it was judged."""


class Unprepared(NamedTuple):
    """A document that has to take the steps, and the paths that could not be looked up."""

    parts: Parts
    names: Names
    asked: tuple[Path, ...] = ()


Item = Prepared | Unprepared | AxisError


@dataclass(frozen=True, slots=True)
class Shared:
    """What a process keeps from one call to the next."""

    settings: Settings
    known: Known


_NO_PARTS, _NO_NAMES = Parts(b"", (), ()), Names()


@dataclass(slots=True)
class _Case:
    """A line on its way through the stages."""

    line: bytes
    at: Microseconds
    parts: Parts = _NO_PARTS
    said: object = None
    """The JSON of the manifest."""
    names: Names = _NO_NAMES
    asked: Asked = field(default_factory=Asked)
    manifest: Manifest | None = None
    attached: Sequence[ReceivedAttachment] = ()
    verdict: DocumentVerdict | None = None
    item: Item | None = None


def prepare(
    memory: Memory, shared: Shared | None, lines: Sequence[bytes], at: Microseconds, language: Language
) -> list[Item]:
    """Read lines, and make documents of those that are plain, accepted at `at`; an error is a line's outcome.

    `shared` is kept in `memory`, and left out while it is the same. All lines take one stage before any takes
    the next, which saves a quarter of the time: code and tables stay in the processor's caches.
    """
    kept: Shared = shared or memory[_SHARED]
    memory[_SHARED] = kept
    cases = [_Case(line, at) for line in lines]
    for case in cases:
        try:
            case.parts, case.said = read_line(case.line, kept.settings)
        except AxisError as error:
            case.item = error
    for stage in (_check, _judge):
        for case in cases:
            if case.item is None:
                try:
                    stage(kept, case)
                except (AxisError, NotKnownError):
                    case.item = Unprepared(case.parts, case.names, tuple(case.asked.paths))
    return [_record(kept, case, language) if case.item is None else case.item for case in cases]


def _check(shared: Shared, case: _Case) -> None:
    """Check manifest and digests. Raises `NotKnownError` or its refusal for a line that is not plain."""
    settings, parts = shared.settings, case.parts
    digest = sha256(parts.manifest).hexdigest()
    case.names = Names((digest,))
    manifest = case.manifest = check_manifest(case.said, manifest_limits(settings), sha256=digest)
    referred = tuple((each.sender, each.number_key, each.year) for each in manifest.refers_to)
    case.names = Names((digest, (manifest.sender, manifest.number_key, manifest.year)), referred)
    if referred or sum(len(content) for _, content in parts.attachments) > settings.inline_bytes:
        raise NotKnownError
    received = received_of(parts, settings.inline_bytes)
    check_attachments(manifest, received)
    check_message(manifest, received)
    case.attached = [received.attachments[each.name] for each in manifest.attachments]


def _judge(shared: Shared, case: _Case) -> None:
    """Judge the signatures and decide by policy. Raises as `_check`."""
    enclosures = [Enclosure(each.name, each.size, each.spool.open) for each in case.attached]
    sender = cast("Manifest", case.manifest).sender
    signed = Signed(case.parts.manifest, case.parts.signatures, sender, case.at, enclosures)
    case.verdict = judge_known(signed, shared.known, case.asked)
    decide(case.verdict, shared.settings)


def _record(shared: Shared, case: _Case, language: Language) -> Prepared:
    """Make everything that is written of a document, and its verdict's part of the answer."""
    manifest, verdict = cast("Manifest", case.manifest), cast("DocumentVerdict", case.verdict)
    new = NewDocument(
        id=str(uuid.uuid4()),
        manifest=manifest,
        manifest_bytes=case.parts.manifest,
        signatures=tuple((each, sha256(each).hexdigest()) for each in case.parts.signatures),
        attachments=tuple(
            StoredAttachment(cast("Spool", each.spool).content, None) for each in case.attached
        ),
        verdict=verdict,
        accepted_at=case.at,
        targets=(),
    )
    shown = verdict.to_written(language)
    record = document_record(new)
    return Prepared(case.parts, case.names, manifest, record, shown, shared.known.generation)
