"""A system's register: one SQLite file of its own, and its canonical dump, by which two runs are compared."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from nodes.errors import NodesError
from nodes.systems.system import Refused

OWN_TABLES = """
CREATE TABLE sent_messages (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, recipients TEXT NOT NULL, sha256 TEXT NOT NULL
) STRICT;
CREATE TABLE taken_messages (
    sender TEXT NOT NULL, issued_on TEXT NOT NULL, number TEXT NOT NULL, kind TEXT NOT NULL,
    sha256 TEXT NOT NULL, verdict TEXT, PRIMARY KEY (sender, issued_on, number)
) STRICT;
CREATE TABLE refusals (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, rule TEXT NOT NULL, place TEXT NOT NULL, found TEXT NOT NULL,
    expected TEXT NOT NULL
) STRICT;
"""
"""What every register has beside the tables of its system."""


def open_register(path: Path, tables: str) -> sqlite3.Connection:
    """Make a register with the tables of its system; raises `NodesError` where there is one already."""
    if path.exists():
        raise NodesError(f"{path}: found a register, expected none: a run begins with empty ones")
    register = sqlite3.connect(path, isolation_level=None)
    register.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {OWN_TABLES}{tables}")
    return register


def note_refused(register: sqlite3.Connection, now: datetime, refused: Refused) -> None:
    """Write down what a system does not take, and when it met it."""
    register.execute(
        "INSERT INTO refusals (at, rule, place, found, expected) VALUES (?, ?, ?, ?, ?)",
        (now.isoformat(), refused.rule, refused.place, refused.found, refused.expected),
    )


def dump(register: sqlite3.Connection) -> Iterator[str]:
    """Yield every row as a line of JSON, `[table, value, …]`, in the order of tables and of their columns."""
    named = register.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    for (table,) in named:
        columns = [row[1] for row in register.execute(f'PRAGMA table_info("{table}")')]
        order = ", ".join(f'"{column}"' for column in columns)
        for row in register.execute(f'SELECT {order} FROM "{table}" ORDER BY {order}'):  # noqa: S608 - own names
            yield json.dumps([table, *row], ensure_ascii=False)


def digest(register: sqlite3.Connection) -> str:
    """Return the SHA-256 of the canonical dump, in hex: the same for registers that say the same."""
    told = sha256()
    for line in dump(register):
        told.update(f"{line}\n".encode())
    return told.hexdigest()


def digest_of(path: Path) -> str:
    """Return the digest of a register's file."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as register:
        return digest(register)
