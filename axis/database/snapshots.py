"""Keeps one view of the store for a reader that needs many statements, while others go on writing."""

from sqlalchemy import text

from axis.database import Read

_REPEATABLE = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def hold_snapshot(tx: Read) -> None:
    """Make all later statements of the transaction see one state. Call it before any other statement.

    SQLite's read transactions do so anyway.
    """
    if tx.dialect == "postgresql":
        tx.execute(_REPEATABLE)
