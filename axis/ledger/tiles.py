"""The tree as tiles in the store: extending them on append, reading nodes from them.

What tiles are and how they are named: `signing.tiles`.
"""

from collections.abc import Iterable

from axis.database import Read
from axis.ledger.errors import LedgerDamagedError
from axis.ledger.queries import TileName, read_tile, read_tiles
from signing.merkle import HASH_BYTES, Growth, NodeReader
from signing.tiles import TILE_BYTES, TILE_HEIGHT, TILE_WIDTH, tile_node, tile_path


def extended_tiles(tx: Read, ledger: int, growth: Growth) -> dict[TileName, bytes]:
    """Return every tile of a ledger that its growth fills or extends, whole."""
    tiles: dict[TileName, bytes] = {}
    for level in range((len(growth.rows) - 1) // TILE_HEIGHT + 1):
        row = growth.rows[level * TILE_HEIGHT]
        if not row:
            break
        number, kept = divmod(growth.before.size >> level * TILE_HEIGHT, TILE_WIDTH)
        begun = read_tile(tx, ledger, level, number) if kept else b""
        if len(begun) != kept * HASH_BYTES:
            raise LedgerDamagedError(f"tile {level}/{tile_path(number, kept)} is not there")
        hashes = begun + b"".join(row)
        for start in range(0, len(hashes), TILE_BYTES):
            tiles[level, number + start // TILE_BYTES] = hashes[start : start + TILE_BYTES]
    return tiles


def node_reader(tx: Read, ledger: int, names: Iterable[TileName] = ()) -> NodeReader:
    """Return a reader of a ledger's complete nodes, made from tiles. Those named are fetched at once.

    The reader raises `LedgerDamagedError` for a node whose hashes are not in the store.
    """
    tiles = read_tiles(tx, ledger, names)

    def stored(level: int, number: int) -> bytes:
        if (level, number) not in tiles:
            tiles.update(read_tiles(tx, ledger, [(level, number)]))
        return tiles.get((level, number), b"")

    def read(height: int, index: int) -> bytes:
        found = tile_node(stored, height, index)
        if found is None:
            level, above = divmod(height, TILE_HEIGHT)
            number = (index << above) // TILE_WIDTH
            raise LedgerDamagedError(f"tile {level}/{tile_path(number)} is missing or too short")
        return found

    return read


def tiles_of_proof(index: int, size: int) -> set[TileName]:
    """Return the tiles that an inclusion proof of this index in a tree of this size needs."""
    names: set[TileName] = set()
    level = 0
    while (complete := size >> level * TILE_HEIGHT) > 0:
        names.add((level, (index >> level * TILE_HEIGHT) // TILE_WIDTH))
        if complete % TILE_WIDTH:
            names.add((level, complete // TILE_WIDTH))
        level += 1
    return names
