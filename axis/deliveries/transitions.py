"""Applies statuses to deliveries: writes the rows, the events and the leaves, and moves counters and queues.

Which code may follow which is in `axis.protocol.statuses`. Who may give it is checked before, in
`axis.deliveries.statuses`.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from axis.clock import Microseconds
from axis.counters.counter_changes import CounterChanges, counted, counted_type
from axis.database import Read, Write
from axis.deliveries import queries
from axis.deliveries.new_deliveries import delivery_id
from axis.deliveries.new_events import NewEvent, record_events
from axis.deliveries.queues import NewItem, addressee, queue_items
from axis.ledger.journal import Journal
from axis.ledger.leaves import StatusFacts, status_leaf
from axis.protocol import statuses
from axis.protocol.deadlines import ANSWERS
from axis.protocol.manifest import Action
from axis.protocol.statuses import DeliveryState, Side, next_state, outcome

PLAIN_REQUEST: Action = "recall"
"""The request of a status 13 that no document opened (docs/old-axis.md#statuses)."""


@dataclass(slots=True)
class Delivery:
    """The current state of a delivery; `Moves` changes it in place."""

    position: int
    id: str
    document: str
    sender: str
    recipient: str
    type: str
    kind: str | None
    action: str
    day: str
    state: DeliveryState
    request_action: Action | None
    request_document: str | None
    status_by: str | None
    status_at: Microseconds | None
    answer_due: Microseconds | None
    answered_at: Microseconds | None


@dataclass(frozen=True, slots=True)
class NewStatus:
    """A status that one side of a delivery is about to give."""

    code: str
    note: str | None
    side: Side
    by: str
    """The agency of that side."""
    at: Microseconds
    request: Action | None = None
    """For a 13 that a document opens: the kind of request."""
    request_document: str | None = None
    """The id of that document."""
    is_told: bool = False
    """Whether the receiver gets that document itself, so that the old protocol need not deliver the 13 as
    well."""
    message: bytes | None = None
    """The message of the old protocol that the status came in."""
    relay: str | None = None
    """The relay that brought it from another hub, where it was given."""
    origin: str | None = None
    """The id under which that hub has it."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A status that a relay brought."""

    code: str
    note: str | None
    at: Microseconds


def delivery_of(row: Row[Any]) -> Delivery:
    """Return a row of `queries` as a delivery."""
    return Delivery(
        position=row.position,
        id=delivery_id(row.document_id, row.ordinal),
        document=row.document_id,
        sender=row.sender,
        recipient=row.recipient,
        type=row.type,
        kind=row.kind,
        action=row.action,
        day=row.day,
        state=DeliveryState(
            processing=row.processing,
            request=row.request,
            newest_code=row.status,
            newest_note=row.status_note,
            newest_by=side_of(row.status),
        ),
        request_action=row.request_action,
        request_document=row.request_document,
        status_by=row.status_by,
        status_at=row.status_at,
        answer_due=row.answer_due,
        answered_at=row.answered_at,
    )


def side_of(code: str | None) -> Side | None:
    """Return which side sends a code: 13 is the sender's, every other the receiver's."""
    if code is None:
        return None
    return "sender" if code == statuses.REQUESTED else "receiver"


class Moves:
    """Collects what the statuses of a transaction change, so that each table is written once."""

    __slots__ = ("_changes", "_events", "_items", "_journal", "_messages", "_moved")

    def __init__(self, journal: Journal, changes: CounterChanges) -> None:
        self._journal = journal
        self._changes = changes
        self._moved: dict[int, Delivery] = {}
        self._events: list[NewEvent] = []
        self._items: list[NewItem] = []
        self._messages: list[dict[str, Any]] = []

    def brought(self, tx: Read, delivery: Delivery, origin: str) -> Brought | None:
        """Return the status that a relay brought for a delivery with this origin, now or earlier."""
        for event in self._events:
            if (event.delivery, event.origin) == (delivery.position, origin):
                return Brought(event.code, event.note, event.at)
        row = queries.status_of_origin(tx, delivery.position, origin)
        return None if row is None else Brought(row.code, row.note, row.at)

    def give(self, delivery: Delivery, status: NewStatus) -> statuses.Step:
        """Give a delivery a status. A repetition adds nothing.

        Raises:
            StatusInvalid: when the status breaks a rule of its own.
            StatusNotAllowed: when it may not follow.

        """
        step = next_state(
            delivery.state, status.code, status.side, status.note, elsewhere=status.relay is not None
        )
        if step.repeated:
            return step
        before = outcome(delivery.state, delivery.request_action)
        if status.code == statuses.REQUESTED:
            delivery.request_action = status.request or PLAIN_REQUEST
            delivery.request_document = status.request_document
        delivery.state = step.state
        delivery.status_by, delivery.status_at = status.by, status.at
        if delivery.answered_at is None and status.code in ANSWERS:
            delivery.answered_at = status.at
        self._moved[delivery.position] = delivery
        position = self._journal.append(_leaf(delivery, status, step.note), status.at)
        self._events.append(_event(position, delivery, status, step.note))
        if status.message is not None:
            self._messages.append({"event": position, "content": status.message})
        if not status.is_told:
            to = addressee(status.code, delivery.sender, delivery.recipient)
            self._items.append(NewItem(to, "status", position, status.at))
        if counted(delivery.action):
            after = outcome(delivery.state, delivery.request_action)
            document_type = counted_type(delivery.type, delivery.kind)
            self._changes.outcome_moved(
                delivery.day,
                delivery.sender,
                delivery.recipient,
                document_type,
                before,
                after,
                late=delivery.answer_due is not None and status.at > delivery.answer_due,
            )
        return step

    def write(self, tx: Write) -> None:
        """Write rows, events, queues and messages.

        The caller applies the counters, with those of all else.
        """
        if self._moved:
            queries.move_deliveries(tx, [_columns(delivery) for delivery in self._moved.values()])
            record_events(tx, self._events)
            queue_items(tx, self._items)
            queries.keep_messages(tx, self._messages)


def _columns(delivery: Delivery) -> dict[str, Any]:
    state = delivery.state
    return {
        "at_position": delivery.position,
        "new_processing": state.processing,
        "new_request": state.request,
        "new_request_action": delivery.request_action,
        "new_request_document": delivery.request_document,
        "new_status": state.newest_code,
        "new_status_by": delivery.status_by,
        "new_status_note": state.newest_note,
        "new_status_at": delivery.status_at,
        "new_answered_at": delivery.answered_at,
    }


def _leaf(delivery: Delivery, status: NewStatus, note: str | None) -> Any:
    facts = StatusFacts(
        document=delivery.document,
        sender=delivery.sender,
        recipient=delivery.recipient,
        delivery=delivery.id,
        code=status.code,
        by=status.by,
        note=None if note is None else hashlib.sha256(note.encode()).hexdigest(),
        message=None if status.message is None else hashlib.sha256(status.message).hexdigest(),
        relay=status.relay,
        origin=status.origin,
    )
    if status.code != statuses.REQUESTED:
        return status_leaf(facts)
    return status_leaf(facts, {"action": delivery.request_action, "document": status.request_document})


def _event(position: int, delivery: Delivery, status: NewStatus, note: str | None) -> NewEvent:
    asked = side_of(status.code) == "sender" or status.code in {statuses.AGREED, statuses.DECLINED}
    return NewEvent(
        position=position,
        kind="status",
        at=status.at,
        code=status.code,
        audience=(delivery.sender, delivery.recipient),
        document=delivery.document,
        delivery=delivery.position,
        note=note,
        by=status.by,
        request=delivery.request_action if asked else None,
        relay=status.relay,
        request_document=status.request_document,
        origin=status.origin,
    )
