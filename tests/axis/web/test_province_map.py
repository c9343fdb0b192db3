"""The tile map: every province once, no two on one place, 63 and later 34."""

import pytest

from axis.web.province_map import colour_of, province_map

RATES = [
    {"agency": "000.00.00.H62", "rate": 0.179, "sent": 28},
    {"agency": "000.00.00.H23", "rate": None, "sent": 0},
]


@pytest.mark.parametrize(("day", "provinces"), [("2019-08-20", 63), ("2025-06-30", 63), ("2025-07-01", 34)])
def test_every_province_of_a_day_has_a_place_of_its_own(day, provinces):
    tiles = province_map([*RATES, {"agency": "000.00.00.H26", "rate": 1.0, "sent": 3}], day).tiles
    assert len(tiles) == provinces
    assert len({(tile.x, tile.y) for tile in tiles}) == provinces
    assert len({tile.code for tile in tiles}) == provinces


def test_a_tile_shows_its_provinces_rate():
    tiles = {tile.name: tile for tile in province_map(RATES, "2019-08-20").tiles}
    assert (tiles["Vĩnh Phúc"].share, tiles["Vĩnh Phúc"].sent) == (0.179, 28)
    assert tiles["Hải Dương"].colour == tiles["Hà Nội"].colour == "share-none"


@pytest.mark.parametrize(
    ("share", "colour"),
    [
        (0.0, "share-0"),
        (0.199, "share-0"),
        (0.2, "share-1"),
        (0.999, "share-4"),
        (1.0, "share-5"),
        (None, "share-none"),
    ],
)
def test_colours_are_of_fifths(share, colour):
    assert colour_of(share) == colour


def test_without_a_province_there_is_no_map():
    assert province_map([{"agency": "000.00.00.G22", "rate": 1.0, "sent": 1}], "2019-08-20") is None
