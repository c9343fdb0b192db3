"""Checking the whole ledger: a sound one gives nothing, and every kind of damage is named where it is."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, insert, update

from axis.ledger.errors import LedgerDamagedError
from axis.ledger.published_log import bundle, tile
from axis.ledger.receipts import receipt
from axis.ledger.tables import ledger_checkpoints, ledger_entries, ledger_head, ledger_tiles
from axis.ledger.tree_checks import fsck, read_leaves
from axis.protocol.errors import NotFound
from signing.notes import NoteSigner


def check(ledger):
    with ledger.database.read() as tx:
        return [difference.where for difference in fsck(tx, ledger.signer.verifier)]


def damage(ledger, statement):
    ledger.database.write(lambda tx: tx.execute(statement) and None)
    return check(ledger)


@pytest.fixture
def grown(ledger):
    for count in (1, 300, 256, 64):
        ledger.append(count)
    return ledger


@pytest.mark.parametrize(
    "groups", [(), (1,), (255, 1), (256,), (257,), (1023, 2), (1024,), (1500, 1500), (700,) * 3]
)
def test_a_sound_ledger_has_no_differences(ledger, groups):
    for count in groups:
        ledger.append(count)
    assert check(ledger) == []


def test_an_altered_leaf_is_found_by_its_hash_and_by_all_that_hang_on_it(grown):
    altered = update(ledger_entries).where(ledger_entries.c.position == 300).values(leaf=b'{"a":1}')
    found = damage(grown, altered)
    assert found == [
        "checkpoint 301",
        "checkpoint 557",
        "checkpoint 621",
        "tile 0/001 hash 44",
        "tile 1/000 hash 1",
        "head",
    ]


def test_a_leaf_that_is_no_canonical_json_is_named(grown):
    altered = update(ledger_entries).where(ledger_entries.c.position == 5).values(leaf=b"\xff")
    assert damage(grown, altered)[0] == "entry 5"
    with grown.database.read() as tx:
        assert 5 not in dict(read_leaves(tx))


def test_a_missing_leaf_is_named(grown):
    assert damage(grown, delete(ledger_entries).where(ledger_entries.c.position == 17)) == ["entry 17"]
    with grown.database.read() as tx:
        with pytest.raises(LedgerDamagedError):
            receipt(tx, 17)
        with pytest.raises(LedgerDamagedError):
            bundle(tx, 1, 0)


def test_leaves_beyond_the_head_are_named(grown):
    assert damage(grown, insert(ledger_entries).values(position=700, leaf=b"{}")) == ["entries"]


def test_an_altered_missing_or_overlong_tile_is_named(grown):
    with grown.database.read() as tx:
        whole, part = tile(tx, 1, 0, 0), tile(tx, 1, 0, 2, 109)
    first = (ledger_tiles.c.level == 0) & (ledger_tiles.c.number == 0)
    last = (ledger_tiles.c.level == 0) & (ledger_tiles.c.number == 2)
    altered = whole[:64] + bytes(32) + whole[96:]
    assert damage(grown, update(ledger_tiles).where(first).values(hashes=altered)) == ["tile 0/000 hash 2"]
    assert damage(grown, update(ledger_tiles).where(first).values(hashes=whole)) == []
    assert damage(grown, update(ledger_tiles).where(last).values(hashes=part + bytes(32))) == [
        "tiles of level 0"
    ]
    assert damage(grown, delete(ledger_tiles).where(last)) == ["tile 0/002 hash 0"]
    with grown.database.read() as tx, pytest.raises(LedgerDamagedError):
        receipt(tx, 600)


def test_a_head_that_disagrees_is_named(grown):
    assert damage(grown, update(ledger_head).values(hashes=b"")) == ["head"]
    assert damage(grown, update(ledger_head).values(size=620))[0] == "head"
    assert damage(grown, delete(ledger_head)) == ["head"]


def test_checkpoints_that_are_wrong_foreign_or_missing_are_named(grown):
    stranger = NoteSigner(grown.signer.name, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    at_301 = ledger_checkpoints.c.size == 301
    text = f"{grown.signer.name}\n301\n{'A' * 43}=\n"
    assert damage(grown, update(ledger_checkpoints).where(at_301).values(note=grown.signer.sign(text))) == [
        "checkpoint 301"
    ]
    assert damage(grown, update(ledger_checkpoints).where(at_301).values(note=stranger.sign(text))) == [
        "checkpoint 301"
    ]
    assert damage(grown, delete(ledger_checkpoints).where(at_301)) == []
    newest = ledger_checkpoints.c.size == 621
    assert damage(grown, delete(ledger_checkpoints).where(newest)) == ["checkpoint 621"]
    with grown.database.read() as tx, pytest.raises(LedgerDamagedError):
        receipt(tx, 620)


def test_checkpoints_beyond_the_head_are_named(grown):
    beyond = insert(ledger_checkpoints).values(size=900, note="note", at=0)
    assert damage(grown, beyond) == ["checkpoints"]


def test_leaves_can_be_read_in_order_from_any_position(grown):
    with grown.database.read() as tx:
        leaves = list(read_leaves(tx, 600))
        assert [position for position, _ in leaves] == list(range(600, 621))
        assert [members["number"] for _, members in leaves] == list(range(600, 621))


def test_a_receipt_beyond_the_ledger_is_not_found(grown):
    with grown.database.read() as tx, pytest.raises(NotFound):
        receipt(tx, 621)
