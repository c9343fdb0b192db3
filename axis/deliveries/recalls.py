"""Opens the requests of a recall, an update or a replacement: a status 13 on each delivery it concerns.

The receivers answer on those deliveries with 15 or 16. Nothing is withdrawn here.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from axis.clock import Microseconds
from axis.counters.changes import CounterChanges
from axis.database import Write
from axis.deliveries import queries
from axis.deliveries.transitions import Delivery, Moves, NewStatus, delivery_of
from axis.documents.new_documents import Target
from axis.ledger.journal import Journal
from axis.protocol import statuses
from axis.protocol.errors import Place, StatusNotAllowed
from axis.protocol.manifest import Action

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
    for row in queries.rows_of_documents(tx, list(targets)):
        delivery, target = delivery_of(row), targets[row.document]
        if _concerns(target, delivery) and statuses.REQUESTED in statuses.allowed(delivery.state, "sender"):
            asked: Action = "recall" if delivery.recipient in target.removed else request.action
            told = delivery.recipient in request.addressed
            moves.give(delivery, replace(status, request=asked, is_told=told))
            opened += 1
    if not opened:
        raise StatusNotAllowed(
            Place(
                "/refers_to",
                "a request is open or was agreed to on every delivery",
                "a delivery on which nothing was asked for yet, or was declined",
            ),
            status=statuses.REQUESTED,
            current=None,
            allowed=[],
        )
    moves.write(tx)
    return opened


def _concerns(target: Target, delivery: Delivery) -> bool:
    return (
        target.recipients is None
        or delivery.recipient in target.recipients
        or delivery.recipient in target.removed
    )
