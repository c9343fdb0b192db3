"""A Merkle tree cut into tiles of 256 hashes: their names, and reading nodes of the tree from them.

Tiles are read through a `TileReader`. C2SP tlog-tiles: tile `n` of level `l` holds the nodes of height `8 *
l` with the indexes from `256 * n`.
"""

import re
from collections.abc import Callable
from typing import Final

from signing.merkle import HASH_BYTES, node_hash

__all__ = [
    "TILE_BYTES",
    "TILE_HEIGHT",
    "TILE_WIDTH",
    "TileReader",
    "read_tile_path",
    "tile_node",
    "tile_path",
]

TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT
TILE_BYTES: Final = TILE_WIDTH * HASH_BYTES

TileReader = Callable[[int, int], bytes]
"""Returns as much of a tile as there is, by its level and number; nothing where there is none."""

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


def tile_node(read: TileReader, height: int, index: int) -> bytes | None:
    """Return the hash of a complete node, computed from its tile; None where the tile lacks its hashes."""
    level, above = divmod(height, TILE_HEIGHT)
    number, start = divmod(index << above, TILE_WIDTH)
    part = read(level, number)[start * HASH_BYTES : (start + (1 << above)) * HASH_BYTES]
    if len(part) != HASH_BYTES << above:
        return None
    row = [part[at : at + HASH_BYTES] for at in range(0, len(part), HASH_BYTES)]
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]
