"""Facts about the store itself: how it was made, its clock, and the version that tells of changes.

A change to tokens, agencies, trust or the clock raises the version. `axis.background_tasks` reads it, so that
other processes follow.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    String,
    Table,
    and_,
    case,
    cast,
    func,
    literal,
    select,
)

from axis.clock import FAST_UNTIL, ClockSetting, real_now
from axis.database.schema import insert, metadata
from axis.database.transactions import Read, Write

store = Table(
    "store",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", String(4096), nullable=False),
)

SANDBOX = "sandbox"
"""Set when a store is made for a sandbox, and never later."""
OLDEST_HUB = "oldest_hub"
"""The oldest revision whose hubs may run on these tables; set by whoever migrates."""
LEDGER_ORIGIN = "ledger_origin"
"""The ledger's name, set when it is begun: a store that has it has a key that signed it."""
CLOCK_OFFSET = "clock_offset"
"""Microseconds the sandbox moved business time by."""
CLOCK_FACTOR = "clock_factor"
"""How many times as fast as real time the sandbox has business time run; unset for real speed."""
CLOCK_SINCE = "clock_since"
"""The real time, in microseconds, from which on it runs so fast; unset for real speed."""
VERSION = "version"
"""A number that every change raises of which other processes must learn."""


def get_fact(tx: Read, key: str) -> str | None:
    """Return a fact of the store, or None where it was never set."""
    return tx.execute(select(store.c.value).where(store.c.key == key)).scalar_one_or_none()


def set_fact(tx: Write, key: str, value: str) -> None:
    """Set a fact of the store."""
    statement = insert(tx, store).values(key=key, value=value)
    tx.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def business_now() -> ColumnElement[int]:
    """Return the present moment of the store's business time, in microseconds, for a query.

    It is the sum of `ClockSetting.business`, on the facts that the query finds.
    """
    real = literal(real_now(), BigInteger)
    factor, since = _number(CLOCK_FACTOR, 1), _number(CLOCK_SINCE, 0)
    moment = real + _number(CLOCK_OFFSET, 0) + (factor - 1) * (real - since)
    return case((and_(factor != 1, moment > FAST_UNTIL), FAST_UNTIL), else_=moment)


def _number(key: str, otherwise: int) -> ColumnElement[int]:
    found = select(cast(store.c.value, BigInteger)).where(store.c.key == key).scalar_subquery()
    return func.coalesce(found, literal(otherwise, BigInteger))


def clock_setting(tx: Read) -> ClockSetting:
    """Return how business time follows from real time, as the sandbox last had it."""
    keys = (CLOCK_OFFSET, CLOCK_FACTOR, CLOCK_SINCE)
    rows = tx.execute(select(store.c.key, store.c.value).where(store.c.key.in_(keys)))
    found = {row.key: int(row.value) for row in rows}
    return ClockSetting(found.get(CLOCK_OFFSET, 0), found.get(CLOCK_FACTOR, 1), found.get(CLOCK_SINCE, 0))


def set_clock_setting(tx: Write, setting: ClockSetting) -> None:
    """Have business time follow from real time so."""
    for key, value in zip((CLOCK_OFFSET, CLOCK_FACTOR, CLOCK_SINCE), setting, strict=True):
        set_fact(tx, key, str(value))


def version(tx: Read) -> int:
    """Return the number of changes so far that every process must learn of."""
    return int(get_fact(tx, VERSION) or 0)


def raise_version(tx: Write) -> None:
    """Tell every process that tokens, agencies, trust or the clock changed."""
    increased = cast(cast(store.c.value, BigInteger) + 1, String)
    statement = insert(tx, store).values(key=VERSION, value="1")
    tx.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": increased}))
