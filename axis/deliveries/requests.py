"""Opens what a recall, an update or a replacement asks for: a status 13 on each delivery it concerns.

The receivers answer on those deliveries, with 15 or 16; nothing is taken back or changed here.
"""

from dataclasses import dataclass

from axis.clock import Microseconds
from axis.counters.changes import CounterChanges
from axis.database import Write
from axis.deliveries import queries
from axis.deliveries.moving import Moves, NewStatus, delivery_of
from axis.ledger.journal import Journal
from axis.protocol import statuses
from axis.protocol.errors import Place, StatusNotAllowed
from axis.protocol.manifest import Action


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What an accepted document asks of the deliveries of earlier ones."""

    document: str
    """The id of the document that asks."""
    sender: str
    action: Action
    reason: str
    """The note of each 13: the document's subject."""
    at: Microseconds
    targets: tuple[int, ...]
    """The positions of the documents it refers to."""


def open_requests(tx: Write, journal: Journal, changes: CounterChanges, request: NewRequest) -> int:
    """Open the request on every delivery of the documents referred to, and return on how many.

    Deliveries where one is open or was agreed to already are left as they are.

    Raises:
        StatusNotAllowed: when it could be opened nowhere, so that the document asks for nothing.

    """
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
    for row in queries.rows_of_documents(tx, request.targets):
        delivery = delivery_of(row)
        if statuses.REQUESTED in statuses.allowed(delivery.state, "sender"):
            moves.give(delivery, status)
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
