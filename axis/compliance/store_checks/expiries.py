"""Checks that what is kept of expired deliveries agrees with their events and with their statuses."""

from collections.abc import Iterator

from sqlalchemy import and_, exists, or_, select

from axis.database import Read
from axis.deliveries.tables import deliveries, event_audience, events
from axis.documents.tables import expired_deliveries
from axis.ledger.tree_checks import Difference
from axis.protocol import statuses

NAMED = 100
"""The most rows of one kind that are named."""


def check_expiries(tx: Read) -> Iterator[Difference]:
    """Yield every difference: rows without their event, events without their row, and untrue expiries."""
    kept = expired_deliveries.c
    rows = (
        select(kept.delivery, kept.event)
        .outerjoin(events, and_(events.c.position == kept.event, events.c.kind == "expired"))
        .where(
            or_(events.c.position.is_(None), events.c.delivery != kept.delivery, events.c.at != kept.at),
        )
        .limit(NAMED)
    )
    for row in tx.execute(rows):
        yield Difference(f"expired delivery {row.delivery}", "told otherwise", f"as event {row.event} says")
    lost = (
        select(events.c.position)
        .outerjoin(expired_deliveries, kept.event == events.c.position)
        .where(events.c.kind == "expired", kept.event.is_(None))
        .limit(NAMED)
    )
    for position in tx.execute(lost).scalars():
        yield Difference(f"event {position}", "no expired delivery", "one, as the event says")
    yield from _check_meaning(tx)


def _check_meaning(tx: Read) -> Iterator[Difference]:
    """Check that each sender is told, and that the receiver had given no status before."""
    kept = expired_deliveries.c
    told = exists().where(
        event_audience.c.agency == deliveries.c.sender, event_audience.c.position == kept.event
    )
    of_delivery = select(kept.event, deliveries.c.sender).join(
        deliveries, deliveries.c.position == kept.delivery
    )
    for row in tx.execute(of_delivery.where(~told).limit(NAMED)):
        yield Difference(f"event {row.event}", f"not shown to {row.sender}", "shown to the sender")
    given = events.alias()
    earlier = exists().where(
        given.c.delivery == kept.delivery,
        given.c.kind == "status",
        given.c.code != statuses.REQUESTED,
        given.c.position < kept.event,
    )
    for row in tx.execute(of_delivery.where(earlier).limit(NAMED)):
        yield Difference(f"event {row.event}", "an earlier status of the receiver", "none before it expired")
