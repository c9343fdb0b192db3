"""The SQL of evidence: what happened to a document, and the material that its verdicts rested on."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Row, bindparam, select

from axis.database import Read
from axis.deliveries.queries import portions
from axis.deliveries.tables import OF_VERDICTS, events
from axis.trust.tables import kept_material

_EVENTS: Final = select(
    events.c.position,
    events.c.kind,
    events.c.at,
    events.c.delivery,
    events.c.code,
    events.c.note,
    events.c.by,
    events.c.request,
)
_OF_DELIVERIES: Final = _EVENTS.where(
    events.c.delivery.in_(bindparam("deliveries", expanding=True))
).order_by(events.c.position)
_VERDICTS: Final = (
    select(events.c.position)
    .where(events.c.document == bindparam("document"), OF_VERDICTS)
    .order_by(events.c.position)
)
_MATERIAL: Final = select(kept_material.c.der).where(kept_material.c.sha256 == bindparam("sha256"))


def events_of_deliveries(tx: Read, positions: Iterable[int]) -> list[Row[Any]]:
    """Return everything that happened to deliveries, in the ledger's order."""
    rows: list[Row[Any]] = []
    for portion in portions(positions):
        rows += tx.execute(_OF_DELIVERIES, {"deliveries": portion})
    return sorted(rows, key=lambda row: int(row.position))


def verdict_positions(tx: Read, document: str) -> Sequence[int]:
    """Return the positions of the leaves of a document's later verdicts, oldest first."""
    return tx.execute(_VERDICTS, {"document": document}).scalars().all()


def material_bytes(tx: Read, sha256: str) -> bytes | None:
    """Return a piece of kept material; None where it is not kept."""
    der: bytes | None = tx.execute(_MATERIAL, {"sha256": sha256}).scalar_one_or_none()
    return der
