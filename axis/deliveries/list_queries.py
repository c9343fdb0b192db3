"""The SQL of listing deliveries: those that a caller may see, by filters."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, case, exists, null, select

from axis.agencies.callers import Caller
from axis.agencies.directory import subtree_filter
from axis.database import Read
from axis.database.paging import Driver, PartsDriver, opaque, unindexed
from axis.database.store_facts import business_now
from axis.deliveries.filters import DeliveryQuery
from axis.deliveries.tables import RECIPIENTS_PER_DOCUMENT, UNUSUAL, deliveries
from axis.documents import queries as document_queries
from axis.documents.deadlines import delivery_is
from axis.documents.tables import ANSWERED_LATE, UNANSWERED, documents, expired_deliveries
from axis.protocol import statuses

_UNUSUAL_STATUSES: Final = (statuses.REFUSED, statuses.REQUESTED, statuses.AGREED, statuses.DECLINED)
_UNUSUAL_STATES: Final = ("refused", "withdrawn")

_agreed = opaque(deliveries.c.request) == "agreed"
STATE: Final[ColumnElement[str | None]] = case(
    (deliveries.c.action == "recall", null()),
    (and_(_agreed, opaque(deliveries.c.request_action) == "recall"), "withdrawn"),
    (opaque(deliveries.c.processing) == statuses.REFUSED, "refused"),
    (_agreed, "handled"),
    (opaque(deliveries.c.processing).in_(("none", statuses.ARRIVED)), "pending"),
    else_="handled",
)
"""Where a delivery stands, as `axis.protocol.statuses.outcome` says; NULL for a recall, which counts
nowhere."""

LISTED: Final = select(
    deliveries.c.position,
    STATE.label("state"),
    *document_queries.STANDING,
    deliveries.c.request_document,
    *document_queries.OF_DOCUMENT,
).join(documents, documents.c.position == deliveries.c.document)


def delivery_row(tx: Read, caller: Caller, position: int, side: document_queries.Side) -> Row[Any] | None:
    """Return a delivery of a document that the caller sees from this side; a recipient has its own alone."""
    statement = LISTED.where(deliveries.c.position == position)
    if side == "received":
        statement = statement.where(subtree_filter(deliveries.c.recipient, caller))
    return tx.execute(statement).one_or_none()


def drivers_of(
    tx: Read, query: DeliveryQuery, caller: Caller, side: document_queries.Side
) -> list[Driver | PartsDriver]:
    """Return a driver for each filter that has an index. The caller's side is one of them."""
    position = deliveries.c.position
    conditions: list[ColumnElement[bool]] = []
    if side == "received":
        conditions.append(subtree_filter(deliveries.c.recipient, caller))
    if query.recipient is not None:
        conditions.append(deliveries.c.recipient == query.recipient)
    if query.status in _UNUSUAL_STATUSES or query.state in _UNUSUAL_STATES or query.request is not None:
        conditions.append(and_(position >= 0, UNUSUAL))
    to = query.recipient or (caller.agency if side == "received" and not caller.subtree else None)
    for wanted, marked in ((query.unanswered, UNANSWERED), (query.deadline == "late", ANSWERED_LATE)):
        if wanted and to is not None:
            conditions.append(and_(deliveries.c.recipient == to, marked))
    told = [Driver(select(expired_deliveries.c.delivery), expired_deliveries.c.delivery)]
    return [
        *(told if query.expired else ()),
        *(Driver(select(position).where(one), position) for one in conditions),
        *(
            PartsDriver(driver, position, RECIPIENTS_PER_DOCUMENT)
            for driver in document_queries.document_drivers(tx, query, caller, side)
        ),
    ]


def filters_of(
    query: DeliveryQuery, caller: Caller, side: document_queries.Side
) -> list[ColumnElement[bool]]:
    """Return every filter as a condition on a delivery and its document, in a form that uses no index."""
    column = deliveries.c
    equal: list[tuple[ColumnElement[Any], str | None]] = [
        (opaque(column.recipient), query.recipient),
        (opaque(column.status), query.status),
        (opaque(column.request), query.request),
        (STATE, query.state),
    ]
    conditions = [filtered == value for filtered, value in equal if value is not None]
    if query.expired is not None:
        told = exists().where(expired_deliveries.c.delivery == column.position).correlate(deliveries)
        conditions.append(told if query.expired else ~told)
    if query.deadline is not None:
        conditions.append(unindexed(delivery_is(query.deadline, business_now())))
    if query.recipient_level is not None:
        conditions.append(document_queries.of_level(column.recipient, query.recipient_level))
    if side == "received":
        conditions.append(subtree_filter(opaque(column.recipient), caller))
    return [*document_queries.document_filters(query, caller, side), *conditions]
