"""The tile map of provinces: one tile for each, coloured by its rate, which stands on it.

It has the 63 provinces until 30 June 2025 and the 34 since; `province_tiles.toml` says where each stands.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from axis.protocol.agency_codes import AgencyCode, canonical_or_none

MERGED_ON: Final = "2025-07-01"
"""The first day of the 34 provinces."""
WIDTH: Final = 76
HEIGHT: Final = 44
"""Of a tile, in units of the drawing."""
CLASSES: Final = ((0.2, "share-0"), (0.4, "share-1"), (0.6, "share-2"), (0.8, "share-3"), (1.0, "share-4"))
"""Upper bounds of rates, and the classes of the stylesheet that colour them; all of it is the last."""
ALL: Final = "share-5"
NOTHING_SENT: Final = "share-none"


@dataclass(frozen=True, slots=True)
class Tile:
    """A province on the map; `x` and `y` in units of the drawing."""

    code: AgencyCode
    name: str
    x: int
    y: int
    share: float | None
    """None where it sent nothing."""
    sent: int
    colour: str
    """A class of the stylesheet."""


@dataclass(frozen=True, slots=True)
class ProvinceMap:
    """All tiles of a day, and the size of the drawing."""

    tiles: Sequence[Tile]
    width: int
    height: int


def province_map(rates: Sequence[Mapping[str, Any]], day: str) -> ProvinceMap | None:
    """Return the map of rows of the signed-document rate by agency; None where no province is among them.

    `day`, as `YYYY-MM-DD`, decides which provinces there are.
    """
    by_code = {row["agency"]: row for row in rates}
    tiles = [
        _tile(code, name, at, by_code.get(code))
        for code, name, at, into in _places()
        if day < MERGED_ON or not into
    ]
    if not any(tile.code in by_code for tile in tiles):
        return None
    width = max(tile.x for tile in tiles) + WIDTH
    height = max(tile.y for tile in tiles) + HEIGHT
    return ProvinceMap(tiles, width, height)


def colour_of(share: float | None) -> str:
    """Return the class of the stylesheet for a rate."""
    if share is None:
        return NOTHING_SENT
    return next((name for bound, name in CLASSES if share < bound), ALL)


def _tile(code: AgencyCode, name: str, at: tuple[int, int], row: Mapping[str, Any] | None) -> Tile:
    share = None if row is None else row["rate"]
    sent = 0 if row is None else row["sent"]
    return Tile(code, name, (at[0] - 1) * WIDTH, (at[1] - 1) * HEIGHT, share, sent, colour_of(share))


@cache
def _places() -> tuple[tuple[AgencyCode, str, tuple[int, int], str], ...]:
    """Return code, name, place and later province of each tile."""
    found = tomllib.loads(files("axis.web").joinpath("province_tiles.toml").read_text(encoding="utf-8"))
    places = []
    for short, name, (column, row), into in found["tiles"]:
        code = canonical_or_none(short)
        assert code is not None
        places.append((code, name, (column, row), into))
    return tuple(places)
