"""Lists the documents that a caller's agencies sent, newest first, with a row for each recipient.

The old protocol lists these, so there is a limit and no cursor.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from axis.agencies.callers import Caller
from axis.agencies.directory import subtree_filter
from axis.clock import Microseconds
from axis.database import Read
from axis.database.paging import keep_to_indexes, positions_of_days
from axis.deliveries.new_deliveries import delivery_id
from axis.deliveries.queries import FIRST_WINDOW, portions
from axis.deliveries.queues import TransportState, states_of
from axis.deliveries.tables import deliveries, events
from axis.documents.queries import EXPIRED_AT
from axis.documents.tables import documents
from axis.protocol.statuses import REQUESTED

_DOCUMENTS_AT_ONCE = 50
"""Documents whose deliveries are read together. One document may have a thousand, and the list may end
between them."""

_DOCUMENT = select(
    documents.c.position,
    documents.c.id,
    documents.c.sender,
    documents.c.number,
    documents.c.subject,
    documents.c.accepted_at,
)
_DELIVERIES = (
    select(
        deliveries.c.position,
        deliveries.c.document,
        deliveries.c.ordinal,
        deliveries.c.recipient,
        deliveries.c.status,
        EXPIRED_AT,
    )
    .where(deliveries.c.document.in_(bindparam("documents", expanding=True)))
    .order_by(deliveries.c.document.desc(), deliveries.c.position)
    .limit(bindparam("most"))
)
_ANSWERED = (
    select(events.c.delivery, func.min(events.c.at).label("at"))
    .where(
        events.c.delivery.in_(bindparam("deliveries", expanding=True)),
        events.c.kind == "status",
        events.c.code != REQUESTED,
    )
    .group_by(events.c.delivery)
)


@dataclass(frozen=True, slots=True)
class SentItem:
    """A document and one of its recipients."""

    document: str
    delivery: str
    sender: str
    recipient: str
    number: str
    subject: str
    sent_at: Microseconds
    answered_at: Microseconds | None
    """When the recipient gave its first status."""
    transport: TransportState
    """How far the recipient's system is with it. A recipient on REST is done with it once it gave a
    status."""
    status: str | None
    """The newest status code, by either side."""
    expired_at: Microseconds | None
    """When the sender was told that the recipient had given it no status for too long."""


def read_outbox(
    tx: Read,
    caller: Caller,
    *,
    first: dt.date | None = None,
    last: dt.date | None = None,
    document: str | None = None,
    limit: int,
) -> list[SentItem]:
    """Return up to `limit` rows of documents sent on the days from `first` to `last`, both included.

    `document` narrows the list to one document, by its id, if one of the caller's agencies sent it. Otherwise
    it has no effect.
    """
    keep_to_indexes(tx)
    mine = subtree_filter(documents.c.sender, caller)
    if document is not None:
        one = tx.execute(_DOCUMENT.where(documents.c.id == document, mine)).all()
        if one:
            return list(_items(tx, one, limit))
    return list(_items(tx, _documents(tx, caller, first, last, limit), limit))


def _documents(
    tx: Read, caller: Caller, first: dt.date | None, last: dt.date | None, limit: int
) -> Sequence[Row[Any]]:
    """Return the newest documents, from wider and wider windows: no index orders those of many agencies."""
    days = (None if first is None else first.isoformat(), None if last is None else last.isoformat())
    ends = positions_of_days(tx, documents, *days) if any(days) else _ends(tx)
    if ends is None:
        return []
    lowest, above = ends[0], ends[1] + 1
    statement = _DOCUMENT.where(subtree_filter(documents.c.sender, caller))
    if days[0] is not None:
        statement = statement.where(documents.c.day >= days[0])
    if days[1] is not None:
        statement = statement.where(documents.c.day <= days[1])
    found: list[Row[Any]] = []
    width = FIRST_WINDOW
    position = documents.c.position
    while above > lowest and len(found) < limit:
        begin = max(above - width, lowest)
        window = statement.where(position >= begin, position < above)
        found += tx.execute(window.order_by(position.desc()).limit(limit - len(found)))
        above = begin
        width *= 4
    return found


def _ends(tx: Read) -> tuple[int, int] | None:
    lowest = select(func.min(documents.c.position)).scalar_subquery()
    highest = select(func.max(documents.c.position)).scalar_subquery()
    row: Any = tx.execute(select(lowest, highest)).one()
    return None if row[0] is None else (row[0], row[1])


def _items(tx: Read, sent: Iterable[Row[Any]], limit: int) -> Iterator[SentItem]:
    by_position = {row.position: row for row in sent}
    ordered = list(by_position)
    for start in range(0, len(ordered), _DOCUMENTS_AT_ONCE):
        if limit <= 0:
            return
        at_once = ordered[start : start + _DOCUMENTS_AT_ONCE]
        rows = tx.execute(_DELIVERIES, {"documents": at_once, "most": limit}).all()
        limit -= len(rows)
        positions = [row.position for row in rows]
        states, answered = states_of(tx, positions), _answered(tx, positions)
        for row in rows:
            yield _item(by_position[row.document], row, states.get(row.position), answered.get(row.position))


def _answered(tx: Read, positions: Iterable[int]) -> dict[int, Microseconds]:
    found: dict[int, Microseconds] = {}
    for portion in portions(positions):
        found.update((row.delivery, row.at) for row in tx.execute(_ANSWERED, {"deliveries": portion}))
    return found


def _item(
    document: Row[Any], row: Row[Any], state: TransportState | None, answered_at: Microseconds | None
) -> SentItem:
    return SentItem(
        document=document.id,
        delivery=delivery_id(document.id, row.ordinal),
        sender=document.sender,
        recipient=row.recipient,
        number=document.number,
        subject=document.subject,
        sent_at=document.accepted_at,
        answered_at=answered_at,
        transport=state or ("initial" if answered_at is None else "done"),
        status=row.status,
        expired_at=row.expired_at,
    )
