"""What a probe of a failing store writes: rows without meaning, which are removed afterwards.

They have some size, since after a commit failed on a full disk a few bytes may still fit.
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
