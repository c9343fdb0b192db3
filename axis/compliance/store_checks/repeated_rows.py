"""Checks the values that rows repeat from manifests, verdicts and events, for lists, searches and filters.

They are made again from their sources and compared. Bytes are compared with digests by
`axis.compliance.store_checks.contents`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Table, and_, func, or_, select

from axis.clock import Microseconds, day_of
from axis.database import Read
from axis.deliveries.tables import events
from axis.documents.new_documents import DocumentRows, NewDocument, StoredAttachment
from axis.documents.tables import (
    RECIPIENTS_PER_DOCUMENT,
    attachments,
    deliveries,
    documents,
    references,
    refusals,
    signature_facts,
    verdicts,
)
from axis.ledger.tree_checks import Difference
from axis.protocol.errors import AxisError
from axis.protocol.manifest import parse_manifest
from axis.protocol.manifest_limits import WIDE_LIMITS
from axis.protocol.stored_errors import from_stored
from signing.errors import UnreadableVerdict
from signing.verdict import DocumentVerdict

NAMED = 100
"""The most rows of one kind that are named."""
_OF_VERDICTS = frozenset({"indication", "sub_indication", "signed_by", "signed_on", "send_due"})
"""Columns of a document that follow from its newest verdict: `states` and `due_times` compare them."""
_OF_CONTENTS = frozenset({"size", "sha256", "content", "upload"})


@dataclass(frozen=True, slots=True)
class _Repeated:
    """A table whose rows are made with a document."""

    table: Table
    what: str
    skipped: frozenset[str] = frozenset()


_ATTACHMENTS = _Repeated(attachments, "attachment", _OF_CONTENTS)
_REFERENCES = _Repeated(references, "reference", frozenset({"target"}))
_FACTS = _Repeated(signature_facts, "fact")


def check_repeated(
    tx: Read, rows: Mapping[int, Row[Any]], contents: Mapping[int, bytes]
) -> Iterator[Difference]:
    """Compare the rows of some documents with those that their manifests and newest verdicts make."""
    judged = _newest_verdicts(tx, rows)
    stored = {each: _rows(tx, each, rows) for each in (_ATTACHMENTS, _REFERENCES, _FACTS)}
    for position, row in rows.items():
        where = f"document {row.id}"
        made = _made(row, contents.get(position, b""), judged.get(position))
        if made is None:
            continue  # a manifest or verdict that cannot be read: its own check names it
        for column, value in zip(list(documents.columns)[1:], made.document, strict=True):
            if column.name not in _OF_VERDICTS and getattr(row, column.name) != value:
                found = repr(getattr(row, column.name))
                yield Difference(f"{where} {column.name}", found, f"{value!r}, as its manifest says")
        for each, expected in (
            (_ATTACHMENTS, made.attachments),
            (_REFERENCES, made.references),
            (_FACTS, made.facts),
        ):
            yield from _unlike(where, each, stored[each][position], expected)


def check_copies(tx: Read) -> Iterator[Difference]:
    """Compare what deliveries repeat of documents, events of refusals and verdicts, and refusals of days."""
    yield from _deliveries(tx)
    yield from _events(tx)
    for row in tx.execute(select(refusals).order_by(refusals.c.position)):
        if row.day != day_of(Microseconds(row.at)):
            yield Difference(f"refusal {row.id} day", row.day, day_of(Microseconds(row.at)))
        if (code := _code(row.problem)) != row.code:
            yield Difference(f"refusal {row.id} problem", str(code), row.code)


def check_reports(tx: Read) -> Iterator[Difference]:
    """Compare the columns of every verdict with its report."""
    for row in tx.execute(select(verdicts).order_by(verdicts.c.document, verdicts.c.sequence)):
        where = f"verdict {row.sequence} of the document at {row.document}"
        try:
            verdict = DocumentVerdict.from_stored(row.report)
        except UnreadableVerdict:
            yield Difference(f"{where} report", "nothing that can be read", "the verdict")
            continue
        for name in ("policy", "trust", "indication", "sub_indication", "signed_by"):
            found, expected = getattr(row, name), getattr(verdict, name)
            if found != expected:
                yield Difference(f"{where} {name}", str(found), f"{expected}, as its report says")


def _newest_verdicts(tx: Read, rows: Mapping[int, Row[Any]]) -> dict[int, DocumentVerdict]:
    found: dict[int, DocumentVerdict] = {}
    statement = select(verdicts.c.document, verdicts.c.report).where(verdicts.c.document.in_(list(rows)))
    for row in tx.execute(statement.order_by(verdicts.c.document, verdicts.c.sequence)):
        try:
            found[row.document] = DocumentVerdict.from_stored(row.report)
        except UnreadableVerdict:
            found.pop(row.document, None)
    return found


def _rows(tx: Read, repeated: _Repeated, rows: Mapping[int, Row[Any]]) -> dict[int, list[Row[Any]]]:
    table = repeated.table
    columns = [each for each in table.columns if each.name not in repeated.skipped]
    statement = select(*columns).where(table.c.document.in_(list(rows)))
    found: dict[int, list[Row[Any]]] = {position: [] for position in rows}
    for row in tx.execute(statement.order_by(table.c.document, table.c.ordinal)):
        found[row.document].append(row)
    return found


def _made(row: Row[Any], content: bytes, verdict: DocumentVerdict | None) -> DocumentRows | None:
    try:
        manifest = parse_manifest(content, WIDE_LIMITS)
    except AxisError:
        return None
    if verdict is None:
        return None
    return NewDocument(
        id=row.id,
        manifest=manifest,
        manifest_bytes=content,
        signatures=(),
        attachments=(StoredAttachment(None, None),) * len(manifest.attachments),
        verdict=verdict,
        accepted_at=Microseconds(row.accepted_at),
        targets=(None,) * len(manifest.refers_to),
        relay=row.relay,
    ).rows


def _unlike(where: str, repeated: _Repeated, found: list[Row[Any]], made: Any) -> Iterator[Difference]:
    names = [each.name for each in repeated.table.columns][1:]  # the first is the document's position
    kept = [place for place, name in enumerate(names) if name not in repeated.skipped]
    expected = [tuple(row[place] for place in kept) for row in made]
    stored = [tuple(row)[1:] for row in found]
    for place in range(max(len(stored), len(expected))):
        one, other = stored[place : place + 1], expected[place : place + 1]
        if one != other:
            yield Difference(f"{where} {repeated.what} {place}", str(one or "no row"), str(other or "no row"))


def _deliveries(tx: Read) -> Iterator[Difference]:
    newest = (
        select(events.c.delivery, func.max(events.c.position).label("position"))
        .where(events.c.delivery.is_not(None), events.c.kind == "status")
        .group_by(events.c.delivery)
        .subquery()
    )
    place = deliveries.c.document * RECIPIENTS_PER_DOCUMENT + deliveries.c.ordinal
    differs = (
        deliveries.c.position != place,
        deliveries.c.action != documents.c.action,
        deliveries.c.day != documents.c.day,
        deliveries.c.status_at.is_distinct_from(events.c.at),
    )
    statement = (
        select(
            deliveries, documents.c.action.label("of_action"), documents.c.day.label("of_day"), events.c.at
        )
        .select_from(deliveries)
        .join(documents, documents.c.position == deliveries.c.document)
        .outerjoin(newest, newest.c.delivery == deliveries.c.position)
        .outerjoin(events, events.c.position == newest.c.position)
        .where(or_(*differs))
    )
    for row in tx.execute(statement.limit(NAMED)):
        found = f"{row.document}.{row.ordinal} {row.action} {row.day} {row.status_at}"
        at = divmod(row.position, RECIPIENTS_PER_DOCUMENT)
        expected = f"{at[0]}.{at[1]} {row.of_action} {row.of_day} {row.at}"
        yield Difference(f"delivery {row.position}", found, expected)


def _events(tx: Read) -> Iterator[Difference]:
    of_refusals = (
        select(
            events.c.position,
            events.c.at,
            events.c.code,
            refusals.c.at.label("refused_at"),
            refusals.c.code.label("refused_with"),
        )
        .select_from(events)
        .join(refusals, refusals.c.position == events.c.position)
        .where(
            or_(events.c.kind != "refusal", events.c.at != refusals.c.at, events.c.code != refusals.c.code)
        )
    )
    for row in tx.execute(of_refusals.limit(NAMED)):
        found, expected = f"{row.at} {row.code}", f"{row.refused_at} {row.refused_with}, as its refusal says"
        yield Difference(f"event {row.position}", found, expected)
    later = events.alias()
    earlier = (
        select(func.count())
        .where(
            later.c.kind == "verdict",
            later.c.document == events.c.document,
            later.c.position <= events.c.position,
        )
        .scalar_subquery()
    )
    of_verdicts = (
        select(events.c.position, events.c.at, verdicts.c.at.label("of"))
        .select_from(events)
        .join(documents, documents.c.id == events.c.document)
        .join(verdicts, and_(verdicts.c.document == documents.c.position, verdicts.c.sequence == earlier))
        .where(events.c.kind == "verdict", events.c.at != verdicts.c.at)
    )
    for row in tx.execute(of_verdicts.limit(NAMED)):
        yield Difference(f"event {row.position} at", str(row.at), f"{row.of}, as its verdict says")
    accepted = (
        select(documents.c.id, verdicts.c.at, documents.c.accepted_at)
        .select_from(documents)
        .join(verdicts, and_(verdicts.c.document == documents.c.position, verdicts.c.sequence == 0))
        .where(verdicts.c.at != documents.c.accepted_at)
    )
    for row in tx.execute(accepted.limit(NAMED)):
        yield Difference(
            f"document {row.id} verdict 0 at", str(row.at), f"{row.accepted_at}, its acceptance's"
        )


def _code(problem: str) -> str | None:
    try:
        return from_stored(problem).code
    except (AxisError, ValueError, TypeError, LookupError):
        return None
