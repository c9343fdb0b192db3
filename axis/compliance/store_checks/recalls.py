"""Compares the open requests of deliveries with the leaves of the statuses 13 that opened them.

A delivery's state is checked by `axis.compliance.store_checks.states`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import and_, func, select

from axis.database import Read
from axis.deliveries.tables import deliveries, events
from axis.ledger.tree_checks import Difference
from axis.protocol import statuses

_LATER = events.alias()
_NEWEST = (
    select(func.max(_LATER.c.position))
    .where(_LATER.c.delivery == deliveries.c.position, _LATER.c.code == statuses.REQUESTED)
    .correlate(deliveries)
    .scalar_subquery()
)
_REQUESTS = select(
    events.c.position,
    events.c.request,
    deliveries.c.request_document,
    _NEWEST.label("newest"),
).join(deliveries, deliveries.c.position == events.c.delivery)


def check_requests(tx: Read, leaves: Mapping[int, Mapping[str, Any]]) -> Iterator[Difference]:
    """Yield what differs between some leaves and the requests.

    A newer request replaces an older one in the row.
    """
    asked = {at: leaf for at, leaf in leaves.items() if leaf.get("code") == statuses.REQUESTED}
    if not asked:
        return
    within = and_(events.c.position >= min(asked), events.c.position <= max(asked))
    for row in tx.execute(_REQUESTS.where(within, events.c.code == statuses.REQUESTED)):
        said = asked.get(row.position, {}).get("request") or {}
        if row.request != said.get("action"):
            yield Difference(f"event {row.position} request", str(row.request), str(said.get("action")))
        if row.position == row.newest and row.request_document != said.get("document"):
            found, expected = str(row.request_document), str(said.get("document"))
            yield Difference(f"event {row.position} request of its delivery", found, expected)
