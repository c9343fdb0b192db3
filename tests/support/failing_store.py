"""Makes a store fail as the real thing does: each failure is the database's own, none is raised by us."""

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any, Literal

import psycopg
from sqlalchemy import event
from sqlalchemy.engine import make_url

from axis.database import Database

Failure = Literal["full", "read-only", "gone"]
FAILURES: dict[str, tuple[Failure, ...]] = {
    "sqlite": ("full", "read-only"),
    "postgresql": ("read-only", "gone"),
}


@contextlib.contextmanager
def failing_store(database: Database, url: str, failure: Failure) -> Iterator[None]:
    """Let every write fail, and on a store that is gone every read, until the context ends.

    SQLite is held to the pages it has (SQLITE_FULL) or to reading (SQLITE_READONLY). A database of PostgreSQL
    is made read-only (25006), or ends all its connections and takes no new ones.
    """
    if database.dialect == "postgresql":
        with _failing_postgresql(url, failure):
            yield
        return
    limiting = {"full": "PRAGMA max_page_count=1", "read-only": "PRAGMA query_only=ON"}[failure]

    def limit(connection: Any, _record: Any) -> None:
        connection.execute(limiting).close()

    with contextlib.closing(sqlite3.connect(make_url(url).database or "")) as connection:
        connection.execute("VACUUM")  # what is free inside the file would do for a while
    event.listen(database._writers, "connect", limit)
    database._writers.dispose()
    try:
        yield
    finally:
        event.remove(database._writers, "connect", limit)
        database._writers.dispose()


@contextlib.contextmanager
def _failing_postgresql(url: str, failure: Failure) -> Iterator[None]:
    parsed = make_url(url)
    server = parsed.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    name = parsed.database
    setting, back = {
        "read-only": ("SET default_transaction_read_only = on", "RESET default_transaction_read_only"),
        "gone": ("ALLOW_CONNECTIONS false", "ALLOW_CONNECTIONS true"),
    }[failure]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} {setting}")
        connection.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        try:
            yield
        finally:
            connection.execute(f"ALTER DATABASE {name} {back}")
            connection.execute(
                "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = %s", [name]
            )
