"""The types of transactions, `Read` and `Write`, so that a function's signature says whether it writes.

They have no `commit`: whoever opens a transaction commits it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError

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

    def fetch_rows(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Run SQL in the driver's own words, for `axis.database.group_statements`; return its rows."""
        cursor = self._cursor()
        try:
            cursor.execute(sql, values)
            return list(cursor.fetchall())
        except Exception as error:
            raise self._as_known(error, sql) from error
        finally:
            cursor.close()

    def _cursor(self) -> DBAPICursor:
        return self._connection.connection.cursor()

    def _as_known(self, error: Exception, sql: str) -> Exception:
        """Return a driver's error as what SQLAlchemy would have made of it."""
        dialect = self._connection.dialect
        driver = dialect.loaded_dbapi
        if not isinstance(error, driver.Error):
            return error
        is_lost = dialect.is_disconnect(error, self._connection.connection, None)
        if is_lost:
            self._connection.invalidate(error)
        known: Exception = DBAPIError.instance(
            sql, None, error, driver.Error, connection_invalidated=is_lost, dialect=dialect
        )
        return known


class Write(Read):
    """A transaction that may change what it reads; only the one writer opens these."""

    __slots__ = ("passes_faults",)

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.passes_faults = False
        """Commits whatever faults are injected into a sandbox's store, as what ends them must."""

    def execute_rows(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Run SQL in the driver's own words once for each row; for `axis.database.group_statements` alone."""
        cursor = self._cursor()
        try:
            cursor.executemany(sql, rows)
        except Exception as error:
            raise self._as_known(error, sql) from error
        finally:
            cursor.close()

    @property
    def connection(self) -> Connection:
        """The bare connection, for migrations alone."""
        return self._connection
