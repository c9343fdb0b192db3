"""Across modules: over 100,000 leaves roots, tiles and proofs are those of RFC 6962's own definitions.

These (section 2.1) are written here anew, recursive and slow, and share no code with `signing.merkle` and
`signing.tiles`. `aics-tlog`, which could say so too, wants Python 3.12; the project runs on 3.11.
"""

from functools import cache
from hashlib import sha256
from random import Random

import pytest

from signing.merkle import Frontier, consistency_proof, inclusion_proof, verify_consistency, verify_inclusion
from signing.tiles import TILE_WIDTH, tile_node

LEAVES = 100_000
SIZES = (1, 2, 3, 255, 256, 257, 4_097, 65_535, 65_536, 65_537, 99_999, LEAVES)


def leaf(position):
    return sha256(b"\x00" + f'{{"event":"test","number":{position}}}'.encode()).digest()


def split(size):
    """The largest power of two below a size."""
    half = 1
    while half * 2 < size:
        half *= 2
    return half


@cache
def tree(start, end):
    """MTH(D[start:end])."""
    if end - start == 1:
        return leaf(start)
    half = start + split(end - start)
    return sha256(b"\x01" + tree(start, half) + tree(half, end)).digest()


def path(position, start, end):
    """PATH(m, D[n])."""
    if end - start == 1:
        return []
    half = start + split(end - start)
    if position < half:
        return [*path(position, start, half), tree(half, end)]
    return [*path(position, half, end), tree(start, half)]


def subproof(old, start, end, whole):
    """SUBPROOF(m, D[n], b)."""
    if old == end:
        return [] if whole else [tree(start, end)]
    half = start + split(end - start)
    if old <= half:
        return [*subproof(old, start, half, whole), tree(half, end)]
    return [*subproof(old, half, end, False), tree(start, half)]


@pytest.fixture(scope="module")
def tiles():
    """The tiles of our own code, as a log would keep them, made in groups of odd sizes."""
    frontier, kept, chance = Frontier(), {}, Random(6962)
    while frontier.size < LEAVES:
        group = min(chance.randrange(1, 2_000), LEAVES - frontier.size)
        growth = frontier.append([leaf(frontier.size + at) for at in range(group)])
        for level, row in enumerate(growth.rows[::8]):
            first = frontier.size >> 8 * level
            for at, digest in enumerate(row, start=first):
                kept.setdefault((level, at // TILE_WIDTH), bytearray()).extend(digest)
        frontier = growth.frontier
    return frontier, {name: bytes(blob) for name, blob in kept.items()}


@pytest.fixture(scope="module")
def read(tiles):
    def node(height, index):
        found = tile_node(lambda level, number: tiles[1].get((level, number), b""), height, index)
        assert found is not None
        return found

    return node


@pytest.mark.slow
def test_the_root_and_every_tile_are_those_of_the_definition(tiles):
    frontier, kept = tiles
    assert frontier.root() == tree(0, LEAVES)
    for (level, number), blob in kept.items():
        width = 256**level
        for at in range(0, len(blob), 32):
            index = number * TILE_WIDTH + at // 32
            assert blob[at : at + 32] == tree(index * width, (index + 1) * width)


@pytest.mark.slow
def test_proofs_of_inclusion_are_those_of_the_definition(read):
    chance = Random(1)
    for size in SIZES:
        for position in {0, size - 1, *(chance.randrange(size) for _ in range(40))}:
            ours = inclusion_proof(read, position, size)
            assert list(ours) == path(position, 0, size)
            assert verify_inclusion(leaf(position), position, size, ours, tree(0, size))
            assert not verify_inclusion(leaf(position + 1), position, size, ours, tree(0, size))


@pytest.mark.slow
def test_proofs_of_consistency_are_those_of_the_definition(read):
    for old in SIZES:
        for new in SIZES:
            if old < new:
                ours = consistency_proof(read, old, new)
                assert list(ours) == subproof(old, 0, new, True)
                assert verify_consistency(old, tree(0, old), new, tree(0, new), ours)
                assert not verify_consistency(old, tree(0, old), new, tree(1, new), ours)
