"""Records the statuses that a group of calls gives, in one transaction, each with its own outcome.

It checks who may give which code. Which code may follow which is in `axis.protocol.statuses`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from axis.agencies.callers import Caller
from axis.agencies.directory import Directory
from axis.clock import Microseconds
from axis.counters.counter_changes import CounterChanges, apply
from axis.database import Read, Write
from axis.deliveries.queries import rows_by_id
from axis.deliveries.transitions import Delivery, Moves, NewStatus, delivery_of, side_of
from axis.ledger.journal import Journal
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.errors import AxisError, NotFound, Place, StatusInvalid
from axis.protocol.manifest import Action
from axis.protocol.statuses import Side, allowed

_DELIVERY_ID = re.compile(r"([0-9a-f-]{36})\.(0|[1-9][0-9]{0,3})")


@dataclass(frozen=True, slots=True)
class PostedStatus:
    """A status as a caller posted it."""

    delivery: str
    code: str
    note: str | None
    message: bytes | None = None
    """The message of the old protocol that it came in. It is kept, so that its receiver gets the same
    message."""
    origin: str | None = None
    """Of a relay: the id under which its other hub has the status."""
    request: Action | None = None
    """Of a relay, for 13: what is asked for; None for a recall."""


@dataclass(frozen=True, slots=True)
class StatusCall:
    """The statuses of one request."""

    caller: Caller
    directory: Directory
    statuses: Sequence[PostedStatus | AxisError]
    """An error stands in the place of a status that could not be read."""


@dataclass(frozen=True, slots=True)
class GivenStatus:
    """A status that was recorded now, or earlier (`repeated`)."""

    delivery: str
    document: str
    code: str
    note: str | None
    by: str
    at: Microseconds
    repeated: bool


def answer_statuses(
    tx: Write, journal: Journal, items: Sequence[StatusCall]
) -> Sequence[list[GivenStatus | AxisError]]:
    """Give the statuses of a group of calls; a kind of the ledger's `Recorder`.

    Each status has its own outcome, in order. A refused one has no effect on the others.
    """
    standing = _load(tx, items)
    changes = CounterChanges()
    moves = Moves(journal, changes)
    outcomes = [
        [_answer(tx, journal, moves, standing, call, posted) for posted in call.statuses] for call in items
    ]
    moves.write(tx)
    apply(tx, changes)
    return outcomes


def read_delivery_id(text: str) -> tuple[str, int] | None:
    """Return the document's id and the recipient's place that make up a delivery's id, or None."""
    match = _DELIVERY_ID.fullmatch(text)
    return (match[1], int(match[2])) if match else None


def codes_allowed(tx: Read, directory: Directory, caller: Caller, delivery: str) -> tuple[str, ...]:
    """Return the codes that a caller may give a delivery next, for each side for which it speaks.

    Empty where there is no such delivery, the caller is neither of its sides, or its agency is locked.
    """
    named = read_delivery_id(delivery)
    row = None if named is None else next(rows_by_id(tx, [named]), None)
    if row is None or caller.locked:
        return ()
    standing = delivery_of(row)
    codes: tuple[str, ...] = ()
    if directory.may_speak_for(tx, caller, AgencyCode(standing.recipient)):
        codes += allowed(standing.state, "receiver")
    if directory.may_speak_for(tx, caller, AgencyCode(standing.sender)):
        codes += allowed(standing.state, "sender")
    return codes


def _load(tx: Read, items: Sequence[StatusCall]) -> dict[str, Delivery]:
    """Read all deliveries named in the group at once."""
    named = (
        read_delivery_id(posted.delivery)
        for call in items
        for posted in call.statuses
        if isinstance(posted, PostedStatus)
    )
    found = (delivery_of(row) for row in rows_by_id(tx, [name for name in named if name is not None]))
    return {delivery.id: delivery for delivery in found}


def _answer(
    tx: Write,
    journal: Journal,
    moves: Moves,
    standing: dict[str, Delivery],
    call: StatusCall,
    posted: PostedStatus | AxisError,
) -> GivenStatus | AxisError:
    if isinstance(posted, AxisError):
        return posted
    delivery = standing.get(posted.delivery)
    side = None if delivery is None else _side(tx, call, delivery, posted.code)
    if delivery is None or side is None:
        return NotFound()
    by = delivery.sender if side == "sender" else delivery.recipient
    relay = call.caller.relay
    if relay is None and (posted.origin is not None or posted.request is not None):
        place = "/origin" if posted.origin is not None else "/request"
        return StatusInvalid(Place(place, "a member", "no such member: only a relay gives it"))
    if posted.origin is not None and (known := moves.brought(tx, delivery, posted.origin)) is not None:
        return GivenStatus(
            delivery.id, delivery.document, known.code, known.note, by, known.at, repeated=True
        )
    try:
        status = NewStatus(
            posted.code,
            posted.note,
            side,
            by,
            journal.at,
            request=posted.request,
            message=posted.message,
            relay=relay,
            origin=posted.origin,
        )
        step = moves.give(delivery, status)
    except AxisError as refusal:
        return refusal
    at = delivery.status_at if step.repeated and delivery.status_at is not None else journal.at
    return GivenStatus(delivery.id, delivery.document, posted.code, step.note, by, at, step.repeated)


def _side(tx: Read, call: StatusCall, delivery: Delivery, code: str) -> Side | None:
    """Return the side for which the caller speaks. Where it speaks for both, the code decides."""
    speaks = call.directory.may_speak_for
    sends = speaks(tx, call.caller, AgencyCode(delivery.sender))
    receives = speaks(tx, call.caller, AgencyCode(delivery.recipient))
    if sends and receives:
        return side_of(code)
    if sends:
        return "sender"
    return "receiver" if receives else None
