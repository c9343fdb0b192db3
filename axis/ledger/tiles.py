"""The tree as tiles of 256 hashes: their names, extending them on append, reading nodes from them.

Follows C2SP tlog-tiles: tile `n` of level `l` holds the nodes of height `8 * l` with the indexes from `256 *
n`.
"""

import re
from collections.abc import Iterable

from axis.database import Read
from axis.ledger.errors import LedgerDamagedError
from axis.ledger.queries import TileName, read_tile, read_tiles
from signing.merkle import HASH_BYTES, Growth, NodeReader, node_hash

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
TILE_BYTES = TILE_WIDTH * HASH_BYTES

_PATH = re.compile(r"(?P<number>(?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?", re.ASCII)
"""Up to 18 digits of a tile's number, which is enough for more than 2^63 leaves."""


def tile_path(number: int, width: int = TILE_WIDTH) -> str:
    """Write a tile's number and, when it is partial, its width: 1234067 is `x001/x234/067`."""
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03}")
    return "/".join(groups) + ("" if width == TILE_WIDTH else f".p/{width}")


def read_tile_path(path: str) -> tuple[int, int] | None:
    """Read a tile's number and width; None when the path is not exactly as `tile_path` writes it."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    number = int(match["number"].replace("x", "").replace("/", ""))
    width = int(match["width"] or TILE_WIDTH)
    return (number, width) if tile_path(number, width) == path and width <= TILE_WIDTH else None


def extended_tiles(tx: Read, growth: Growth) -> dict[TileName, bytes]:
    """Return every tile that the growth fills or extends, whole."""
    tiles: dict[TileName, bytes] = {}
    for level in range((len(growth.rows) - 1) // TILE_HEIGHT + 1):
        row = growth.rows[level * TILE_HEIGHT]
        if not row:
            break
        number, kept = divmod(growth.before.size >> level * TILE_HEIGHT, TILE_WIDTH)
        begun = read_tile(tx, level, number) if kept else b""
        if len(begun) != kept * HASH_BYTES:
            raise LedgerDamagedError(f"tile {level}/{tile_path(number, kept)} is not there")
        hashes = begun + b"".join(row)
        for start in range(0, len(hashes), TILE_BYTES):
            tiles[level, number + start // TILE_BYTES] = hashes[start : start + TILE_BYTES]
    return tiles


def node_reader(tx: Read, names: Iterable[TileName] = ()) -> NodeReader:
    """Return a reader of complete nodes, which computes them from tiles. The named tiles are fetched at once.

    The reader raises `LedgerDamagedError` for a node whose hashes are not in the store.
    """
    tiles = read_tiles(tx, names)

    def read(height: int, index: int) -> bytes:
        level, above = divmod(height, TILE_HEIGHT)
        number, start = divmod(index << above, TILE_WIDTH)
        if (level, number) not in tiles:
            tiles.update(read_tiles(tx, [(level, number)]))
        blob = tiles.get((level, number), b"")
        part = blob[start * HASH_BYTES : (start + (1 << above)) * HASH_BYTES]
        if len(part) != HASH_BYTES << above:
            raise LedgerDamagedError(f"tile {level}/{tile_path(number)} is missing or too short")
        row = [part[at : at + HASH_BYTES] for at in range(0, len(part), HASH_BYTES)]
        while len(row) > 1:
            row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
        return row[0]

    return read


def tiles_of_proof(position: int, size: int) -> set[TileName]:
    """Return the tiles that an inclusion proof of this position in a tree of this size needs."""
    names: set[TileName] = set()
    level = 0
    while (complete := size >> level * TILE_HEIGHT) > 0:
        names.add((level, (position >> level * TILE_HEIGHT) // TILE_WIDTH))
        if complete % TILE_WIDTH:
            names.add((level, complete // TILE_WIDTH))
        level += 1
    return names
