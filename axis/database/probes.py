"""What a probe of a failing store writes: rows that say nothing, and are gone afterwards.

A write of a few bytes proves little. A commit that failed on a full disk may have taken some room, into which
a few bytes still fit, while the next document fails again.
"""

from sqlalchemy import delete

from axis.database.schema import insert
from axis.database.store_facts import store
from axis.database.transactions import Write

BEGINNING = "probe-"
CHARACTERS = 4_096
"""The most that a fact of the store may have."""


def put_filling(tx: Write, rows: int) -> None:
    """Write so many rows, in place of those of a probe that was cut short."""
    filling = "-" * CHARACTERS
    statement = insert(tx, store).on_conflict_do_nothing(index_elements=["key"])
    tx.execute(statement, [{"key": f"{BEGINNING}{number}", "value": filling} for number in range(rows)])


def drop_filling(tx: Write) -> None:
    """Remove them."""
    tx.execute(delete(store).where(store.c.key.startswith(BEGINNING)))
