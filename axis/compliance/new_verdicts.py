"""Records a new verdict of a document beside its earlier ones, and keeps the material it rested on.

It updates what repeats the newest verdict: the document's columns, the facts for filters, and the counters.
The ledger gets a leaf, and the parties get an event.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, select, update

from axis.counters.counter_changes import CounterChanges, apply, counted, counted_type, signing_class
from axis.counters.verdict_changes import VerdictChanges, apply_verdicts
from axis.counters.verdict_profiles import SignatureFacts, profile_from, profile_of
from axis.database import Read, Write
from axis.deliveries.new_events import NewEvent, record_events
from axis.deliveries.queries import portions
from axis.deliveries.tables import deliveries
from axis.documents.deadlines import DueTimes, due_times
from axis.documents.new_documents import (
    store_facts,
    store_verdicts,
    summary_columns,
    verdict_row,
)
from axis.documents.signing_days import signed_on
from axis.documents.tables import documents, signature_facts, verdicts
from axis.ledger.journal import Journal
from axis.ledger.leaves import LeafVerdict, verdict_leaf
from axis.trust.kept_material import KeptMaterial, MaterialWanted, named_material
from signing.verdict import DocumentVerdict

_STANDING = (
    "position",
    "id",
    "sender",
    "type",
    "kind",
    "action",
    "priority",
    "issued_on",
    "accepted_at",
    "send_due",
    "day",
    "indication",
    "sub_indication",
    "signed_by",
)
_REPEATED = ("indication", "sub_indication", "signed_by", "signed_on", "send_due")
_UPDATE = (
    update(documents)
    .where(documents.c.position == bindparam("at_position"))
    .values({name: bindparam(f"new_{name}") for name in _REPEATED})
)


@dataclass(frozen=True, slots=True)
class NewVerdict:
    """A new verdict on the document at this position of the ledger."""

    position: int
    verdict: DocumentVerdict
    supplied: Mapping[str, bytes] = field(default_factory=dict)
    """Of the material it rested on, the bytes that the store was found not to have."""


def record_verdicts(tx: Write, journal: Journal, items: Sequence[NewVerdict]) -> Sequence[bool | Exception]:
    """Record new verdicts on undecided documents; a kind of the ledger's `Recorder`.

    The result is False where nothing was added, since another process has decided the document meanwhile.
    """
    standing = _standing(tx, [item.position for item in items])
    facts = _facts(tx, standing)
    changes, by_verdict = CounterChanges(), VerdictChanges()
    events: list[NewEvent] = []
    sequences: list[int] = []
    outcomes: list[bool | Exception] = []
    taken: list[NewVerdict] = []
    signed: list[tuple[str, DueTimes]] = []
    named = [tuple(named_material(item.verdict)) for item in items]
    material = KeptMaterial(tx, named)
    for item, names in zip(items, named, strict=True):
        document = standing.get(item.position)
        if document is None:
            outcomes.append(False)
            continue
        if wanted := material.missing(names, item.supplied):
            outcomes.append(MaterialWanted(wanted))
            continue
        del standing[item.position]
        outcomes.append(True)
        material.take(names, item.supplied)
        parties = _recipients(tx, item.position)
        day = signed_on(item.verdict, document.issued_on, document.accepted_at)
        position = journal.append(verdict_leaf(document.id, leaf_verdict(item.verdict), day))
        events.append(_event(position, journal, document, parties, item.verdict))
        sequences.append(document.sequence + 1)
        taken.append(item)
        due = _due_times(document, day)
        signed.append((day, due))
        if counted(document.action):
            _count(changes, document, parties, item.verdict, due)
            summary = (document.indication, document.sub_indication, document.signed_by)
            before = profile_from(*summary, facts.get(item.position, ()))
            document_type = counted_type(document.type, document.kind)
            by_verdict.moved(document.day, document.sender, document_type, before, profile_of(item.verdict))
    if taken:
        material.write(tx, journal.at)
        rows = [
            verdict_row(item.position, sequence, journal.at, item.verdict)
            for item, sequence in zip(taken, sequences, strict=True)
        ]
        store_verdicts(tx, rows)
        _repeat(tx, taken, signed)
        record_events(tx, events)
        apply(tx, changes)
        apply_verdicts(tx, by_verdict)
    return outcomes


def leaf_verdict(verdict: DocumentVerdict) -> LeafVerdict:
    """Return the part of a verdict that statistics are made from."""
    return LeafVerdict(verdict.indication, verdict.sub_indication, verdict.signed_by, verdict.policy)


def _standing(tx: Read, positions: Sequence[int]) -> dict[int, Row[Any]]:
    """Return the documents that are still undecided, with the newest sequence of each."""
    newest = (
        select(func.max(verdicts.c.sequence))
        .where(verdicts.c.document == documents.c.position)
        .scalar_subquery()
    )
    statement = select(*(documents.c[name] for name in _STANDING), newest.label("sequence")).where(
        documents.c.position.in_(bindparam("positions", expanding=True)),
        documents.c.indication == "INDETERMINATE",
    )
    return {
        row.position: row
        for portion in portions(positions)
        for row in tx.execute(statement, {"positions": portion})
    }


def _facts(tx: Read, positions: Iterable[int]) -> dict[int, list[SignatureFacts]]:
    """Return what the standing verdicts found of each signature, by which the documents are counted."""
    columns = signature_facts.c
    statement = select(columns.document, columns.kind, columns.algorithm, columns.issuer)
    found: dict[int, list[SignatureFacts]] = {}
    for portion in portions(positions):
        for row in tx.execute(statement.where(columns.document.in_(portion))):
            found.setdefault(row.document, []).append(SignatureFacts(row.kind, row.algorithm, row.issuer))
    return found


def _recipients(tx: Read, position: int) -> list[str]:
    statement = select(deliveries.c.recipient).where(deliveries.c.document == position)
    return list(tx.execute(statement).scalars())


def _due_times(document: Row[Any], signed_on: str) -> DueTimes:
    """Return the due times of a document if it was signed on that day."""
    facts = (document.action, document.type, document.priority, document.issued_on)
    return due_times(*facts, signed_on, document.accepted_at)


def _count(
    changes: CounterChanges,
    document: Row[Any],
    parties: Sequence[str],
    verdict: DocumentVerdict,
    due: DueTimes,
) -> None:
    """Move a document to the class of its new verdict, and to being sent late or in time by its new day."""
    counted_as = (document.day, document.sender, counted_type(document.type, document.kind), parties)
    before = signing_class(document.indication, document.signed_by)
    changes.class_moved(*counted_as, before, signing_class(verdict.indication, verdict.signed_by))
    was_late = document.send_due is not None and document.accepted_at > document.send_due
    if due.is_late(document.accepted_at) != was_late:
        changes.sent_late_moved(*counted_as, -1 if was_late else 1)


def _repeat(tx: Write, items: Sequence[NewVerdict], signed: Sequence[tuple[str, DueTimes]]) -> None:
    """Update what repeats the newest verdict, and what follows from the day of signing that it tells."""
    summaries = [
        {
            "at_position": item.position,
            **{f"new_{name}": value for name, value in summary_columns(item.verdict).items()},
            "new_signed_on": day,
            "new_send_due": due.sent,
        }
        for item, (day, due) in zip(items, signed, strict=True)
    ]
    tx.execute(_UPDATE, summaries)
    for portion in portions([item.position for item in items]):
        tx.execute(delete(signature_facts).where(signature_facts.c.document.in_(portion)))
    store_facts(tx, [(item.position, item.verdict) for item in items])


def _event(
    position: int, journal: Journal, document: Row[Any], parties: Sequence[str], verdict: DocumentVerdict
) -> NewEvent:
    return NewEvent(
        position=position,
        kind="verdict",
        at=journal.at,
        code=str(verdict.indication or "unsigned"),
        audience=(document.sender, *parties),
        document=document.id,
    )
