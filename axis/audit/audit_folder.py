"""The folder of an audit: mirrored tiles and entries of the ledger, and a SQLite file of what was counted.

A stopped audit goes on from what was committed there. Tiles and entries have the names of C2SP tlog-tiles, so
other programs can read them.
"""

import fcntl
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from axis.audit.errors import StateRefusedError
from axis.protocol.ledger_positions import FIRST_LEDGER
from signing.tiles import TILE_WIDTH, tile_path

VERSION: Final = "3"
"""Of the tables below. A state of another version is refused, and made anew in another folder."""

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checkpoints (
    size INTEGER PRIMARY KEY, note TEXT NOT NULL, seen_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, leaf BLOB NOT NULL, at TEXT NOT NULL,
    day TEXT NOT NULL, month TEXT NOT NULL, sender TEXT NOT NULL, type TEXT NOT NULL, action TEXT NOT NULL,
    number TEXT NOT NULL, issued_on TEXT NOT NULL, manifest TEXT NOT NULL, signatures TEXT NOT NULL,
    indication TEXT, sub_indication TEXT, signed_by TEXT NOT NULL, class TEXT NOT NULL,
    counted INTEGER NOT NULL, kind TEXT, priority TEXT, signed_on TEXT, sent_late INTEGER);
CREATE INDEX IF NOT EXISTS documents_month_sender ON documents (month, sender);
CREATE INDEX IF NOT EXISTS documents_at ON documents (at);
CREATE INDEX IF NOT EXISTS documents_manifest ON documents (manifest);
CREATE VIEW IF NOT EXISTS signed AS
    SELECT * FROM documents WHERE counted AND class IN ('both', 'organisation', 'person');
CREATE TABLE IF NOT EXISTS deliveries (
    document INTEGER NOT NULL, ordinal INTEGER NOT NULL, recipient TEXT NOT NULL, processing TEXT,
    request TEXT, request_action TEXT, answer_due INTEGER, answered_at INTEGER,
    PRIMARY KEY (document, ordinal)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS deliveries_recipient ON deliveries (recipient, document);
CREATE TABLE IF NOT EXISTS happened (
    position INTEGER PRIMARY KEY, digest BLOB NOT NULL, seen INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS happened_digest ON happened (digest, seen);
CREATE TABLE IF NOT EXISTS events (
    event TEXT NOT NULL, v INTEGER NOT NULL, clock TEXT NOT NULL, total INTEGER NOT NULL,
    PRIMARY KEY (event, v, clock)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS keys (
    vkey TEXT PRIMARY KEY, position INTEGER NOT NULL, statement TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS findings (
    kind TEXT NOT NULL, place TEXT NOT NULL, found TEXT NOT NULL, expected TEXT NOT NULL,
    PRIMARY KEY (kind, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gone (
    position INTEGER PRIMARY KEY, event TEXT NOT NULL, document TEXT, manifest TEXT, delivery TEXT,
    code TEXT);
CREATE TABLE IF NOT EXISTS given_again (
    delivery TEXT NOT NULL, code TEXT NOT NULL, PRIMARY KEY (delivery, code)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS handed_in (
    ledger TEXT NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (ledger, entry)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checks (
    document INTEGER PRIMARY KEY, kind TEXT, place TEXT, found TEXT, expected TEXT, done INTEGER NOT NULL);
"""


class State:
    """The folder of one audit, used by one process at a time."""

    def __init__(self, folder: Path, rows: sqlite3.Connection) -> None:
        self.folder = folder
        self.rows = rows

    def get(self, name: str) -> Any:
        """Return a fact, None where it was never set."""
        row = self.rows.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        try:
            return None if row is None else json.loads(row[0])
        except (ValueError, TypeError, RecursionError) as error:
            raise StateRefusedError(
                f"{self.folder / 'audit.db'} cannot be used: {name} is damaged"
            ) from error

    def set(self, name: str, value: object) -> None:
        """Set a fact; it lasts with the next commit."""
        self.rows.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, json.dumps(value)))

    def drop(self, name: str) -> None:
        """Forget a fact."""
        self.rows.execute("DELETE FROM meta WHERE name = ?", (name,))

    def put_tile(self, ledger: int, level: str, number: int, width: int, content: bytes) -> None:
        """Keep a tile or a bundle of a ledger, in place of shorter forms of it."""
        path = self._path(ledger, level, number, width)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + ".new")
        draft.write_bytes(content)
        draft.replace(path)
        partial = self._path(ledger, level, number, 1).parent
        if partial.is_dir():
            for other in partial.iterdir():
                if other != path:
                    other.unlink()

    def tile(self, ledger: int, level: str, number: int) -> bytes:
        """Return as much of a tile or a bundle as is kept; nothing where it is not."""
        whole = self._path(ledger, level, number, TILE_WIDTH)
        if whole.is_file():
            return whole.read_bytes()
        partial = self._path(ledger, level, number, 1).parent
        kept = [each for each in partial.iterdir() if each.name.isdigit()] if partial.is_dir() else []
        return max(kept, key=lambda each: int(each.name)).read_bytes() if kept else b""

    def _path(self, ledger: int, level: str, number: int, width: int) -> Path:
        folder = self.folder if ledger == FIRST_LEDGER else self.folder / "ledgers" / str(ledger)
        return folder / "tile" / level / tile_path(number, width)


@contextmanager
def opened_state(folder: Path) -> Iterator[State]:
    """Open the state in a folder, which is made where there is none.

    Raises:
        StateRefusedError: when another audit uses it, or it is no state of this version.

    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StateRefusedError(f"{folder} is in use by another audit") from None
        rows = sqlite3.connect(folder / "audit.db", isolation_level="IMMEDIATE")
        (folder / "audit.db").chmod(0o600)  # it says who writes to whom
        try:
            state = _prepared(folder, rows)
            yield state
        except sqlite3.DatabaseError as error:
            raise StateRefusedError(f"{folder / 'audit.db'} cannot be used: {error}") from error
        finally:
            rows.close()


def _prepared(folder: Path, rows: sqlite3.Connection) -> State:
    rows.execute("PRAGMA journal_mode = WAL")
    rows.execute("PRAGMA synchronous = NORMAL")
    rows.execute("PRAGMA cache_size = -65536")
    rows.executescript(_TABLES)
    state = State(folder, rows)
    version = state.get("version")
    if version is None:
        state.set("version", VERSION)
        rows.commit()
    elif version != VERSION:
        raise StateRefusedError(f"{folder} is the state of another version ({version}); name a new folder")
    return state
