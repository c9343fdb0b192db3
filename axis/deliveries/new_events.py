"""Writes events: what happened, and whom it concerns.

They are read by `axis.deliveries.events`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from axis.clock import Microseconds
from axis.database import Write
from axis.database.group_statements import Row, bulk_insert
from axis.deliveries.tables import event_audience, events

EventKind = Literal["status", "refusal", "verdict", "expired"]


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event at its leaf's position in the ledger."""

    position: int
    kind: EventKind
    at: Microseconds
    code: str
    """A status's code, a refusal's code, the indication of a new verdict, or `expired`."""
    audience: Iterable[str]
    """The agencies it concerns."""
    document: str | None = None
    """The document's id. A refusal has none and is found by its position."""
    delivery: int | None = None
    """The delivery's position."""
    note: str | None = None
    by: str | None = None
    """The agency that caused it; none where the hub did."""
    request: str | None = None
    """For 13, 15 and 16: which request it is about, a recall, an update or a replacement."""
    relay: str | None = None
    """The relay that brought a status."""
    request_document: str | None = None
    """For a 13 that a document opened: the id of that document."""
    origin: str | None = None
    """The id under which the relay's other hub has the status."""


_EVENTS = bulk_insert(
    events,
    *("position", "kind", "at", "document", "delivery", "code", "note", "by", "request"),
    *("relay", "request_document", "origin"),
)
_AUDIENCE = bulk_insert(event_audience, "agency", "position")


def record_events(tx: Write, happened: Sequence[NewEvent]) -> None:
    """Write the events of a group."""
    rows: list[Row] = [
        (
            event.position,
            event.kind,
            event.at,
            event.document,
            event.delivery,
            event.code,
            event.note,
            event.by,
            event.request,
            event.relay,
            event.request_document,
            event.origin,
        )
        for event in happened
    ]
    _EVENTS.run(tx, rows)
    _AUDIENCE.run(
        tx, [(agency, event.position) for event in happened for agency in sorted(set(event.audience))]
    )
