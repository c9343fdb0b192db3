"""Across modules: a verifier that shares no code with us agrees with our ledger of 100,000 leaves.

It reads tiles, entries and checkpoint as an auditor would, makes proofs from these, and checks ours.
"""

import base64
import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tiles import leaf_hash
from tlog_scales.tlog import (
    Checkpoint,
    ConsistencyProof,
    ConsistencyProofInvalid,
    InclusionProof,
    InclusionProofInvalid,
)

from axis.database import Read
from axis.ledger.published_log import bundle, tile
from axis.ledger.queries import covering_checkpoint
from axis.ledger.receipts import receipt
from axis.ledger.tiles import node_reader
from axis.protocol.errors import NotFound
from signing.merkle import consistency_proof
from signing.tiles import read_tile_path

pytestmark = pytest.mark.stores("sqlite")

SIZE = 100_000
GROUPS = (1, 255, 1, 8_191, SIZE - 8_448)
DRAWN = 300
"""Positions and pairs of sizes that are drawn, beside those at the edges of tiles and groups."""


class Published:
    """What the hub serves under `/v1/ledger`, as the verifier's back end."""

    def __init__(self, tx: Read) -> None:
        self._tx = tx

    def get(self, *path: str) -> bytes | None:
        if path == ("checkpoint",):
            covering = covering_checkpoint(self._tx, SIZE - 1)
            return None if covering is None else covering[1].encode()
        _, level, *rest = path
        named = read_tile_path("/".join(rest))
        assert named is not None
        try:
            return (
                bundle(self._tx, 1, *named) if level == "entries" else tile(self._tx, 1, int(level), *named)
            )
        except NotFound:
            return None


@contextmanager
def read(ledger) -> Iterator[tuple[Read, TilesReader, Checkpoint, Vkey]]:
    for count in GROUPS:
        ledger.append(count)
    with ledger.database.read() as tx:
        log = TilesReader(Published(tx))
        yield tx, log, log.get_checkpoint(), Vkey.from_string(str(ledger.signer.verifier))


def test_an_independent_verifier_agrees_with_tiles_checkpoint_receipts_and_proofs(ledger):
    with read(ledger) as (tx, log, checkpoint, vkey):
        checkpoint.verify(vkey)
        assert checkpoint.size == SIZE
        assert log.calculate_root_hash() == checkpoint.root_hash
        chance = random.Random(11)
        edges = {0, 1, 255, 256, 257, 8_447, 8_448, 65_535, 65_536, SIZE - 1}
        for position in sorted(edges | {chance.randrange(SIZE) for _ in range(DRAWN)}):
            leaf, place, proof, signed = opened(receipt(tx, position))
            signed.verify(vkey)
            assert place == position
            assert leaf == log.get_entry(position)
            InclusionProof(position, signed.size, proof).check(leaf_hash(leaf), signed.root_hash)
            theirs = log.get_inclusion_proof(position, SIZE)
            theirs.check(leaf_hash(leaf), checkpoint.root_hash)
            if signed.size == SIZE:
                assert theirs.node_hashes == proof
        nodes = node_reader(tx, 1)
        pairs = [(old, new) for old in sorted(edges) for new in sorted(edges) if 0 < old <= new]
        pairs += [tuple(sorted((chance.randint(1, SIZE), chance.randint(1, SIZE)))) for _ in range(DRAWN)]
        for old, new in pairs:
            ours = consistency_proof(nodes, old, new)
            assert list(ours) == log.get_consistency_proof(old, new).node_hashes
            ConsistencyProof(old, new, list(ours)).check(log.mth(0, old), log.mth(0, new))


def test_it_is_no_verifier_that_agrees_with_anything(ledger):
    ledger.append(300)
    with ledger.database.read() as tx:
        leaf, position, proof, signed = opened(receipt(tx, 17))
        with pytest.raises(InclusionProofInvalid):
            InclusionProof(position + 1, signed.size, proof).check(leaf_hash(leaf), signed.root_hash)
        with pytest.raises(InclusionProofInvalid):
            InclusionProof(position, signed.size, proof).check(leaf_hash(leaf + b" "), signed.root_hash)
        ours = list(consistency_proof(node_reader(tx, 1), 200, 300))
        with pytest.raises(ConsistencyProofInvalid):
            ConsistencyProof(200, 300, ours).check(bytes(32), signed.root_hash)


def opened(text: str) -> tuple[bytes, int, list[bytes], Checkpoint]:
    """Read a C2SP tlog-proof by its own words: the leaf, its position, the hashes, and the checkpoint."""
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    extra = next(line.removeprefix("extra ") for line in lines if line.startswith("extra "))
    index = next(place for place, line in enumerate(lines) if line.startswith("index "))
    hashes = [base64.b64decode(line) for line in lines[index + 1 :]]
    position = int(lines[index].removeprefix("index "))
    return base64.b64decode(extra), position, hashes, Checkpoint.from_text(note)
