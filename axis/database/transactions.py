"""Two kinds of transaction with two types, so that a function's signature says whether it writes.

A transaction has no `commit`: whoever opens it commits it, and no room can.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import Connection, CursorResult, Executable

Dialect = Literal["sqlite", "postgresql"]
Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class Read:
    """A transaction that sees one snapshot and changes nothing."""

    __slots__ = ("_connection", "dialect")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.dialect: Dialect = "postgresql" if connection.dialect.name == "postgresql" else "sqlite"

    def execute(self, statement: Executable, parameters: Parameters | None = None) -> CursorResult[Any]:
        """Run one statement; a sequence of parameters runs it once for each."""
        return self._connection.execute(statement, parameters)


class Write(Read):
    """A transaction that may change what it reads; only the one writer opens these."""

    __slots__ = ()

    def execute_rows(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Run SQL in the driver's own words once for each row; for `axis.database.bulk` alone."""
        self._connection.exec_driver_sql(sql, list(rows))

    @property
    def connection(self) -> Connection:
        """The bare connection, for migrations alone."""
        return self._connection
