"""Writes accepted documents and refusals: the rows of a group in one statement for each table.

Positions come from the ledger, verdicts from `axis.judging`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from axis.clock import Microseconds, day_of
from axis.database import Write
from axis.database.group_statements import Row, bulk_insert
from axis.documents.deadlines import DueTimes, due_times
from axis.documents.envelopes import Envelope, envelope_row
from axis.documents.signing_days import signed_on
from axis.documents.tables import (
    attachments,
    document_signatures,
    documents,
    envelopes,
    manifests,
    references,
    refusals,
    signature_facts,
    verdicts,
)
from axis.documents.text_search import searchable
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.manifest import Manifest
from signing.verdict import DocumentVerdict

NOTHING_SUPPLIED: Final[Mapping[str, bytes]] = {}
MaterialFinder = Callable[[Collection[str]], Mapping[str, bytes]]
"""Returns, by SHA-256, the bytes of the material of a verdict, as far as they are at hand."""


def nothing_at_hand(_digests: Collection[str]) -> Mapping[str, bytes]:
    """Return nothing: the `MaterialFinder` of verdicts that name no material."""
    return {}


@dataclass(frozen=True, slots=True)
class StoredAttachment:
    """Where an attachment's bytes are: in its row (`content`) or in an object (`upload`)."""

    content: bytes | None
    upload: str | None
    sent_ahead: bool = False
    """The object was there before the document, and stays where that is refused."""


@dataclass(frozen=True, slots=True)
class Target:
    """An earlier document that a recall, an update or a replacement is about, and the recipients concerned.

    It is not stored: `axis.deliveries.recalls` opens the requests.
    """

    position: int
    recipients: frozenset[str] | None = None
    """The recipients concerned; None for all."""
    removed: frozenset[str] = frozenset()
    """Recipients that an update removes. They are asked to give the document back, as by a recall."""


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document to be accepted, with everything that is written of it."""

    id: str
    manifest: Manifest
    manifest_bytes: bytes
    signatures: tuple[tuple[bytes, str], ...]
    """Each signature's bytes and their SHA-256."""
    attachments: tuple[StoredAttachment, ...]
    """In the manifest's order."""
    verdict: DocumentVerdict
    accepted_at: Microseconds
    targets: tuple[int | None, ...]
    """The position of each document referred to; None for one that is not on this axis."""
    asks: tuple[Target, ...] | None = None
    """The earlier documents whose deliveries get a request. None: all deliveries of `targets`."""
    envelope: Envelope | None = None
    """The message of the old protocol that the manifest was made from, if it came over that."""
    find_material: MaterialFinder = nothing_at_hand
    """Finds what its verdict rested on."""
    relay: str | None = None
    """The relay that handed it over; None where its sender sent it."""
    handed_over: tuple[AgencyCode, ...] | None = None
    """The recipients for whom a relay handed it over; None for all of the manifest."""
    signed_on: str = field(init=False, repr=False, compare=False)
    """The day on which it was signed, as its leaf says."""
    due: DueTimes = field(init=False, repr=False, compare=False)
    """By when it had to be sent, and by when it has to be answered."""
    rows: "DocumentRows" = field(init=False, repr=False, compare=False)
    """Its rows, all but the position: made here, where the writer does not wait for them."""

    @property
    def recipients(self) -> tuple[AgencyCode, ...]:
        """The recipients whose deliveries are opened on this hub, in the manifest's order."""
        return self.manifest.to if self.handed_over is None else self.handed_over

    def __post_init__(self) -> None:
        """Make the rows of what it is."""
        manifest = self.manifest
        day = signed_on(self.verdict, manifest.issued_on, self.accepted_at)
        due = due_times(
            manifest.action, manifest.type, manifest.priority, manifest.issued_on, day, self.accepted_at
        )
        object.__setattr__(self, "signed_on", day)
        object.__setattr__(self, "due", due)
        object.__setattr__(self, "rows", _rows_of(self))


class DocumentRows(NamedTuple):
    """The rows of a document in their tables' order of columns, each without the position it begins with."""

    document: Row
    manifest: Row
    verdict: Row
    attachments: tuple[Row, ...]
    signatures: tuple[Row, ...]
    facts: tuple[Row, ...]
    references: tuple[Row, ...]
    envelope: Row | None


@dataclass(frozen=True, slots=True)
class NewRefusal:
    """A refusal to be recorded: code, parameters and places, in no language."""

    id: str
    sender: str
    number: str | None
    at: Microseconds
    code: str
    manifest_sha256: str | None
    problem: str
    """The refusal as `axis.protocol.stored_errors` writes it."""
    verdict: DocumentVerdict | None
    manifest: Manifest | None = None
    """The manifest, if it could be read. Only the leaf keeps its members."""
    signatures: Sequence[str] = ()
    """SHA-256 of each signature, for the leaf."""
    supplied: Mapping[str, bytes] = field(default_factory=dict)
    """Of what its verdict rested on, the bytes that the store was found not to have."""
    request_id: str | None = None
    """What the answer and the log call the request."""
    relay: str | None = None
    """The relay that handed over what was refused. Only the leaf keeps it."""


_DOCUMENTS = bulk_insert(documents)
_MANIFESTS = bulk_insert(manifests)
_ATTACHMENTS = bulk_insert(attachments, rows_at_once=1)
_SIGNATURES = bulk_insert(document_signatures)
_VERDICTS = bulk_insert(verdicts)
_FACTS = bulk_insert(signature_facts)
_REFERENCES = bulk_insert(references)
_ENVELOPES = bulk_insert(envelopes, rows_at_once=1)
_REFUSALS = bulk_insert(
    refusals,
    "position",
    "id",
    "sender",
    "number",
    "at",
    "day",
    "code",
    "manifest_sha256",
    "problem",
    "verdict",
    "request_id",
)


def store_documents(tx: Write, placed: Sequence[tuple[int, DocumentRows]]) -> None:
    """Write the documents of a group, each at its position in the ledger."""
    _DOCUMENTS.run(tx, [(position, *rows.document) for position, rows in placed])
    _MANIFESTS.run(tx, [(position, *rows.manifest) for position, rows in placed])
    _ATTACHMENTS.run(tx, [(position, *row) for position, rows in placed for row in rows.attachments])
    _SIGNATURES.run(tx, [(position, *row) for position, rows in placed for row in rows.signatures])
    _VERDICTS.run(tx, [(position, *rows.verdict) for position, rows in placed])
    _FACTS.run(tx, [(position, *row) for position, rows in placed for row in rows.facts])
    _REFERENCES.run(tx, [(position, *row) for position, rows in placed for row in rows.references])
    _ENVELOPES.run(tx, [(position, *rows.envelope) for position, rows in placed if rows.envelope])


def store_refusals(tx: Write, placed: Sequence[tuple[int, NewRefusal]]) -> None:
    """Write the refusals of a group, each at its position in the ledger."""
    rows: list[Row] = [
        (
            position,
            new.id,
            new.sender,
            new.number,
            new.at,
            day_of(new.at),
            new.code,
            new.manifest_sha256,
            new.problem,
            new.verdict.to_stored() if new.verdict else None,
            new.request_id,
        )
        for position, new in placed
    ]
    _REFUSALS.run(tx, rows)


def store_verdicts(tx: Write, rows: Sequence[Row]) -> None:
    """Write verdicts, each row as `verdict_row` makes it."""
    _VERDICTS.run(tx, rows)


def store_facts(tx: Write, found: Sequence[tuple[int, DocumentVerdict]]) -> None:
    """Write what the verdicts of documents found in each signature, as lists are filtered by it."""
    _FACTS.run(tx, [(position, *row) for position, verdict in found for row in _fact_rows(verdict)])


def verdict_row(position: int, sequence: int, at: Microseconds, verdict: DocumentVerdict) -> Row:
    """Return the row of one verdict; rows are added and never changed."""
    return (position, *_verdict_row(sequence, at, verdict))


def summary_columns(verdict: DocumentVerdict) -> dict[str, Any]:
    """Return the columns that verdicts and documents share."""
    return dict(zip(("indication", "sub_indication", "signed_by"), _summary(verdict), strict=True))


def _rows_of(new: NewDocument) -> DocumentRows:
    return DocumentRows(
        document=_document_row(new),
        manifest=(new.manifest_bytes,),
        verdict=_verdict_row(0, new.accepted_at, new.verdict),
        attachments=tuple(
            (ordinal, each.name, each.media_type, each.size, each.sha256, stored.content, stored.upload)
            for ordinal, (each, stored) in enumerate(
                zip(new.manifest.attachments, new.attachments, strict=True)
            )
        ),
        signatures=tuple((ordinal, *signature) for ordinal, signature in enumerate(new.signatures)),
        facts=_fact_rows(new.verdict),
        references=tuple(
            (ordinal, each.sender, each.number_key, each.issued_on, target)
            for ordinal, (each, target) in enumerate(zip(new.manifest.refers_to, new.targets, strict=True))
        ),
        envelope=None if new.envelope is None else envelope_row(new.envelope),
    )


def _document_row(new: NewDocument) -> Row:
    manifest = new.manifest
    return (
        new.id,
        manifest.sender,
        manifest.number_key,
        manifest.issued_on,
        manifest.type,
        manifest.subject,
        searchable(manifest.number_key, manifest.subject),
        manifest.priority,
        manifest.action,
        manifest.sha256,
        new.accepted_at,
        day_of(new.accepted_at),
        *_summary(new.verdict),
        manifest.kind,
        new.signed_on,
        new.due.sent,
        new.relay,
    )


def _verdict_row(sequence: int, at: Microseconds, verdict: DocumentVerdict) -> Row:
    return (sequence, at, verdict.policy, verdict.trust, *_summary(verdict), verdict.to_stored())


def _summary(verdict: DocumentVerdict) -> tuple[str | None, str | None, str]:
    indication, reason = verdict.indication, verdict.sub_indication
    return (
        None if indication is None else indication.value,
        None if reason is None else reason.value,
        verdict.signed_by,
    )


def _fact_rows(verdict: DocumentVerdict) -> tuple[Row, ...]:
    return tuple(
        (
            ordinal,
            signature.algorithms,
            signature.certificate.issuer if signature.certificate else None,
            signature.certificate.sha256 if signature.certificate else None,
            signature.kind,
        )
        for ordinal, signature in enumerate(verdict.signatures)
    )
