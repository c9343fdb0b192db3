"""The `MetaData` that the tables of all rooms share, and an INSERT for both dialects."""

from typing import TYPE_CHECKING

from sqlalchemy import MetaData, Table
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from axis.database.transactions import Dialect, Write

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def insert(tx: "Write", table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return the dialect's own INSERT, which has `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return insert_of(tx.dialect, table)


def insert_of(dialect: "Dialect", table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return the same for a dialect, without a transaction."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
