"""A restored hub's next ledger: positions go on, both ledgers are whole, and receipts of both verify."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, update

from axis.ledger import published_log
from axis.ledger.errors import LedgerKeyError
from axis.ledger.key_changes import change_key, ledger_keys
from axis.ledger.leaves import read_leaf
from axis.ledger.next_ledger import open_next_ledger
from axis.ledger.queries import (
    count_entries,
    current_ledger,
    entries_before,
    entry_from,
    newest_checkpoint,
    size_of,
)
from axis.ledger.receipts import receipt
from axis.ledger.setup import ledger_named, open_ledger
from axis.ledger.tables import ledger_entries, ledgers
from axis.ledger.tree_checks import fsck, read_leaves
from axis.protocol.errors import NotFound
from axis.protocol.ledger_positions import begin_of
from signing.notes import NoteSigner, check_receipt, read_checkpoint, split_note

from .conftest import KEY, Ledger

SECOND = begin_of(2)


def restored(ledger: Ledger, known: str | None = None) -> Ledger:
    """Open the next ledger, and return what appends to it."""
    signer = ledger.database.write(lambda tx: open_next_ledger(tx, ledger.signer, known, ledger.clock))
    return Ledger(ledger.database, ledger.url, signer, ledger.clock, ledger.recorder)


def differences(ledger: Ledger) -> list[str]:
    with ledger.database.read() as tx:
        return [each.where for each in fsck(tx, ledger.signer.verifier)]


@pytest.fixture
def grown(ledger: Ledger) -> Ledger:
    for count in (1, 300):
        ledger.append(count)
    return ledger


def test_the_first_leaf_names_the_last_checkpoint_and_positions_go_on(grown: Ledger) -> None:
    with grown.database.read() as tx:
        last = newest_checkpoint(tx)
    new = restored(grown)
    sealed = new.append(400)
    assert sealed.first == SECOND + 1
    assert new.signer.name.startswith("axis.example:8000/v1/ledger/2-")
    with new.database.read() as tx:
        positions, leaves = zip(*read_leaves(tx), strict=True)
        assert positions == (*range(301), *range(SECOND, SECOND + 401))
        first = leaves[301]
        assert (first["event"], first["ledger"], first["kept"], first["checkpoint"]) == (
            "restored",
            grown.signer.name,
            301,
            last,
        )
        assert (current_ledger(tx), count_entries(tx), entries_before(tx, SECOND + 5)) == (2, 702, 306)
        assert (size_of(tx, 1), size_of(tx, 2), size_of(tx, 3)) == (301, 401, 0)
        assert (entry_from(tx, 301), entry_from(tx, SECOND + 401)) == (SECOND, None)
        assert [ledger_named(tx, each.signer.name) for each in (grown, new)] == [1, 2]
        assert ledger_named(tx, "another") is None
    assert differences(new) == []


def test_receipts_and_tiles_of_both_ledgers_stay_what_they_were(grown: Ledger) -> None:
    with grown.database.read() as tx:
        before = receipt(tx, 200), published_log.tile(tx, 1, 0, 1, 45), published_log.bundle(tx, 1, 1, 45)
    new = restored(grown)
    sealed = new.append(300)
    with new.database.read() as tx:
        after = receipt(tx, 200), published_log.tile(tx, 1, 0, 1, 45), published_log.bundle(tx, 1, 1, 45)
        assert after == before
        assert check_receipt(after[0], grown.signer.verifier).valid
        made = receipt(tx, SECOND + 260)
        assert made == sealed.receipt(SECOND + 260)
        check = check_receipt(made, new.signer.verifier)
        assert check.valid
        assert check.receipt is not None
        assert check.receipt.position == 260
        assert not check_receipt(made, grown.signer.verifier).valid
        assert published_log.tile(tx, 2, 0, 1, 45) != before[1]
        for ledger, number, width in ((1, 1, 46), (2, 1, 46), (3, 0, 1), (1, 2**32, 1), (1, 2**32 + 1, 45)):
            with pytest.raises(NotFound):
                published_log.tile(tx, ledger, 0, number, width)
            with pytest.raises(NotFound):
                published_log.bundle(tx, ledger, number, width)
        assert read_checkpoint(split_note(published_log.checkpoint(tx, 1))[0]).size == 301
        assert read_checkpoint(split_note(published_log.checkpoint(tx))[0]).origin == new.signer.name
        assert [str(key.verifier) for key in ledger_keys(tx, new.signer.verifier)] == [
            str(new.signer.verifier),
            str(grown.signer.verifier),
        ]


def test_a_later_checkpoint_of_the_old_ledger_may_be_named_and_no_other(grown: Ledger) -> None:
    with grown.database.read() as tx:
        earlier = newest_checkpoint(tx)
    grown.append(5)
    assert earlier is not None
    stranger = NoteSigner(grown.signer.name, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    other = NoteSigner("another", KEY)
    text = f"{grown.signer.name}\n900\n{'A' * 43}=\n"
    for refused in (
        earlier,
        stranger.sign(text),
        other.sign(text.replace(grown.signer.name, "another")),
        "x",
    ):
        with pytest.raises(LedgerKeyError):
            restored(grown, refused)
    new = restored(grown, grown.signer.sign(text))
    with new.database.read() as tx:
        row = tx.execute(ledgers.select()).one()
        assert (row.size, read_checkpoint(split_note(row.known)[0]).size) == (306, 900)
    assert differences(new) == []


def test_a_hub_is_restored_again_and_its_keys_are_changed_in_between(grown: Ledger) -> None:
    second = restored(grown)
    second.append(3)
    key = Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)
    changed = NoteSigner(second.signer.name, key)
    second.database.write(lambda tx: change_key(tx, second.signer, changed, second.clock))
    third = restored(Ledger(second.database, second.url, changed, second.clock, second.recorder))
    third.append(2)
    assert third.signer.name.startswith("axis.example:8000/v1/ledger/3-")
    assert differences(third) == []
    with third.database.read() as tx:
        assert count_entries(tx) == 301 + 5 + 3
        assert [key.position for key in ledger_keys(tx, third.signer.verifier)] == [
            None,
            SECOND + 4,
            None,
            None,
        ]
    with pytest.raises(LedgerKeyError):
        third.database.write(lambda tx: open_ledger(tx, KEY, "http://axis.example:8000/", third.clock.now()))
    opened = third.database.write(
        lambda tx: open_ledger(tx, key, "http://axis.example:8000/", third.clock.now())
    )
    assert opened.name == third.signer.name


def test_damage_is_named_with_its_ledger(grown: Ledger) -> None:
    new = restored(grown)
    new.append(2)

    def found(statement) -> list[str]:
        new.database.write(lambda tx: tx.execute(statement) and None)
        return differences(new)

    assert found(insert(ledger_entries).values(position=400, leaf=b"{}")) == ["ledger 1 entries"]
    new.database.write(
        lambda tx: tx.execute(ledger_entries.delete().where(ledger_entries.c.position == 400)) and None
    )
    first = ledger_entries.c.position == SECOND
    with new.database.read() as tx:
        leaf = read_leaf(tx.execute(ledger_entries.select().where(first)).one().leaf)
    assert leaf["kept"] == 301
    assert {"ledger 1 entries", "ledger 1 kept"} <= set(found(update(ledgers).values(size=300)))
    assert "ledger 1" in found(update(ledgers).values(size=301, known="nothing"))
    assert "ledger 1 entry 7" in found(ledger_entries.delete().where(ledger_entries.c.position == 7))
