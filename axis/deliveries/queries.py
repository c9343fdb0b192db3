"""The SQL of deliveries, statuses and events."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import orjson
from sqlalchemy import ColumnElement, Row, Select, bindparam, func, select, update

from axis.database import Read, Write
from axis.deliveries.new_deliveries import delivery_position
from axis.deliveries.tables import (
    RECIPIENTS_PER_DOCUMENT,
    deliveries,
    event_audience,
    events,
    status_messages,
)
from axis.documents.tables import attachments, documents, refusals

T = TypeVar("T")
AT_ONCE = 500
"""Values in one `IN`: few enough for every database's limit on parameters."""
LAST = 2**63 - 1
FIRST_WINDOW = 4_096
"""The width of the first window of positions in which rows of many agencies are searched."""

_STANDING = (
    select(
        deliveries.c.position,
        deliveries.c.document,
        deliveries.c.ordinal,
        deliveries.c.sender,
        deliveries.c.recipient,
        deliveries.c.type,
        deliveries.c.action,
        deliveries.c.day,
        deliveries.c.processing,
        deliveries.c.request,
        deliveries.c.request_action,
        deliveries.c.request_document,
        deliveries.c.status,
        deliveries.c.status_by,
        deliveries.c.status_note,
        deliveries.c.status_at,
        deliveries.c.answer_due,
        deliveries.c.answered_at,
        documents.c.id.label("document_id"),
        documents.c.kind,
    )
    .join(documents, documents.c.position == deliveries.c.document)
    .order_by(deliveries.c.position)
)
_BY_POSITION = _STANDING.where(deliveries.c.position.in_(bindparam("positions", expanding=True)))
_BY_DOCUMENT = _STANDING.where(deliveries.c.document.in_(bindparam("documents", expanding=True)))
_DOCUMENTS = select(documents.c.id, documents.c.position).where(
    documents.c.id.in_(bindparam("ids", expanding=True))
)
_MOVE = (
    update(deliveries)
    .where(deliveries.c.position == bindparam("at_position"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in (
                "processing",
                "request",
                "request_action",
                "request_document",
                "status",
                "status_by",
                "status_note",
                "status_at",
                "answered_at",
            )
        }
    )
)
_OF_ATTACHMENT = (
    attachments.c.document,
    attachments.c.name,
    attachments.c.media_type,
    attachments.c.size,
    attachments.c.sha256,
)
_ATTACHMENTS = (
    select(*_OF_ATTACHMENT)
    .where(attachments.c.document.in_(bindparam("documents", expanding=True)))
    .order_by(attachments.c.document, attachments.c.ordinal)
)
# The same for a page of one agency: a statement that is always the same, where one with a list of documents
# would be put together anew for each page.
_ATTACHMENTS_OF_ONE = (
    select(*_OF_ATTACHMENT)
    .join(deliveries, deliveries.c.document == attachments.c.document)
    .where(
        deliveries.c.recipient == bindparam("agency"),
        deliveries.c.position > bindparam("after"),
        deliveries.c.position <= bindparam("last"),
    )
    .order_by(deliveries.c.position, attachments.c.ordinal)
)

_INBOX = select(
    deliveries.c.position,
    deliveries.c.ordinal,
    deliveries.c.document,
    deliveries.c.recipient,
    deliveries.c.status,
    documents.c.id,
    documents.c.sender,
    documents.c.number,
    documents.c.subject,
    documents.c.type,
    documents.c.action,
    documents.c.priority,
    documents.c.issued_on,
    documents.c.accepted_at,
    documents.c.indication,
    documents.c.signed_by,
).join(documents, documents.c.position == deliveries.c.document)
_EVENTS = select(events, refusals.c.id.label("refusal"), refusals.c.number).outerjoin(
    refusals, refusals.c.position == events.c.position
)
# Pages of one agency are read all the time: building a statement costs more than running it.
_INBOX_OF_ONE = (
    _INBOX.where(deliveries.c.recipient == bindparam("agency"), deliveries.c.position > bindparam("after"))
    .order_by(deliveries.c.position)
    .limit(bindparam("most"))
)


def _in_one_row(rows: Select[Any]) -> Select[Any]:
    """Return a statement that gives rows as one JSON text, for SQLite.

    Its driver lets go of Python's lock for every row, so that threads which read pages at once would hand it
    to and fro. PostgreSQL's driver gets all rows in one go.
    """
    page = rows.subquery()
    return select(func.json_group_array(func.json_array(*page.c)))


_INBOX_IN_ONE_ROW = _in_one_row(_INBOX_OF_ONE)
_ATTACHMENTS_IN_ONE_ROW = _in_one_row(_ATTACHMENTS_OF_ONE)
_EVENTS_OF_ONE = (
    select(events, refusals.c.id.label("refusal"), refusals.c.number)
    .select_from(
        event_audience.join(events, events.c.position == event_audience.c.position).outerjoin(
            refusals, refusals.c.position == events.c.position
        )
    )
    .where(event_audience.c.agency == bindparam("agency"), event_audience.c.position > bindparam("after"))
    .order_by(event_audience.c.position)
    .limit(bindparam("most"))
)


def portions(values: Iterable[T]) -> Iterator[list[T]]:
    """Split values into lists that fit one statement."""
    everything = list(values)
    for start in range(0, len(everything), AT_ONCE):
        yield everything[start : start + AT_ONCE]


def rows_by_id(tx: Read, ids: Iterable[tuple[str, int]]) -> Iterator[Row[Any]]:
    """Yield the deliveries with these document ids and places that exist."""
    wanted = set(ids)
    found: dict[str, int] = {}
    for portion in portions({document for document, _ in wanted}):
        found.update({row.id: row.position for row in tx.execute(_DOCUMENTS, {"ids": portion})})
    positions = [
        delivery_position(found[document], ordinal) for document, ordinal in wanted if document in found
    ]
    for places in portions(positions):
        yield from tx.execute(_BY_POSITION, {"positions": places})


def rows_of_documents(tx: Read, positions: Sequence[int]) -> Iterator[Row[Any]]:
    """Yield the deliveries of documents, in order."""
    for portion in portions(positions):
        yield from tx.execute(_BY_DOCUMENT, {"documents": portion})


def move_deliveries(tx: Write, moves: Sequence[Mapping[str, Any]]) -> None:
    """Update the state of deliveries: each move has `at_position`, and a `new_…` for each column."""
    tx.execute(_MOVE, moves)


def keep_messages(tx: Write, messages: Sequence[Mapping[str, Any]]) -> None:
    """Keep the messages that statuses came in, each with its `event`'s position and its `content`."""
    if messages:
        tx.execute(status_messages.insert(), messages)


def status_message(tx: Read, event: int) -> bytes | None:
    """Return the message that a status came in; None where it came over REST."""
    statement = select(status_messages.c.content).where(status_messages.c.event == event)
    found: bytes | None = tx.execute(statement).scalar_one_or_none()
    return found


def statuses_of(tx: Read, delivery: int) -> Sequence[Row[Any]]:
    """Return the statuses that a delivery was given, in their order."""
    statement = (
        select(events)
        .where(events.c.delivery == delivery, events.c.kind == "status")
        .order_by(events.c.position)
    )
    return tx.execute(statement).all()


def status_of_origin(tx: Read, delivery: int, origin: str) -> Row[Any] | None:
    """Return the status of a delivery that a relay brought with this origin; None where there is none."""
    given = select(events).where(events.c.delivery == delivery, events.c.origin == origin)
    return tx.execute(given).first()


def inbox_of_one(tx: Read, agency: str, after: int, most: int) -> Sequence[Sequence[Any]]:
    """Return the next deliveries of an agency after a position, as `inbox_rows` does."""
    wanted = {"agency": agency, "after": after, "most": most}
    return _rows(tx, _INBOX_OF_ONE, _INBOX_IN_ONE_ROW, wanted)


def _rows(
    tx: Read, many: Select[Any], one: Select[Any], wanted: Mapping[str, Any]
) -> Sequence[Sequence[Any]]:
    if tx.dialect != "sqlite":
        return tx.execute(many, wanted).all()
    found: list[list[Any]] = orjson.loads(tx.execute(one, wanted).scalar_one())
    return found


def events_of_one(tx: Read, agency: str, after: int, most: int) -> Sequence[Row[Any]]:
    """Return the next events of an agency after a position, as `event_rows` does."""
    return tx.execute(_EVENTS_OF_ONE, {"agency": agency, "after": after, "most": most}).all()


def inbox_rows(
    tx: Read, mine: ColumnElement[bool], after: int, limit: int, *, scattered: bool
) -> Sequence[Row[Any]]:
    """Return the next deliveries after a position, with what an inbox shows of their documents.

    `scattered`: they are those of many agencies, which no index has in one order.
    """

    def read(above: int, until: int, most: int) -> Sequence[Row[Any]]:
        statement = _INBOX.where(mine, deliveries.c.position > above, deliveries.c.position <= until)
        return tx.execute(statement.order_by(deliveries.c.position).limit(most)).all()

    if not scattered:
        return read(after, LAST, limit)
    width = FIRST_WINDOW * RECIPIENTS_PER_DOCUMENT
    return _in_windows(read, after, newest(tx)[0], width, limit)


def attachment_rows(tx: Read, positions: Iterable[int]) -> Iterator[Sequence[Any]]:
    """Yield the attachments of documents without their bytes, in the manifests' order."""
    for portion in portions(positions):
        yield from tx.execute(_ATTACHMENTS, {"documents": portion}).all()


def attachments_of_one(tx: Read, agency: str, after: int, last: int) -> Sequence[Sequence[Any]]:
    """Return the attachments of an agency's deliveries with `after < position <= last`."""
    wanted = {"agency": agency, "after": after, "last": last}
    return _rows(tx, _ATTACHMENTS_OF_ONE, _ATTACHMENTS_IN_ONE_ROW, wanted)


def event_rows(
    tx: Read, concerned: ColumnElement[bool] | None, after: int, limit: int, *, scattered: bool
) -> Sequence[Row[Any]]:
    """Return the next events after a position: those of an audience, or all where `concerned` is None.

    `scattered` is as for `inbox_rows`.
    """

    def read(above: int, until: int, most: int) -> Sequence[Row[Any]]:
        statement = _EVENTS.where(events.c.position > above, events.c.position <= until)
        if concerned is not None:
            column = event_audience.c.position
            places = select(column).where(concerned, column > above, column <= until).order_by(column)
            # An event between two agencies of one subtree concerns the caller once.
            statement = statement.where(events.c.position.in_(places.distinct().limit(most)))
        return tx.execute(statement.order_by(events.c.position).limit(most)).all()

    if not scattered:
        return read(after, LAST, limit)
    return _in_windows(read, after, newest(tx)[1], FIRST_WINDOW, limit)


def _in_windows(
    read: Callable[[int, int, int], Sequence[Row[Any]]], after: int, until: int, width: int, limit: int
) -> list[Row[Any]]:
    """Read a page from windows of positions, each wider than the last.

    Rows of many agencies have to be sorted. A window limits that to little more than the page, and wider
    windows find the few rows of a quiet subtree in a few steps. Everything up to `until` is committed, so
    nothing is skipped.
    """
    found: list[Row[Any]] = []
    while after < until and len(found) < limit:
        end = min(after + width, until)
        found += read(after, end, limit - len(found))
        after = end
        width *= 4
    return found


def newest(tx: Read) -> tuple[int, int]:
    """Return the newest position of a delivery and that of an event; -1 where there is none."""
    delivery = select(func.coalesce(func.max(deliveries.c.position), -1)).scalar_subquery()
    event = select(func.coalesce(func.max(events.c.position), -1)).scalar_subquery()
    row: Any = tx.execute(select(delivery, event)).one()
    return row[0], row[1]


def recipients_between(tx: Read, above: int, until: int) -> set[str]:
    """Return who received anything with `above < position <= until`."""
    column = deliveries.c.position
    statement = select(deliveries.c.recipient).where(column > above, column <= until).distinct()
    return set(tx.execute(statement).scalars())


def concerned_between(tx: Read, above: int, until: int) -> set[str] | None:
    """Return the agencies that events with `above < position <= until` concern; None when it may be any.

    It uses the parties and not the table of audiences, which is ordered by agency.
    """
    column = events.c.position
    here = (column > above, column <= until)
    if tx.execute(select(column).where(*here, events.c.kind == "verdict").limit(1)).first() is not None:
        return None
    parties = (
        select(deliveries.c.sender, deliveries.c.recipient)
        .join(events, events.c.delivery == deliveries.c.position)
        .where(*here)
        .distinct()
    )
    refused = select(refusals.c.sender).where(refusals.c.position > above, refusals.c.position <= until)
    agencies = set(tx.execute(refused).scalars())
    for row in tx.execute(parties):
        agencies.update(row)
    return agencies
