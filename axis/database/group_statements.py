"""SQL statements for many rows at once, which are compiled once and take plain tuples.

A tuple has the order of the columns. Values are not converted: rows hold text, whole numbers, bytes and None.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, Executable, Select, Table, and_, bindparam, or_
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.engine import Dialect as SqlDialect
from sqlalchemy.sql.compiler import SQLCompiler

from axis.database.transactions import Dialect, Read, Write

# SQLAlchemy's own way builds a mapping for every row and looks at it column by column, in the transaction
# that everyone waits for. SQLite gets many rows in one statement, which takes the writer less than one
# statement for each (docs/benchmarks.md).

Row = tuple[str | int | bytes | None, ...]
KEYS_AT_ONCE = 64
ROWS_AT_ONCE = 64
"""The most rows in one statement. SQLite takes 32,766 values, of which the widest table has 20 in a row."""
_DIALECTS: Final[dict[Dialect, Callable[[], SqlDialect]]] = {
    "sqlite": lambda: sqlite.dialect(paramstyle="qmark"),
    "postgresql": lambda: psycopg.dialect(paramstyle="format"),  # type: ignore[no-untyped-call]  # theirs
}


class BulkStatement:
    """A statement, and the order of a row's values. For PostgreSQL its SQL is made when it first runs."""

    def __init__(
        self, columns: Sequence[str], make: Callable[[Dialect], Executable], *, rows_at_once: int = 1
    ) -> None:
        """Put together what `make` returns for each dialect; `columns` is the order of a row's values.

        `rows_at_once`: a power of two; more than one for an insert alone, which ends with its values.

        Raises:
            ValueError: where the statement wants other values, or wants them in another order.

        """
        self._columns, self._make = tuple(columns), make
        one = _compiled("sqlite", make("sqlite"), columns)
        self._sql: dict[Dialect, str] = {"sqlite": one}
        values = f"({', '.join('?' * len(self._columns))})"
        if rows_at_once > 1 and not one.endswith(f" VALUES {values}"):
            message = f"many rows would go to {one}"
            raise ValueError(message)
        self._of_many = {
            1 << power: one + f", {values}" * ((1 << power) - 1) for power in range(rows_at_once.bit_length())
        }

    def run(self, tx: Write, rows: Sequence[Row]) -> None:
        """Run the statement for each row; for none it does nothing."""
        if not rows:
            return
        most = len(self._of_many)
        if tx.dialect != "sqlite" or most == 1:
            tx.execute_rows(self.sql(tx.dialect), rows)
            return
        start = 0
        while left := len(rows) - start:
            size = (
                1 << min(left.bit_length(), most) - 1
            )  # few lengths, so that the driver knows the statement
            part = chain.from_iterable(rows[start : start + size])
            tx.execute_rows(self._of_many[size], [tuple(part)])
            start += size

    def sql(self, dialect: Dialect) -> str:
        """Return the statement in SQL.

        Raises:
            ValueError: when PostgreSQL's form wants other values, or wants them in another order.

        """
        sql = self._sql.get(dialect)
        if sql is None:
            sql = self._sql[dialect] = _compiled(dialect, self._make(dialect), self._columns)
        return sql


def bulk_insert(table: Table, *columns: str, rows_at_once: int = ROWS_AT_ONCE) -> BulkStatement:
    """Return the insert of these columns; of all of the table's, in its order, where none are named.

    `rows_at_once`: 1 for rows with large contents, of which the driver then copies one at a time.
    """
    names = columns or tuple(column.name for column in table.columns)
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    return BulkStatement(names, lambda _dialect: table.insert().values(values), rows_at_once=rows_at_once)


class BulkLookup:
    """Rows by a list of keys, of one column or of several; of as many keys as there are."""

    def __init__(self, select: Select[Any], *columns: ColumnElement[Any]) -> None:
        """`select` without its condition; `columns` hold the keys."""
        self._select = select
        self._columns = columns
        self._sql: dict[tuple[Dialect, int], str] = {}

    def rows(self, tx: Read, keys: Iterable[tuple[str | int, ...]]) -> list[tuple[Any, ...]]:
        """Return the rows found, in no order; for no key none."""
        ordered = list(keys)
        found: list[tuple[Any, ...]] = []
        for start in range(0, len(ordered), KEYS_AT_ONCE):
            part = ordered[start : start + KEYS_AT_ONCE]
            size = 1 << (len(part) - 1).bit_length()
            part += part[-1:] * (size - len(part))  # few lengths, so that the drivers know the statement
            values = [value for key in part for value in key]
            found += tx.fetch_rows(self._statement(tx.dialect, size), values)
        return found

    def _statement(self, dialect: Dialect, size: int) -> str:
        sql = self._sql.get((dialect, size))
        if sql is None:
            width = range(len(self._columns))
            names = [[f"k{number}_{place}" for place in width] for number in range(size)]
            keys: list[list[BindParameter[Any]]] = [[bindparam(name) for name in each] for each in names]
            condition: ColumnElement[bool]
            if len(self._columns) == 1:
                condition = self._columns[0].in_([only for (only,) in keys])
            else:
                condition = or_(
                    *(
                        and_(*(column == value for column, value in zip(self._columns, key, strict=True)))
                        for key in keys
                    )
                )
            wanted = [name for each in names for name in each]
            sql = self._sql[dialect, size] = _compiled(dialect, self._select.where(condition), wanted)
        return sql


def _compiled(dialect: Dialect, statement: Executable, columns: Sequence[str]) -> str:
    compiled = statement.compile(dialect=_DIALECTS[dialect]())  # type: ignore[attr-defined]  # all can
    assert isinstance(compiled, SQLCompiler)
    if tuple(compiled.positiontup or ()) != tuple(columns):
        message = f"a row is {tuple(columns)}, the statement wants {compiled.positiontup}"
        raise ValueError(message)
    return str(compiled)
