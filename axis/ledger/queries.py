"""The ledger's SQL: head, keys, entries, tiles and checkpoints.

Positions and ends go on across a hub's ledgers (`axis.ledger.tables`); tiles are named as in their own one.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Executable, Row, bindparam, func, or_, select, tuple_, update

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
    ledgers,
)
from axis.protocol.ledger_positions import (
    FIRST_LEDGER,
    LEDGER_BITS,
    begin_of,
    index_of,
    ledger_of,
)
from signing.tiles import TILE_HEIGHT

HEAD = 1
TileName = tuple[int, int]
"""Level and number of a tile, within its ledger."""


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

    Return end, right edge, and the id of the key that signs, where it was ever changed.
    """
    # SQLite leaves FOR UPDATE out: there BEGIN IMMEDIATE holds the whole store already.
    for end, hashes, key_id in _LOCK_HEAD.rows(tx, [(HEAD,)]):
        return end, hashes, key_id
    return None


def read_head(tx: Read) -> tuple[int, bytes] | None:
    """Return end and right edge as last committed."""
    row = tx.execute(_READ_HEAD).one_or_none()
    return None if row is None else (row.size, row.hashes)


def set_head(tx: Write, end: int, hashes: bytes) -> None:
    """Update the head that `lock_head` locked."""
    _SET_HEAD.run(tx, [(end, hashes)])


def add_ledger(tx: Write, origin: str, size: int, known: str, at: Microseconds) -> int:
    """Keep what is known of a ledger that ended; return the number of the one that follows it."""
    number = current_ledger(tx)
    row = {"number": number, "origin": origin, "size": size, "known": known, "ended_at": at}
    tx.execute(ledgers.insert(), row)
    return number + 1


def ended_ledgers(tx: Read) -> list[Row[Any]]:
    """Return the ledgers before the one that grows, in order; none where the hub was never restored."""
    return list(tx.execute(select(ledgers).order_by(ledgers.c.number)))


def current_ledger(tx: Read) -> int:
    """Return the number of the ledger that grows."""
    return FIRST_LEDGER + int(tx.execute(select(func.count()).select_from(ledgers)).scalar_one())


def size_of(tx: Read, ledger: int) -> int:
    """Return how many entries a ledger has, as last committed; 0 for one that is not there."""
    head = read_head(tx)
    if head is not None and ledger_of(head[0]) == ledger:
        return index_of(head[0])
    ended = select(ledgers.c.size).where(ledgers.c.number == ledger)
    return int(tx.execute(ended).scalar_one_or_none() or 0)


def entries_before(tx: Read, position: int) -> int:
    """Return how many entries stand before a position, those of earlier ledgers included."""
    number = ledger_of(position)
    earlier = select(func.coalesce(func.sum(ledgers.c.size), 0)).where(ledgers.c.number < number)
    return int(tx.execute(earlier).scalar_one()) + index_of(position)


def count_entries(tx: Read) -> int:
    """Return how many entries the hub's ledgers have together; 0 where there is none."""
    head = read_head(tx)
    return 0 if head is None else entries_before(tx, head[0])


def entry_from(tx: Read, position: int) -> int | None:
    """Return the position of the first entry that is not before this one; None where there is none."""
    statement = select(func.min(ledger_entries.c.position)).where(ledger_entries.c.position >= position)
    found: int | None = tx.execute(statement).scalar_one()
    return found


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


def read_tile(tx: Read, ledger: int, level: int, number: int) -> bytes:
    """Return a tile's hashes; empty when there is none."""
    first, end = _tile_numbers(ledger, level)
    if first + number < end:
        for (hashes,) in _READ_TILE.rows(tx, [(level, first + number)]):
            return bytes(hashes)
    return b""


def read_tiles(tx: Read, ledger: int, names: Iterable[TileName]) -> dict[TileName, bytes]:
    """Return the named tiles that exist."""
    stored = {(level, _tile_numbers(ledger, level)[0] + number): (level, number) for level, number in names}
    key = tuple_(ledger_tiles.c.level, ledger_tiles.c.number)
    rows = tx.execute(select(ledger_tiles).where(key.in_(sorted(stored))))
    return {stored[row.level, row.number]: row.hashes for row in rows}


def put_tiles(tx: Write, ledger: int, tiles: Mapping[TileName, bytes]) -> None:
    """Store tiles. A longer tile replaces its shorter form."""
    rows = [
        (level, _tile_numbers(ledger, level)[0] + number, hashes) for (level, number), hashes in tiles.items()
    ]
    _PUT_TILES.run(tx, rows)


def _tile_numbers(ledger: int, level: int) -> tuple[int, int]:
    """Return the numbers in the store of a ledger's first tile of a level, and of the next ledger's first."""
    below = TILE_HEIGHT * (level + 1)
    return begin_of(ledger) >> below, begin_of(ledger + 1) >> below


def measure_tiles(tx: Read, ledger: int) -> dict[int, int]:
    """Return the bytes of all tiles of a ledger together, by level."""
    total = func.sum(func.length(ledger_tiles.c.hashes))
    level, number = ledger_tiles.c.level, ledger_tiles.c.number
    numbers = [_tile_numbers(ledger, each) for each in range(LEDGER_BITS // TILE_HEIGHT)]
    own = or_(
        *((level == each) & (number >= first) & (number < end) for each, (first, end) in enumerate(numbers))
    )
    columns = select(level, total.label("total")).where(own)
    return {row.level: int(row.total) for row in tx.execute(columns.group_by(level))}


def add_checkpoint(tx: Write, end: int, note: str, at: Microseconds) -> None:
    """Store a signed checkpoint. The checkpoint of an end is never replaced."""
    _ADD_CHECKPOINT.run(tx, [(end, note, at)])


def newest_checkpoint(tx: Read, ledger: int | None = None) -> str | None:
    """Return the newest note: of a ledger by its number, else of the one that grows."""
    statement = select(ledger_checkpoints.c.note).order_by(ledger_checkpoints.c.size.desc()).limit(1)
    if ledger is not None:
        ends = ledger_checkpoints.c.size
        statement = statement.where(ends >= begin_of(ledger), ends < begin_of(ledger + 1))
    note: str | None = tx.execute(statement).scalar_one_or_none()
    return note


def oldest_checkpoint(tx: Read) -> str | None:
    """Give the first note."""
    statement = select(ledger_checkpoints.c.note).order_by(ledger_checkpoints.c.size).limit(1)
    note: str | None = tx.execute(statement).scalar_one_or_none()
    return note


def covering_checkpoint(tx: Read, position: int) -> tuple[int, str] | None:
    """Return end and note of the first checkpoint that covers the position, which is that of its group."""
    statement = select(ledger_checkpoints.c.size, ledger_checkpoints.c.note)
    statement = statement.where(ledger_checkpoints.c.size > position)
    row = tx.execute(statement.order_by(ledger_checkpoints.c.size).limit(1)).one_or_none()
    return None if row is None else (row.size, row.note)


def read_checkpoints(tx: Read, above: int, until: int) -> list[tuple[int, str]]:
    """Return end and note of the checkpoints with `above < end <= until`, in order."""
    statement = select(ledger_checkpoints.c.size, ledger_checkpoints.c.note)
    statement = statement.where(ledger_checkpoints.c.size > above, ledger_checkpoints.c.size <= until)
    return [(row.size, row.note) for row in tx.execute(statement.order_by(ledger_checkpoints.c.size))]


def count_beyond(tx: Read, end: int, until: int | None) -> tuple[int, int]:
    """Return the numbers of entries and of checkpoints beyond an end; `until`: and before another."""
    entries = select(func.count()).where(ledger_entries.c.position >= end)
    checkpoints = select(func.count()).where(ledger_checkpoints.c.size > end)
    if until is not None:
        entries = entries.where(ledger_entries.c.position < until)
        checkpoints = checkpoints.where(ledger_checkpoints.c.size < until)
    return tx.execute(entries).scalar_one(), tx.execute(checkpoints).scalar_one()
