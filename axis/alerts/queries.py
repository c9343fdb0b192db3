"""The SQL of alerts."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, delete, func, select, text, update

from axis.alerts.tables import OPEN, alert_events, alerts, clock_offsets
from axis.clock import Microseconds
from axis.database import Read, Write, insert


def lock_alerts(tx: Write) -> None:
    """Let one process at a time change alerts; SQLite has one writer anyway."""
    if tx.dialect == "postgresql":
        tx.execute(text("SELECT pg_advisory_xact_lock(hashtext('alerts'))"))


def open_alerts(tx: Read, names: Collection[str]) -> Sequence[Row[Any]]:
    """Return the open alerts of some names."""
    return tx.execute(select(alerts).where(OPEN, alerts.c.name.in_(sorted(names)))).all()


def alert_rows(
    tx: Read, *, state: str, name: str | None, agency: str | None, below: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Return alerts, the newest first, below an id: those that are `open`, `cleared`, or `all`."""
    query = select(alerts).order_by(alerts.c.id.desc()).limit(limit)
    if state == "open":
        query = query.where(OPEN)
    elif state == "cleared":
        query = query.where(alerts.c.cleared_at.is_not(None))
    if name is not None:
        query = query.where(alerts.c.name == name)
    if agency is not None:
        query = query.where(alerts.c.agency == agency)
    if below is not None:
        query = query.where(alerts.c.id < below)
    return tx.execute(query).all()


def open_counts(tx: Read) -> dict[str, int]:
    """Return how many alerts of each name stand open; none is left out."""
    query = select(alerts.c.name, func.count().label("open")).where(OPEN).group_by(alerts.c.name)
    return {row.name: row.open for row in tx.execute(query)}


def add_alert(tx: Write, values: Mapping[str, Any]) -> int:
    """Add an alert and return its id. Call it under the lock of alerts."""
    newest = tx.execute(select(func.coalesce(func.max(alerts.c.id), 0))).scalar_one()
    tx.execute(alerts.insert().values(id=newest + 1, **values))
    return int(newest) + 1


def add_event(tx: Write, alert: int, kind: str, at: Microseconds) -> None:
    """Add what happened to an alert. Call it under the lock of alerts: places have no gaps."""
    place = newest_place(tx) + 1
    tx.execute(alert_events.insert().values(place=place, alert=alert, kind=kind, at=at))


def newest_place(tx: Read) -> int:
    """Return the place of the newest event; 0 where there is none."""
    return int(tx.execute(select(func.coalesce(func.max(alert_events.c.place), 0))).scalar_one())


def event_rows(tx: Read, after: int, until: int, limit: int) -> Sequence[Row[Any]]:
    """Return what happened after a place and up to another, oldest first, with the alerts."""
    event = alert_events.c
    query = (
        select(event.place, event.kind, event.at, alerts)
        .join(alerts, alerts.c.id == event.alert)
        .where(event.place > after, event.place <= until)
    )
    return tx.execute(query.order_by(event.place).limit(limit)).all()


def clear_alert(tx: Write, alert: int, now: Microseconds) -> None:
    """Note that what an alert was raised for is over."""
    tx.execute(update(alerts).where(alerts.c.id == alert).values(cleared_at=now))


def set_facts(tx: Write, alert: int, facts: str) -> None:
    """Note what was found by now."""
    tx.execute(update(alerts).where(alerts.c.id == alert).values(facts=facts))


def put_offset(tx: Write, host: str, seconds: float, now: Microseconds) -> None:
    """Note that a machine's clock is wrong. `now` is the store's time."""
    statement = insert(tx, clock_offsets).values(host=host, seconds=seconds, at=now)
    changed = {"seconds": seconds, "at": now}
    tx.execute(statement.on_conflict_do_update(index_elements=["host"], set_=changed))


def drop_offset(tx: Write, host: str) -> None:
    """Note that a machine's clock is right."""
    tx.execute(delete(clock_offsets).where(clock_offsets.c.host == host))


def offset_rows(tx: Read, since: Microseconds) -> Sequence[Row[Any]]:
    """Return the machines whose clock was found wrong since a moment of the store's time."""
    query = select(clock_offsets).where(clock_offsets.c.at >= since)
    return tx.execute(query.order_by(clock_offsets.c.host)).all()


def has_offset(tx: Read, host: str) -> bool:
    """Tell whether a machine's clock is noted as wrong."""
    query = select(clock_offsets.c.host).where(clock_offsets.c.host == host)
    return tx.execute(query).first() is not None
