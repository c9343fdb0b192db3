"""The queues of agencies on the old protocol: what waits for their systems, and how far these are with it.

An item is a delivery or a status, queued in the transaction that causes it. Its transport state (`initial`,
`processing`, `done`, `fail`) changes no delivery.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Row, Select, and_, bindparam, func, select

from axis.agencies.callers import Caller
from axis.agencies.directory import subtree_filter
from axis.agencies.systems import speaking
from axis.clock import Microseconds
from axis.database import Read, Write, insert
from axis.deliveries.new_deliveries import delivery_id, delivery_position
from axis.deliveries.queries import portions
from axis.deliveries.tables import OPEN, deliveries, events, message_queue
from axis.documents.tables import documents
from axis.protocol import statuses

ItemKind = Literal["edoc", "status"]
TransportState = Literal["initial", "processing", "done", "fail"]

_ID = re.compile(r"([0-9a-f-]{36})\.(0|[1-9][0-9]{0,3})(?:-(0|[1-9][0-9]{0,17}))?")


@dataclass(frozen=True, slots=True)
class Item:
    """A delivery, or a status of one, in an agency's queue.

    `sender` sent the document or gave the status. `agency` receives the item. `code` and `note` are those of
    a status. `at` is the time of the status, or of the document's acceptance.
    """

    id: str
    kind: ItemKind
    agency: str
    position: int
    state: TransportState
    created_at: Microseconds
    updated_at: Microseconds
    sender: str
    document: str
    document_position: int
    ordinal: int
    at: Microseconds
    code: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item to be queued if a system of the old protocol speaks for its agency."""

    agency: str
    kind: ItemKind
    position: int
    at: Microseconds


def queue_items(tx: Write, items: Sequence[NewItem]) -> None:
    """Queue the items for whose agencies a system speaks. Call it under the lock of the ledger's head."""
    old = speaking(tx, {item.agency for item in items}) if items else set()
    rows = [
        {
            "agency": item.agency,
            "kind": item.kind,
            "position": item.position,
            "state": "initial",
            "created_at": item.at,
            "updated_at": item.at,
        }
        for item in items
        if item.agency in old
    ]
    if rows:
        tx.execute(message_queue.insert(), rows)


def open_items(
    tx: Read,
    caller: Caller,
    kind: ItemKind,
    *,
    after: Microseconds | None = None,
    before: Microseconds | None = None,
    limit: int,
) -> list[Item]:
    """Return the oldest open items of a caller's agencies, created from `after` until `before`."""
    page = select(message_queue.c.agency, message_queue.c.position).where(
        message_queue.c.kind == kind, OPEN, subtree_filter(message_queue.c.agency, caller)
    )
    if after is not None:
        page = page.where(message_queue.c.created_at >= after)
    if before is not None:
        page = page.where(message_queue.c.created_at < before)
    page_of = page.order_by(message_queue.c.position).limit(limit).subquery()  # before it is joined
    statement = (
        _SELECTED[kind]
        .join(
            page_of,
            and_(
                page_of.c.agency == message_queue.c.agency,
                page_of.c.position == message_queue.c.position,
            ),
        )
        .where(message_queue.c.kind == kind)
    )
    return [_item(kind, row) for row in tx.execute(statement.order_by(message_queue.c.position))]


def count_open(tx: Read, caller: Caller, kind: ItemKind) -> int:
    """Count the open items of a caller's agencies."""
    mine = subtree_filter(message_queue.c.agency, caller)
    statement = (
        select(func.count()).select_from(message_queue).where(message_queue.c.kind == kind, OPEN, mine)
    )
    return int(tx.execute(statement).scalar_one())


def find_item(tx: Read, caller: Caller, item: str) -> Item | None:
    """Return an item by its id; None where there is none for this caller.

    Every delivery to the caller's agencies is found, also one that was never queued.
    """
    match = _ID.fullmatch(item)
    if match is None:
        return None
    position = tx.execute(_POSITION, {"id": match[1]}).scalar_one_or_none()
    if position is None:
        return None
    delivery = delivery_position(position, int(match[2]))
    if match[3] is not None:
        return _find_status(tx, caller, int(match[3]), delivery)
    statement = _ANY_DELIVERY.where(
        deliveries.c.position == delivery, subtree_filter(deliveries.c.recipient, caller)
    )
    row = tx.execute(statement).one_or_none()
    return None if row is None else _item("edoc", row)


def set_state(tx: Write, item: Item, state: TransportState, now: Microseconds) -> None:
    """Set the transport state of an item. Any state may follow any other."""
    statement = insert(tx, message_queue).values(
        agency=item.agency,
        kind=item.kind,
        position=item.position,
        state=state,
        created_at=item.created_at,
        updated_at=now,
    )
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["agency", "kind", "position"],
            set_={"state": statement.excluded.state, "updated_at": statement.excluded.updated_at},
        )
    )


def states_of(tx: Read, positions: Iterable[int]) -> dict[int, TransportState]:
    """Return the transport states of these deliveries, by position, as far as they are queued."""
    found: dict[int, TransportState] = {}
    for portion in portions(positions):
        found.update((row.position, row.state) for row in tx.execute(_STATES, {"positions": portion}))
    return found


def _find_status(tx: Read, caller: Caller, event: int, delivery: int) -> Item | None:
    mine = subtree_filter(message_queue.c.agency, caller)
    statement = _STATUSES.where(
        events.c.position == event,
        events.c.delivery == delivery,
        message_queue.c.kind == "status",
        message_queue.c.agency.in_([deliveries.c.sender, deliveries.c.recipient]),
        mine,
    )
    row = tx.execute(statement).first()
    return None if row is None else _item("status", row)


def addressee(code: str, sender: str, recipient: str) -> str:
    """Return the party that a status is for: the recipient for a 13, else the document's sender."""
    return recipient if code == statuses.REQUESTED else sender


def _item(kind: ItemKind, row: Row[Any]) -> Item:
    own = delivery_id(row.document, row.ordinal)
    return Item(
        id=own if kind == "edoc" else f"{own}-{row.position}",
        kind=kind,
        agency=row.agency,
        position=row.position,
        state=row.state or "initial",
        created_at=row.created_at or row.at,
        updated_at=row.updated_at or row.at,
        sender=row.sender,
        document=row.document,
        document_position=row.document_position,
        ordinal=row.ordinal,
        at=row.at,
        code=row.code if kind == "status" else None,
        note=row.note if kind == "status" else None,
    )


_QUEUED = (message_queue.c.state, message_queue.c.created_at, message_queue.c.updated_at)
_DOCUMENT = (
    documents.c.id.label("document"),
    documents.c.position.label("document_position"),
    deliveries.c.ordinal,
)
_DELIVERY = (
    deliveries.c.recipient.label("agency"),
    deliveries.c.position,
    documents.c.sender,
    documents.c.accepted_at.label("at"),
)
_OF_DELIVERY = and_(
    message_queue.c.agency == deliveries.c.recipient,
    message_queue.c.kind == "edoc",
    message_queue.c.position == deliveries.c.position,
)
_QUEUED_DELIVERIES: Select[Any] = (
    select(*_QUEUED, *_DELIVERY, *_DOCUMENT)
    .join_from(message_queue, deliveries, deliveries.c.position == message_queue.c.position)
    .join(documents, documents.c.position == deliveries.c.document)
)
_ANY_DELIVERY: Select[Any] = (
    select(*_QUEUED, *_DELIVERY, *_DOCUMENT)
    .join_from(deliveries, documents, documents.c.position == deliveries.c.document)
    .outerjoin(message_queue, _OF_DELIVERY)
)
_STATUSES: Select[Any] = (
    select(
        *_QUEUED,
        message_queue.c.agency,
        message_queue.c.position,
        events.c.by.label("sender"),
        events.c.at,
        events.c.code,
        events.c.note,
        *_DOCUMENT,
    )
    .join_from(message_queue, events, events.c.position == message_queue.c.position)
    .join(deliveries, deliveries.c.position == events.c.delivery)
    .join(documents, documents.c.position == deliveries.c.document)
)
_SELECTED: dict[ItemKind, Select[Any]] = {"edoc": _QUEUED_DELIVERIES, "status": _STATUSES}
_POSITION = select(documents.c.position).where(documents.c.id == bindparam("id"))
_STATES = (
    select(message_queue.c.position, message_queue.c.state)
    .join_from(deliveries, message_queue, _OF_DELIVERY)
    .where(deliveries.c.position.in_(bindparam("positions", expanding=True)))
)
