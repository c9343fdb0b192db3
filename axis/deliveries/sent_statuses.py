"""Lists the statuses that a caller's agencies gave, newest first.

The old protocol lists these, so there is a limit and no cursor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, func, select

from axis.agencies.callers import Caller
from axis.agencies.directory import subtree_filter
from axis.clock import Microseconds
from axis.database import Read
from axis.deliveries.new_deliveries import delivery_id
from axis.deliveries.queries import FIRST_WINDOW
from axis.deliveries.queues import TransportState, addressee
from axis.deliveries.tables import deliveries, event_audience, events, message_queue
from axis.documents.tables import documents


@dataclass(frozen=True, slots=True)
class SentStatus:
    """A status given of a delivery, by `sender` to `recipient`."""

    document: str
    delivery: str
    position: int
    """The position of its event."""
    sender: str
    recipient: str
    number: str
    subject: str
    code: str
    sent_at: Microseconds
    transport: TransportState
    """How far the recipient's system is with it. A recipient on REST has it at once."""
    moved_at: Microseconds | None
    """When `transport` was last set; None where no system sets it."""


def read_sent_statuses(
    tx: Read,
    caller: Caller,
    *,
    after: Microseconds | None = None,
    before: Microseconds | None = None,
    limit: int,
) -> list[SentStatus]:
    """Return up to `limit` statuses given from `after` until `before`."""
    statement = _STATUSES.where(subtree_filter(event_audience.c.agency, caller))
    if after is not None:
        statement = statement.where(events.c.at >= after)
    if before is not None:
        statement = statement.where(events.c.at < before)
    return [_status(row) for row in _newest(tx, statement, limit)]


def _newest(tx: Read, statement: Select[Any], limit: int) -> Sequence[Row[Any]]:
    """Read wider and wider windows, the newest first: no index orders events of many agencies."""
    ends: Any = tx.execute(select(func.min(events.c.position), func.max(events.c.position))).one()
    if ends[0] is None:
        return []
    lowest, above, width = ends[0], ends[1] + 1, FIRST_WINDOW
    found: list[Row[Any]] = []
    while above > lowest and len(found) < limit:
        begin = max(above - width, lowest)
        position = event_audience.c.position
        window = statement.where(position >= begin, position < above)
        found += tx.execute(window.order_by(position.desc()).limit(limit - len(found)))
        above = begin
        width *= 4
    return found


def _status(row: Row[Any]) -> SentStatus:
    return SentStatus(
        document=row.id,
        delivery=delivery_id(row.id, row.ordinal),
        position=row.position,
        sender=row.by,
        recipient=addressee(row.code, row.sender, row.recipient),
        number=row.number,
        subject=row.subject,
        code=row.code,
        sent_at=row.at,
        transport=row.state or "done",
        moved_at=row.updated_at,
    )


_STATUSES: Select[Any] = (
    select(
        events.c.position,
        events.c.by,
        events.c.at,
        events.c.code,
        deliveries.c.ordinal,
        deliveries.c.recipient,
        documents.c.id,
        documents.c.sender,
        documents.c.number,
        documents.c.subject,
        message_queue.c.state,
        message_queue.c.updated_at,
    )
    .join_from(event_audience, events, events.c.position == event_audience.c.position)
    .join(deliveries, deliveries.c.position == events.c.delivery)
    .join(documents, documents.c.position == deliveries.c.document)
    .outerjoin(
        message_queue,
        and_(
            message_queue.c.kind == "status",
            message_queue.c.position == events.c.position,
            message_queue.c.agency.in_([deliveries.c.sender, deliveries.c.recipient]),
            message_queue.c.agency != events.c.by,
        ),
    )
    .where(events.c.kind == "status", events.c.by == event_audience.c.agency)
)
