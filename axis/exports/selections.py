"""The rows of each kind of export: counted first, then read batch by batch.

They have the filters of the lists and the same rights: an agency gets what it sent and received, an auditor
all.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_

from axis.agencies.callers import Caller
from axis.agencies.directory import subtree_filter
from axis.agencies.queries import agency_rows
from axis.csv_and_xlsx import Row
from axis.database import Read
from axis.database.paging import opaque
from axis.deliveries import list_queries
from axis.deliveries.filters import DeliveryQuery
from axis.deliveries.new_deliveries import delivery_id
from axis.deliveries.tables import deliveries, events
from axis.documents import queries as document_queries
from axis.documents.filters import DocumentQuery, RefusalQuery
from axis.documents.tables import documents, refusals, verdicts
from axis.exports.columns import What
from axis.exports.export_requests import EntryQuery
from signing.errors import UnreadableVerdict
from signing.verdict import DocumentVerdict

# All is read from one state of the store. Of documents received, an agency gets its own deliveries. Cursors
# are keys, so each batch costs the same.

BATCH: Final = 2_000
"""Rows read at once: enough that asking costs little, few enough for memory."""
Selection = DocumentQuery | RefusalQuery | EntryQuery


@dataclass(frozen=True, slots=True)
class Asked:
    """What is selected, and for whom."""

    what: What
    query: Selection
    caller: Caller


@dataclass(slots=True)
class Names:
    """The names of agencies, each read once."""

    tx: Read
    known: dict[str, str | None]

    def of(self, codes: Sequence[str]) -> dict[str, str | None]:
        """Return the names of these agencies; None for one that the directory does not have."""
        unknown = set(codes) - self.known.keys()
        if unknown:
            found = {row.code: row.name for row in agency_rows(self.tx, unknown, deleted=True)}
            self.known.update({code: found.get(code) for code in unknown})
        return self.known


def count_rows(tx: Read, asked: Asked, most: int | None = None) -> int:
    """Count the rows of a selection; with `most` no further than that, and one more."""
    statement = _STATEMENTS[asked.what](asked)
    if most is None:
        return int(tx.execute(select(func.count()).select_from(statement.subquery())).scalar_one())
    bounded = statement.limit(most + 1).subquery()
    return int(tx.execute(select(func.count()).select_from(bounded)).scalar_one())


def read_rows(tx: Read, asked: Asked) -> Iterator[list[Row]]:
    """Yield the rows of a selection, batch by batch, in the order of their keys."""
    statement, keys = _STATEMENTS[asked.what](asked), _KEYS[asked.what]
    names = Names(tx, {})
    make = _MAKERS[asked.what]
    after: tuple[Any, ...] | None = None
    while True:
        page = statement.order_by(*keys).limit(BATCH)
        if after is not None:
            page = page.where(tuple_(*keys) > tuple_(*after) if len(keys) > 1 else keys[0] > after[0])
        found = tx.execute(page).all()
        if found:
            yield make(tx, names, found)
        if len(found) < BATCH:
            return
        after = tuple(found[-1]._mapping[f"key_{place}"] for place in range(len(keys)))  # noqa: SLF001 - its name


def _documents(asked: Asked) -> Select[Any]:
    base = document_queries.LISTED.add_columns(documents.c.day, documents.c.manifest_sha256)
    return _keyed(base, "documents").where(_seen(asked))


def _deliveries(asked: Asked) -> Select[Any]:
    base = select(*document_queries.STANDING, documents).join(
        documents, documents.c.position == deliveries.c.document
    )
    return _keyed(base, "deliveries").where(_seen_deliveries(asked))


def _statuses(asked: Asked) -> Select[Any]:
    base = (
        select(
            events.c.position,
            events.c.at,
            events.c.code,
            events.c.by,
            events.c.note,
            events.c.request,
            deliveries.c.ordinal,
            deliveries.c.recipient,
            documents.c.id,
            documents.c.sender,
            documents.c.number,
        )
        .join(deliveries, deliveries.c.position == events.c.delivery)
        .join(documents, documents.c.position == deliveries.c.document)
    )
    return _keyed(base, "statuses").where(opaque(events.c.kind) == "status", _seen_deliveries(asked))


def _verdicts(asked: Asked) -> Select[Any]:
    base = select(
        verdicts.c.sequence,
        verdicts.c.at,
        verdicts.c.policy,
        verdicts.c.trust,
        verdicts.c.indication,
        verdicts.c.sub_indication,
        verdicts.c.signed_by,
        documents.c.id,
        documents.c.sender,
        documents.c.number,
    ).join(documents, documents.c.position == verdicts.c.document)
    return _keyed(base, "verdicts").where(_seen(asked))


def _refusals(asked: Asked) -> Select[Any]:
    query = asked.query
    assert isinstance(query, RefusalQuery)
    column = refusals.c
    equal = [
        (column.sender, query.sender),
        (column.code, query.code),
        (column.request_id, query.request_id),
        (column.number, query.number_key),
    ]
    conditions = [opaque(filtered) == value for filtered, value in equal if value is not None]
    conditions += [column.day >= query.from_] if query.from_ is not None else []
    conditions += [column.day <= query.to] if query.to is not None else []
    if asked.caller.role != "auditor":
        conditions.append(subtree_filter(column.sender, asked.caller))
    return _keyed(select(refusals), "refusals").where(*conditions)


def _keyed(base: Select[Any], what: What) -> Select[Any]:
    keys = [key.label(f"key_{place}") for place, key in enumerate(_KEYS[what])]
    return base.add_columns(*keys)


def _seen(asked: Asked) -> ColumnElement[bool]:
    """Return the condition that a document passes the filters, from one of the sides of the caller."""
    query = asked.query
    assert isinstance(query, DocumentQuery)
    if query.finds_nothing:
        return documents.c.position < 0
    sides = document_queries.sides_of(query, asked.caller)
    return or_(*(and_(*_of_side(asked, side)) for side in sides))


def _seen_deliveries(asked: Asked) -> ColumnElement[bool]:
    """Return the condition that a delivery passes the filters, from one of the sides of the caller."""
    query = asked.query
    assert isinstance(query, DeliveryQuery)
    if query.finds_nothing:
        return deliveries.c.position < 0
    return or_(
        *(
            and_(deliveries.c.position >= 0, *list_queries.filters_of(query, asked.caller, side))
            for side in document_queries.sides_of(query, asked.caller)
        )
    )


def _of_side(asked: Asked, side: document_queries.Side) -> list[ColumnElement[bool]]:
    query = asked.query
    assert isinstance(query, DocumentQuery)
    return [documents.c.position >= 0, *document_queries.filters_of(query, asked.caller, side)]


def _make_documents(tx: Read, names: Names, rows: Sequence[Any]) -> list[Row]:
    positions = [row.position for row in rows]
    to: dict[int, list[str]] = {position: [] for position in positions}
    for each in document_queries.recipients_of(tx, positions):
        to[each.document].append(each.recipient)
    counts = document_queries.attachment_counts(tx, positions)
    known = names.of([row.sender for row in rows])
    return [
        (
            *(row.position, row.id, row.sender, known[row.sender], to[row.position], row.number),
            *(row.issued_on, row.type, row.subject, row.priority, row.action, row.accepted_at, row.day),
            *(row.indication, row.sub_indication, row.signed_by, counts.get(row.position, 0)),
            *(row.manifest_sha256, row.signed_on, row.send_due),
        )
        for row in rows
    ]


def _make_deliveries(_tx: Read, names: Names, rows: Sequence[Any]) -> list[Row]:
    known = names.of([code for row in rows for code in (row.sender, row.recipient)])
    return [
        (
            *(delivery_id(row.id, row.ordinal), row.id, row.sender, known[row.sender]),
            *(row.recipient, known[row.recipient], row.number, row.issued_on, row.type, row.subject),
            *(row.priority, row.action, row.accepted_at, row.day, row.indication, row.signed_by),
            *(row.status, row.status_by, row.status_note, row.status_at, row.request, row.request_action),
            *(row.answer_due, row.answered_at, row.expired_at),
        )
        for row in rows
    ]


def _make_statuses(_tx: Read, _names: Names, rows: Sequence[Any]) -> list[Row]:
    return [
        (
            *(row.position, row.at, row.id, delivery_id(row.id, row.ordinal), row.sender, row.recipient),
            *(row.number, row.code, row.by, row.note, row.request),
        )
        for row in rows
    ]


def _make_verdicts(_tx: Read, _names: Names, rows: Sequence[Any]) -> list[Row]:
    return [
        (
            *(row.id, row.sequence, row.at, row.sender, row.number, row.policy, row.trust),
            *(row.indication, row.sub_indication, row.signed_by),
        )
        for row in rows
    ]


def _make_refusals(_tx: Read, _names: Names, rows: Sequence[Any]) -> list[Row]:
    made: list[Row] = []
    for row in rows:
        indication, sub_indication = _judged(row.verdict)
        made.append(
            (
                *(row.position, row.id, row.at, row.day, row.sender, row.number, row.code),
                *(row.manifest_sha256, row.request_id, indication, sub_indication),
            )
        )
    return made


def _judged(stored: str | None) -> tuple[str | None, str | None]:
    if stored is None:
        return None, None
    try:
        verdict = DocumentVerdict.from_stored(stored)
    except UnreadableVerdict:
        return None, None
    return verdict.indication, verdict.sub_indication


_KEYS: Final[dict[What, tuple[ColumnElement[Any], ...]]] = {
    "documents": (documents.c.position,),
    "deliveries": (deliveries.c.position,),
    "statuses": (events.c.position,),
    "verdicts": (verdicts.c.document, verdicts.c.sequence),
    "refusals": (refusals.c.position,),
    "evidence": (documents.c.position,),
}
_STATEMENTS: Final[dict[What, Callable[[Asked], Select[Any]]]] = {
    "documents": _documents,
    "deliveries": _deliveries,
    "statuses": _statuses,
    "verdicts": _verdicts,
    "refusals": _refusals,
    "evidence": _documents,
}
_MAKERS: Final[dict[What, Callable[[Read, Names, Sequence[Any]], list[Row]]]] = {
    "documents": _make_documents,
    "deliveries": _make_deliveries,
    "statuses": _make_statuses,
    "verdicts": _make_verdicts,
    "refusals": _make_refusals,
    "evidence": _make_documents,
}
