"""The ledger's SQL: head, keys, entries, tiles and checkpoints."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Executable, Row, bindparam, func, select, tuple_, update

from axis.clock import Microseconds
from axis.database import Read, Write, insert
from axis.database.group_statements import BulkLookup, BulkStatement, bulk_insert
from axis.database.schema import insert_of
from axis.database.transactions import Dialect
from axis.ledger.tables import (
    ledger_checkpoints,
    ledger_entries,
    ledger_head,
    ledger_keys,
    ledger_tiles,
)

HEAD = 1
FIRST_KEY = -1
"""Stands for the position of the first key, which no leaf introduced."""
TileName = tuple[int, int]
"""Level and number of a tile."""


def _put_tiles(dialect: Dialect) -> Executable:
    values: dict[str, Any] = {name: bindparam(name) for name in ("level", "number", "hashes")}
    statement = insert_of(dialect, ledger_tiles).values(values)
    key = [ledger_tiles.c.level, ledger_tiles.c.number]
    return statement.on_conflict_do_update(index_elements=key, set_={"hashes": statement.excluded.hashes})


# Statements for every group are built once: building one costs more than running it.
_READ_HEAD = select(ledger_head.c.size, ledger_head.c.hashes)
_WHOLE_HEAD = select(ledger_head.c.size, ledger_head.c.hashes, ledger_head.c.key_id)
_LOCK_HEAD = BulkLookup(_WHOLE_HEAD.with_for_update(), ledger_head.c.id)
_SET_HEAD = BulkStatement(
    ("size", "hashes"),
    lambda _dialect: update(ledger_head).values(size=bindparam("size"), hashes=bindparam("hashes")),
)
_ADD_ENTRIES = bulk_insert(ledger_entries)
_ADD_CHECKPOINT = bulk_insert(ledger_checkpoints, "size", "note", "at")
_READ_TILE = BulkLookup(select(ledger_tiles.c.hashes), ledger_tiles.c.level, ledger_tiles.c.number)
_PUT_TILES = BulkStatement(("level", "number", "hashes"), _put_tiles)


def make_head(tx: Write) -> None:
    """Add the head of an empty tree if there is none."""
    statement = insert(tx, ledger_head).values(id=HEAD, size=0, hashes=b"")
    tx.execute(statement.on_conflict_do_nothing(index_elements=["id"]))


def lock_head(tx: Write) -> tuple[int, bytes, str | None] | None:
    """Lock the head until the transaction ends; None if there is no ledger.

    Return size, right edge, and the id of the key that signs, where it was ever changed.
    """
    # SQLite leaves FOR UPDATE out: there BEGIN IMMEDIATE holds the whole store already.
    for size, hashes, key_id in _LOCK_HEAD.rows(tx, [(HEAD,)]):
        return size, hashes, key_id
    return None


def read_head(tx: Read) -> tuple[int, bytes] | None:
    """Return size and right edge as last committed."""
    row = tx.execute(_READ_HEAD).one_or_none()
    return None if row is None else (row.size, row.hashes)


def set_head(tx: Write, size: int, hashes: bytes) -> None:
    """Update the head that `lock_head` locked."""
    _SET_HEAD.run(tx, [(size, hashes)])


def set_head_key(tx: Write, key_id: str) -> None:
    """Say which key signs from now on."""
    tx.execute(update(ledger_head).values(key_id=key_id))


def add_key(tx: Write, position: int, vkey: str, statement: str | None) -> None:
    """Keep a key, with the position of the leaf that introduced it."""
    tx.execute(ledger_keys.insert(), {"position": position, "vkey": vkey, "statement": statement})


def key_rows(tx: Read) -> list[Row[Any]]:
    """Return the keys in the order in which they signed; none where the key was never changed."""
    return list(tx.execute(select(ledger_keys).order_by(ledger_keys.c.position)))


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
    for (hashes,) in _READ_TILE.rows(tx, [(level, number)]):
        return bytes(hashes)
    return b""


def read_tiles(tx: Read, names: Iterable[TileName]) -> dict[TileName, bytes]:
    """Return the named tiles that exist."""
    key = tuple_(ledger_tiles.c.level, ledger_tiles.c.number)
    rows = tx.execute(select(ledger_tiles).where(key.in_(sorted(set(names)))))
    return {(row.level, row.number): row.hashes for row in rows}


def put_tiles(tx: Write, tiles: Mapping[TileName, bytes]) -> None:
    """Store tiles. A longer tile replaces its shorter form."""
    _PUT_TILES.run(tx, [(level, number, hashes) for (level, number), hashes in tiles.items()])


def measure_tiles(tx: Read) -> dict[int, int]:
    """Return the bytes of all tiles together, by level."""
    total = func.sum(func.length(ledger_tiles.c.hashes))
    rows = tx.execute(select(ledger_tiles.c.level, total.label("total")).group_by(ledger_tiles.c.level))
    return {row.level: int(row.total) for row in rows}


def add_checkpoint(tx: Write, size: int, note: str, at: Microseconds) -> None:
    """Store a signed checkpoint. The checkpoint of a size is never replaced."""
    _ADD_CHECKPOINT.run(tx, [(size, note, at)])


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
