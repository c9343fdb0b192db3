"""Tiles in the store: that their content is what C2SP tlog-tiles says for every size."""

from axis.ledger.published_log import bundle, tile
from axis.ledger.queries import measure_tiles
from signing.merkle import Frontier, leaf_hash, root


def leaves_of(blob):
    leaves = []
    while blob:
        length = int.from_bytes(blob[:2], "big")
        leaves.append(blob[2 : 2 + length])
        blob = blob[2 + length :]
    return leaves


def test_bundles_hash_to_level_0_tiles_and_full_tiles_to_level_1(ledger):
    for count in (1, 254, 1, 1, 300, 211, 1):  # 769: three full tiles and one leaf
        ledger.append(count)
    with ledger.database.read() as tx:
        above = tile(tx, 1, 1, 0, 3)
        for number in range(3):
            hashes = [leaf_hash(leaf) for leaf in leaves_of(bundle(tx, 1, number))]
            assert b"".join(hashes) == tile(tx, 1, 0, number)
            assert root(hashes) == above[number * 32 : number * 32 + 32]
        assert len(leaves_of(bundle(tx, 1, 3, 1))) == 1
        assert measure_tiles(tx, 1) == {0: 769 * 32, 1: 3 * 32}


def test_one_group_larger_than_a_tile_fills_several(ledger):
    sealed = ledger.append(1000)
    hashes = [leaf_hash(leaf) for leaf in sealed.leaves]
    assert Frontier().append(hashes).frontier.root() == root(hashes)
    with ledger.database.read() as tx:
        stored = b"".join(tile(tx, 1, 0, number, min(256, 1000 - number * 256)) for number in range(4))
    assert stored == b"".join(hashes)
