"""Tells senders which deliveries their receivers have left without any status for too many days.

A delivery is told once, as an event `expired` with a leaf. It stays pending and may still be answered: no
state, counter or queue changes. Days are days of business time.
"""

import logging
import time
from collections.abc import Sequence
from itertools import takewhile
from typing import Any, Final

from sqlalchemy import Row, bindparam, select

from axis.clock import Clock, Microseconds
from axis.database import Database, Read, Write
from axis.database.store_facts import get_fact, set_fact
from axis.deliveries.new_deliveries import delivery_id
from axis.deliveries.new_events import NewEvent, record_events
from axis.documents.tables import deliveries, documents, expired_deliveries
from axis.ledger.journal import Journal
from axis.ledger.leaves import expiry_leaf
from axis.ledger.recorder import Recorder

# Deliveries are looked at in the ledger's order, each once, when its day has come: neither accepting a
# document nor giving a status has to note anything for it. How far it got is a fact of the store. Where a
# sandbox's clock was moved back, younger deliveries wait for the days of the older ones before them.

EXPIRED: Final = "expired"
"""The kind of the event, and its code."""
DAY: Final = 86_400_000_000
BATCH: Final = 500
"""The most deliveries that are looked at in one step, and told in one item."""
BUDGET_SECONDS: Final = 0.5
"""How long one call goes on to begin steps."""
PROGRESS: Final = "expiry"
"""The fact of the store that holds the last delivery that was looked at."""

_LOOKED_AT = (
    select(
        deliveries.c.position,
        deliveries.c.action,
        deliveries.c.processing,
        deliveries.c.request,
        documents.c.accepted_at,
    )
    .join(documents, documents.c.position == deliveries.c.document)
    .where(deliveries.c.position > bindparam("after"))
    .order_by(deliveries.c.position)
    .limit(bindparam("most"))
)
_SILENT = (
    select(
        deliveries.c.position,
        deliveries.c.ordinal,
        deliveries.c.sender,
        deliveries.c.recipient,
        deliveries.c.action,
        deliveries.c.processing,
        deliveries.c.request,
        documents.c.id,
    )
    .join(documents, documents.c.position == deliveries.c.document)
    .outerjoin(expired_deliveries, expired_deliveries.c.delivery == deliveries.c.position)
    .where(
        deliveries.c.position.in_(bindparam("positions", expanding=True)),
        expired_deliveries.c.delivery.is_(None),
    )
    .order_by(deliveries.c.position)
)
_log = logging.getLogger("axis.expiry")


def expire_some(
    database: Database,
    clock: Clock,
    recorder: Recorder,
    days: int,
    *,
    batch: int = BATCH,
    budget_seconds: float = BUDGET_SECONDS,
) -> int:
    """Tell of some deliveries that expired, `days` after their acceptance; return how many. 0 days: none.

    It continues where the last call stopped, in whatever process.
    """
    if days == 0:
        return 0
    total = 0
    until = time.monotonic() + budget_seconds
    while True:
        looked_at, told = _step(database, clock, recorder, days, batch)
        total += told
        if looked_at < batch or time.monotonic() > until:
            break
    if total:
        _log.info("deliveries expired", extra={"facts": {"deliveries": total}})
    return total


def _step(database: Database, clock: Clock, recorder: Recorder, days: int, batch: int) -> tuple[int, int]:
    """Look at the next deliveries whose day has come; return how many they were, and how many were told."""
    latest = clock.now() - days * DAY
    with database.read() as tx:
        after = int(get_fact(tx, PROGRESS) or -1)
        rows = tx.execute(_LOOKED_AT, {"after": after, "most": batch}).all()
    due = list(takewhile(lambda row: row.accepted_at <= latest, rows))
    if not due:
        return 0, 0
    silent = tuple(row.position for row in due if _is_silent(row))
    told = recorder.record(record_expiries, silent).result().result if silent else 0
    place = str(due[-1].position)
    database.write(lambda tx: set_fact(tx, PROGRESS, place))
    return len(due), told


def record_expiries(tx: Write, journal: Journal, items: Sequence[Sequence[int]]) -> Sequence[int | Exception]:
    """Tell of the deliveries at these positions; a kind of the ledger's `Recorder`.

    The result is how many there were: one that was answered or told of meanwhile is left out.
    """
    told: set[int] = set()
    outcomes: list[int | Exception] = []
    for positions in items:
        rows = [row for row in _standing(tx, positions) if row.position not in told]
        told.update(row.position for row in rows)
        outcomes.append(len(rows))
        _tell(tx, journal, rows)
    return outcomes


def _standing(tx: Read, positions: Sequence[int]) -> list[Row[Any]]:
    return [row for row in tx.execute(_SILENT, {"positions": list(positions)}) if _is_silent(row)]


def _is_silent(row: Row[Any]) -> bool:
    """Tell whether a receiver has given no status. A recall is answered on the delivery that it is about."""
    return row.processing is None and row.request in (None, "open") and row.action != "recall"


def _tell(tx: Write, journal: Journal, rows: Sequence[Row[Any]]) -> None:
    if not rows:
        return
    at: Microseconds = journal.at
    happened: list[NewEvent] = []
    kept: list[dict[str, int]] = []
    for row in rows:
        leaf = expiry_leaf(row.id, row.sender, row.recipient, delivery_id(row.id, row.ordinal))
        position = journal.append(leaf)
        kept.append({"delivery": row.position, "event": position, "at": at})
        happened.append(
            NewEvent(
                position=position,
                kind="expired",
                at=at,
                code=EXPIRED,
                audience=(row.sender,),
                document=row.id,
                delivery=row.position,
            )
        )
    record_events(tx, happened)
    tx.execute(expired_deliveries.insert(), kept)
