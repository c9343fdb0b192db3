"""Opens the requests of a recall, an update or a replacement: a status 13 on each delivery it concerns.

The receivers answer on those deliveries with 15 or 16, as with other statuses (`axis.deliveries.statuses`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from axis.clock import Microseconds
from axis.counters.counter_changes import CounterChanges
from axis.database import Write
from axis.deliveries import queries
from axis.deliveries.transitions import PLAIN_REQUEST, Delivery, Moves, NewStatus, delivery_of
from axis.documents.new_documents import Target
from axis.ledger.journal import Journal
from axis.protocol import statuses
from axis.protocol.errors import Place, StatusNotAllowed
from axis.protocol.manifest import Action
from axis.protocol.manifest_limits import MOST_PLACES

__all__ = ["NewRequest", "Target", "open_requests"]


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What an accepted document asks of the deliveries of earlier ones."""

    document: str
    """The id of the document that opens the request."""
    sender: str
    action: Action
    reason: str
    """The note of each 13: the document's subject."""
    at: Microseconds
    targets: tuple[Target, ...]
    addressed: Collection[str] = ()
    """The recipients of that document."""


def open_requests(tx: Write, journal: Journal, changes: CounterChanges, request: NewRequest) -> int:
    """Open the request on every delivery that it concerns, and return how many these are.

    Deliveries on which a request is open or was agreed to are left as they are.

    Raises:
        StatusNotAllowed: when it could be opened on no delivery.

    """
    targets = {target.position: target for target in request.targets}
    moves = Moves(journal, changes)
    status = NewStatus(
        code=statuses.REQUESTED,
        note=request.reason[: statuses.NOTE_CHARACTERS],
        side="sender",
        by=request.sender,
        at=request.at,
        request=request.action,
        request_document=request.document,
    )
    opened = 0
    waiting: list[Delivery] = []
    for row in queries.rows_of_documents(tx, list(targets)):
        delivery, target = delivery_of(row), targets[row.document]
        if not _concerns(target, delivery):
            continue
        if statuses.REQUESTED in statuses.allowed(delivery.state, "sender"):
            asked: Action = "recall" if delivery.recipient in target.removed else request.action
            told = delivery.recipient in request.addressed
            moves.give(delivery, replace(status, request=asked, is_told=told))
            opened += 1
        else:
            waiting.append(delivery)
    if not opened:
        raise _nothing_to_ask(waiting)
    moves.write(tx)
    return opened


def _nothing_to_ask(waiting: Sequence[Delivery]) -> StatusNotAllowed:
    """Return what the sender is told: whose answer its earlier request waits for."""
    places = [_place_of(delivery) for delivery in waiting[:MOST_PLACES]]
    if not places:
        expected = "a delivery on which nothing was asked for yet, or was declined"
        places.append(Place("/refers_to", "no delivery that could be asked", expected))
    request = {"request": _request_of(waiting[0])} if waiting else {}
    return StatusNotAllowed(*places, status=statuses.REQUESTED, current=None, allowed=[], **request)


def _place_of(delivery: Delivery) -> Place:
    asked = f"a request for {_request_of(delivery)}"
    if delivery.state.request == "open":
        found = f"{asked} waits for the answer of {delivery.recipient}"
        return Place("/refers_to", found, "its answer first, 15 or 16")
    return Place(
        "/refers_to", f"{asked} was agreed to by {delivery.recipient}", "nothing more to be asked of it"
    )


def _request_of(delivery: Delivery) -> Action:
    return delivery.request_action or PLAIN_REQUEST


def _concerns(target: Target, delivery: Delivery) -> bool:
    return (
        target.recipients is None
        or delivery.recipient in target.recipients
        or delivery.recipient in target.removed
    )
