"""Copies a store, as it is at one moment, into a new SQLite file; a hub may run on it meanwhile.

SQLite gives its own pages. From PostgreSQL the rows are read in one snapshot.
"""

import contextlib
import sqlite3
from pathlib import Path

from sqlalchemy import text

from axis.backups.archive import BackupRefusedError
from axis.database import Database, open_database
from axis.database.engine import sqlite_path
from axis.database.migrate import migrate
from axis.database.snapshots import hold_snapshot

ROWS_AT_ONCE = 500
WHOLE = -1
"""All pages in one step: a copy in several would begin anew with each commit of another process."""
_TABLES = (
    "SELECT name FROM sqlite_schema m WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND NOT EXISTS "
    "(SELECT 1 FROM sqlite_schema v WHERE v.sql LIKE 'CREATE VIRTUAL%' AND m.name LIKE v.name || '%')"
)
"""The tables that hold rows of ours; the text index fills itself."""


def copy_store(database: Database, url: str, target: Path) -> None:
    """Copy the store at this URL to a file that is not there yet.

    Raises:
        StoreFailing: when the store cannot be read.
        BackupRefusedError: when the copy cannot be written.

    """
    source = sqlite_path(url)
    target.touch(mode=0o600)
    try:
        if source is not None:
            _copy_pages(source, target)
        else:
            _copy_rows(database, target)
    except sqlite3.Error as error:
        raise BackupRefusedError(f"the store cannot be copied to {target.parent}: {error}") from error


def _copy_pages(source: Path, target: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(source)) as store,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        store.backup(copy, pages=WHOLE)


def _copy_rows(database: Database, target: Path) -> None:
    made = open_database(f"sqlite:///{target}", readers=1)
    try:
        migrate(made)
    finally:
        made.close()
    with contextlib.closing(sqlite3.connect(target)) as copy, copy, database.read() as tx:
        hold_snapshot(tx)
        for (table,) in copy.execute(_TABLES).fetchall():
            columns = [f'"{row[1]}"' for row in copy.execute(f'PRAGMA table_info("{table}")')]
            names, marks = ", ".join(columns), ", ".join("?" * len(columns))
            # The names are those of our own schema.
            copy.execute(f'DELETE FROM "{table}"')  # noqa: S608 - what migrations put there
            asked = text(f'SELECT {names} FROM "{table}"').execution_options(yield_per=ROWS_AT_ONCE)  # noqa: S608 - as above
            add = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'  # noqa: S608 - as above
            for rows in tx.execute(asked).partitions():
                copy.executemany(add, [tuple(row) for row in rows])
