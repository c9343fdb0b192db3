"""Tiles: their names, and nodes read from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.merkle import leaf_hash, root
from signing.tiles import read_tile_path, tile_node, tile_path


def test_paths_are_those_of_the_specification():
    assert tile_path(1234067) == "x001/x234/067"
    assert tile_path(0) == "000"
    assert tile_path(999, 17) == "999.p/17"
    assert tile_path(1000) == "x001/000"


@given(st.integers(0, 10**18 - 1), st.integers(1, 256))
def test_paths_read_back(number, width):
    assert read_tile_path(tile_path(number, width)) == (number, width)


NO_PATHS = [
    "0",
    "00",
    "0000",
    "x000/000",
    "001/000",
    "x001/x000",
    "x1/000",
    "000.p/0",
    "000.p/01",
    "000.p/256",
    "000.p/257",
    "000.p/",
    "000/",
    "/000",
    "000.p/1/2",
    "..",
]


@pytest.mark.parametrize("path", ["", "000\n", "\u0660\u0660\u0660", *NO_PATHS])
def test_what_is_no_path_of_a_tile_is_none(path):
    assert read_tile_path(path) is None


def test_a_node_is_computed_from_its_tile_and_is_none_where_the_tile_is_too_short():
    hashes = [leaf_hash(bytes([at])) for at in range(12)]
    tile = b"".join(hashes)

    def read(level, number):
        return tile if (level, number) == (0, 0) else b""

    assert tile_node(read, 0, 11) == hashes[11]
    assert tile_node(read, 2, 2) == root(hashes[8:12])
    assert tile_node(read, 2, 3) is None
    assert tile_node(read, 8, 0) is None
