"""Finds machines whose clock is off. Each process notes it of its own machine."""

import platform
from collections.abc import Callable
from typing import Final

from axis.alert_checks.sight import Sight
from axis.alerts import queries
from axis.alerts.changes import Finding
from axis.clock import Clock, Microseconds, parse_rfc3339, real_now
from axis.database import Database, Read
from axis.database.database_clock import database_now
from axis.ledger.leaves import read_leaf
from axis.ledger.queries import read_entries, read_head

SECOND: Final = 1_000_000
HOST_CHARACTERS: Final = 64
HEARD_SECONDS: Final = 60
"""A machine that has not said for so long that its clock is off is gone, or right again."""


def note_clock(
    database: Database,
    clock: Clock,
    most_seconds: int,
    *,
    now: Callable[[], Microseconds] = real_now,
    host: str | None = None,
) -> float:
    """Note whether this machine's clock is off, and return by how many seconds; 0 where it is right.

    It is held against the database server's clock, and against the newest entry of the ledger that was
    written under a clock nobody moved: a clock that stands before it was put back.
    """
    name = host or platform.node()[:HOST_CHARACTERS]
    with database.read() as tx:
        seconds = _offset(tx, clock, now) if most_seconds else 0.0
        noted = queries.has_offset(tx, name)
        at = database_now(tx)
    if abs(seconds) > most_seconds:
        database.write(lambda tx: queries.put_offset(tx, name, seconds, at))
        return seconds
    if noted:
        database.write(lambda tx: queries.drop_offset(tx, name))
    return 0.0


def look_at_clocks(sight: Sight, tx: Read) -> list[Finding]:
    """Return the machines whose clock is off, as their processes have noted."""
    if sight.settings.alert_clock_seconds == 0:
        return []
    since = Microseconds(database_now(tx) - HEARD_SECONDS * SECOND)
    return [
        Finding("clock-off", row.host, {"subject": row.host, "seconds": f"{row.seconds:+.0f}"})
        for row in queries.offset_rows(tx, since)
    ]


def _offset(tx: Read, clock: Clock, now: Callable[[], Microseconds]) -> float:
    """Return by how many seconds the clock is ahead; what asking took is not held against it."""
    before = now()
    server = database_now(tx) if tx.dialect == "postgresql" else before
    after = now()
    ahead = max(before - server, 0) or min(after - server, 0)
    if ahead or clock.moved:
        return ahead / SECOND
    head = read_head(tx)
    if head is None or head[0] == 0:
        return 0.0
    ((_, raw),) = read_entries(tx, head[0] - 1, 1)
    leaf = read_leaf(raw)
    if leaf["clock"] != "real":
        return 0.0
    return min(0.0, (now() - parse_rfc3339(leaf["at"])) / SECOND)
