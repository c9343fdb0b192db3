"""What a relay remembers: how far it has read at each hub, and which deliveries are the same one.

It is a small SQLite file of the relay's own, durable at each step. Where it is lost, the relay reads both
hubs from the beginning, and they know again what they took (docs/relay.md).
"""

import fcntl
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Literal, NamedTuple, Self

from nodes.errors import NodesError

Place = Literal["province", "national"]
"""One of the two hubs."""
PLACES: Final[tuple[Place, Place]] = ("province", "national")

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS hubs (place TEXT PRIMARY KEY, ledger TEXT, inbox TEXT, events TEXT);
CREATE TABLE IF NOT EXISTS documents (
    place TEXT, document TEXT, twin TEXT, refusal TEXT, PRIMARY KEY (place, document)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deliveries (
    place TEXT, delivery TEXT, twin TEXT, PRIMARY KEY (place, delivery)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS deliveries_by_twin ON deliveries (twin);
CREATE TABLE IF NOT EXISTS set_aside (
    place TEXT, event TEXT, delivery TEXT, code TEXT, refusal TEXT, PRIMARY KEY (place, event)) WITHOUT ROWID;
"""
_TOTALS: Final = """
SELECT (SELECT count(*) FROM documents WHERE twin IS NOT NULL),
       (SELECT count(*) FROM documents WHERE twin IS NULL),
       (SELECT count(*) FROM deliveries),
       (SELECT count(*) FROM set_aside)
"""


class StoreInUse(NodesError):
    """Another relay has the file open."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: another relay is at work with this file; end it first")


class Known(NamedTuple):
    """A document that was handed over, or refused by the other hub."""

    twin: str | None
    """Its id at the other hub; None where that refused it."""
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Totals:
    """What a relay has done so far."""

    documents: int
    """Handed over."""
    refused: int
    """Documents that the other hub refused."""
    deliveries: int
    """Of the documents handed over."""
    set_aside: int
    """Statuses that the other hub refused."""


def _locked(path: Path) -> IO[bytes]:
    """Return the open file whose lock tells other relays that this one is at work; see `RelayStore`."""
    try:
        lock = Path(f"{path}.lock").open("ab")  # noqa: SIM115 - it is open as long as the store is
    except OSError as error:
        message = f"{path}: {error.strerror}"
        raise NodesError(message) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise StoreInUse(path) from None
    return lock


class RelayStore:
    """The file. One relay has it open at a time."""

    def __init__(self, path: Path) -> None:
        """Open it, or make it.

        Raises:
            StoreInUse: when another relay has it open.
            NodesError: when it cannot be opened.

        """
        self._lock = _locked(path)
        try:
            self._connection = sqlite3.connect(path, isolation_level=None)
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.executescript(_SCHEMA)
        except sqlite3.Error as error:
            self._lock.close()
            message = f"{path}: no relay's file ({error})"
            raise NodesError(message) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
        self._lock.close()

    @contextmanager
    def step(self) -> Iterator[None]:
        """Keep everything that is noted in the context, or nothing."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def ledger(self, place: Place) -> str | None:
        """Return the name of the hub's ledger, as it was when the relay began; None before."""
        return self._of_hub(place, "ledger")

    def cursor(self, place: Place, kind: Literal["inbox", "events"]) -> str | None:
        """Return the cursor after what was carried; None at the beginning."""
        return self._of_hub(place, kind)

    def note_ledger(self, place: Place, name: str) -> None:
        """Keep the name of the hub's ledger."""
        self._note(place, "ledger", name)

    def move(self, place: Place, kind: Literal["inbox", "events"], cursor: str | None) -> None:
        """Keep a cursor, after everything before it was carried."""
        self._note(place, kind, cursor)

    def document(self, place: Place, document: str) -> Known | None:
        """Return what became of a document that a hub had for the relay."""
        found = self._connection.execute(
            "SELECT twin, refusal FROM documents WHERE place = ? AND document = ?", (place, document)
        ).fetchone()
        return None if found is None else Known(*found)

    def note_document(self, place: Place, document: str, twin: str | None, refusal: str | None) -> None:
        """Keep what became of a document."""
        self._connection.execute(
            "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)", (place, document, twin, refusal)
        )

    def note_deliveries(self, place: Place, twins: Iterable[tuple[str, str]]) -> None:
        """Keep deliveries of a hub with their twins at the other."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO deliveries VALUES (?, ?, ?)",
            [(place, delivery, twin) for delivery, twin in twins],
        )

    def twin(self, place: Place, delivery: str) -> str | None:
        """Return the twin of a delivery that was handed over from this hub."""
        found = self._connection.execute(
            "SELECT twin FROM deliveries WHERE place = ? AND delivery = ?", (place, delivery)
        ).fetchone()
        return None if found is None else str(found[0])

    def origin(self, place: Place, delivery: str) -> str | None:
        """Return the delivery of the other hub of which this hub's delivery is the twin."""
        found = self._connection.execute(
            "SELECT delivery FROM deliveries WHERE twin = ? AND place <> ?", (delivery, place)
        ).fetchone()
        return None if found is None else str(found[0])

    def set_aside(self, place: Place, event: str, delivery: str, code: str, refusal: str) -> None:
        """Keep a status that the other hub refused."""
        self._connection.execute(
            "INSERT OR REPLACE INTO set_aside VALUES (?, ?, ?, ?, ?)", (place, event, delivery, code, refusal)
        )

    def totals(self) -> Totals:
        """Count what was carried since the file was made."""
        return Totals(*self._connection.execute(_TOTALS).fetchone())

    def _of_hub(self, place: Place, column: str) -> str | None:
        found = self._connection.execute(f"SELECT {column} FROM hubs WHERE place = ?", (place,))  # noqa: S608 - ours
        row = found.fetchone()
        return None if row is None else row[0]

    def _note(self, place: Place, column: str, value: str | None) -> None:
        self._connection.execute("INSERT OR IGNORE INTO hubs (place) VALUES (?)", (place,))
        self._connection.execute(f"UPDATE hubs SET {column} = ? WHERE place = ?", (value, place))  # noqa: S608 - ours
