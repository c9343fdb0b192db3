"""The ledger's SQL."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import bindparam, func, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from axis.clock import Microseconds
from axis.database import Read, Write, insert
from axis.database.bulk import bulk_insert
from axis.ledger.tables import ledger_checkpoints, ledger_entries, ledger_head, ledger_tiles

HEAD = 1
TileName = tuple[int, int]
"""Level and number of a tile."""

_Insert = TypeVar("_Insert", sqlite.Insert, postgresql.Insert)


def _over_shorter(statement: _Insert) -> _Insert:
    key = [ledger_tiles.c.level, ledger_tiles.c.number]
    return statement.on_conflict_do_update(index_elements=key, set_={"hashes": statement.excluded.hashes})


# Statements for every group are built once: building one costs more than running it.
_READ_HEAD = select(ledger_head.c.size, ledger_head.c.hashes)
_LOCK_HEAD = _READ_HEAD.with_for_update()
_SET_HEAD = update(ledger_head).values(size=bindparam("size"), hashes=bindparam("hashes"))
_ADD_ENTRIES = bulk_insert(ledger_entries)
_ADD_CHECKPOINT = ledger_checkpoints.insert()
_READ_TILE = select(ledger_tiles.c.hashes).where(
    ledger_tiles.c.level == bindparam("level"), ledger_tiles.c.number == bindparam("number")
)
_PUT_TILES = {
    "sqlite": _over_shorter(sqlite.insert(ledger_tiles)),
    "postgresql": _over_shorter(postgresql.insert(ledger_tiles)),
}


def make_head(tx: Write) -> None:
    """Add the head of an empty tree if there is none."""
    statement = insert(tx, ledger_head).values(id=HEAD, size=0, hashes=b"")
    tx.execute(statement.on_conflict_do_nothing(index_elements=["id"]))


def lock_head(tx: Write) -> tuple[int, bytes] | None:
    """Lock the head until the transaction ends and return size and right edge; None if there is no ledger."""
    # SQLite leaves FOR UPDATE out: there BEGIN IMMEDIATE holds the whole store already.
    row = tx.execute(_LOCK_HEAD).one_or_none()
    return None if row is None else (row.size, row.hashes)


def read_head(tx: Read) -> tuple[int, bytes] | None:
    """Return size and right edge as last committed."""
    row = tx.execute(_READ_HEAD).one_or_none()
    return None if row is None else (row.size, row.hashes)


def set_head(tx: Write, size: int, hashes: bytes) -> None:
    """Update the head that `lock_head` locked."""
    tx.execute(_SET_HEAD, {"size": size, "hashes": hashes})


def add_entries(tx: Write, first: int, leaves: Sequence[bytes]) -> None:
    """Store the leaves at consecutive positions."""
    _ADD_ENTRIES.run(tx, list(enumerate(leaves, first)))


def read_entries(tx: Read, first: int, limit: int) -> list[tuple[int, bytes]]:
    """Return up to `limit` leaves from a position on, with their positions."""
    statement = select(ledger_entries.c.position, ledger_entries.c.leaf)
    statement = statement.where(ledger_entries.c.position >= first)
    rows = tx.execute(statement.order_by(ledger_entries.c.position).limit(limit))
    return [(row.position, row.leaf) for row in rows]


def read_leaf(tx: Read, position: int) -> bytes | None:
    """Return the leaf at a position."""
    statement = select(ledger_entries.c.leaf).where(ledger_entries.c.position == position)
    leaf: bytes | None = tx.execute(statement).scalar_one_or_none()
    return leaf


def read_tile(tx: Read, level: int, number: int) -> bytes:
    """Return a tile's hashes; empty when there is none."""
    hashes = tx.execute(_READ_TILE, {"level": level, "number": number}).scalar_one_or_none()
    return bytes(hashes or b"")


def read_tiles(tx: Read, names: Iterable[TileName]) -> dict[TileName, bytes]:
    """Return the named tiles that exist."""
    key = tuple_(ledger_tiles.c.level, ledger_tiles.c.number)
    rows = tx.execute(select(ledger_tiles).where(key.in_(sorted(set(names)))))
    return {(row.level, row.number): row.hashes for row in rows}


def put_tiles(tx: Write, tiles: Mapping[TileName, bytes]) -> None:
    """Store tiles. A longer tile replaces its shorter form."""
    rows = [{"level": level, "number": number, "hashes": hashes} for (level, number), hashes in tiles.items()]
    tx.execute(_PUT_TILES[tx.dialect], rows)


def measure_tiles(tx: Read) -> dict[int, int]:
    """Return the bytes of all tiles together, by level."""
    total = func.sum(func.length(ledger_tiles.c.hashes))
    rows = tx.execute(select(ledger_tiles.c.level, total.label("total")).group_by(ledger_tiles.c.level))
    return {row.level: int(row.total) for row in rows}


def add_checkpoint(tx: Write, size: int, note: str, at: Microseconds) -> None:
    """Store a signed checkpoint. The checkpoint of a size is never replaced."""
    tx.execute(_ADD_CHECKPOINT, {"size": size, "note": note, "at": at})


def newest_checkpoint(tx: Read) -> str | None:
    """Return the note with the largest size."""
    statement = select(ledger_checkpoints.c.note).order_by(ledger_checkpoints.c.size.desc()).limit(1)
    note: str | None = tx.execute(statement).scalar_one_or_none()
    return note


def oldest_checkpoint(tx: Read) -> str | None:
    """Give the note of the smallest size."""
    statement = select(ledger_checkpoints.c.note).order_by(ledger_checkpoints.c.size).limit(1)
    note: str | None = tx.execute(statement).scalar_one_or_none()
    return note


def covering_checkpoint(tx: Read, position: int) -> tuple[int, str] | None:
    """Return size and note of the first checkpoint that covers the position, which is that of its group."""
    statement = select(ledger_checkpoints.c.size, ledger_checkpoints.c.note)
    statement = statement.where(ledger_checkpoints.c.size > position)
    row = tx.execute(statement.order_by(ledger_checkpoints.c.size).limit(1)).one_or_none()
    return None if row is None else (row.size, row.note)


def read_checkpoints(tx: Read, above: int, until: int) -> list[tuple[int, str]]:
    """Return size and note of the checkpoints with `above < size <= until`, in order."""
    statement = select(ledger_checkpoints.c.size, ledger_checkpoints.c.note)
    statement = statement.where(ledger_checkpoints.c.size > above, ledger_checkpoints.c.size <= until)
    return [(row.size, row.note) for row in tx.execute(statement.order_by(ledger_checkpoints.c.size))]


def count_beyond(tx: Read, size: int) -> tuple[int, int]:
    """Return the numbers of entries and of checkpoints beyond a tree of this size."""
    entries = select(func.count()).where(ledger_entries.c.position >= size)
    checkpoints = select(func.count()).where(ledger_checkpoints.c.size > size)
    return tx.execute(entries).scalar_one(), tx.execute(checkpoints).scalar_one()
