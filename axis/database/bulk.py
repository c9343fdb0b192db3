"""Statements that are run for whole groups: put into SQL once, then handed rows as plain tuples.

SQLAlchemy's own way builds a mapping for every row and looks at it column by column, in the transaction that
everyone waits for. Here a row is a tuple in the order of the columns, finished before the transaction begins.
It converts no values: rows hold text, whole numbers, bytes and None, which both drivers take as they are.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import Executable, Table, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.engine import Dialect as SqlDialect
from sqlalchemy.sql.compiler import SQLCompiler

from axis.database.transactions import Dialect, Write

Row = tuple[str | int | bytes | None, ...]
_DIALECTS: Final[dict[Dialect, Callable[[], SqlDialect]]] = {
    "sqlite": lambda: sqlite.dialect(paramstyle="qmark"),
    "postgresql": lambda: psycopg.dialect(paramstyle="format"),  # type: ignore[no-untyped-call]  # theirs
}


class BulkStatement:
    """A statement for each dialect, and the order in which it wants a row's values."""

    def __init__(self, columns: Sequence[str], make: Callable[[Dialect], Executable]) -> None:
        """Put together what `make` returns for each dialect; `columns` is the order of a row's values.

        Raises:
            ValueError: where the statement wants other values, or wants them in another order.

        """
        self._sql: dict[Dialect, str] = {}
        for name, dialect in _DIALECTS.items():
            compiled = make(name).compile(dialect=dialect())  # type: ignore[attr-defined]  # all are
            assert isinstance(compiled, SQLCompiler)
            if tuple(compiled.positiontup or ()) != tuple(columns):
                message = f"a row is {tuple(columns)}, the statement wants {compiled.positiontup}"
                raise ValueError(message)
            self._sql[name] = str(compiled)

    def run(self, tx: Write, rows: Sequence[Row]) -> None:
        """Run the statement for each row; for none it does nothing."""
        if rows:
            tx.execute_rows(self._sql[tx.dialect], rows)


def bulk_insert(table: Table, *columns: str) -> BulkStatement:
    """Return the insert of these columns; of all of the table's, in its order, where none are named."""
    names = columns or tuple(column.name for column in table.columns)
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    return BulkStatement(names, lambda _dialect: table.insert().values(values))
