"""The ledger's key is changed: the old one vouches for the new, and each checks its own part."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update

from axis.ledger.errors import LedgerKeyChangedError, LedgerKeyError
from axis.ledger.journal import open_journal
from axis.ledger.key import next_key_path, prepare_next_key, settle_key
from axis.ledger.key_changes import change_key, key_at, ledger_keys
from axis.ledger.leaves import read_leaf
from axis.ledger.queries import read_leaf as stored_leaf
from axis.ledger.receipts import receipt
from axis.ledger.recorder import Recorder
from axis.ledger.setup import open_ledger, read_verifier
from axis.ledger.tables import ledger_entries
from axis.ledger.tables import ledger_keys as key_table
from axis.ledger.tree_checks import fsck
from axis.protocol.errors import Overloaded
from signing.key_changes import check_key_change
from signing.notes import NoteNotTrusted, NoteSigner, UnreadableNote, check_receipt


def another(ledger):
    return NoteSigner(ledger.signer.name, Ed25519PrivateKey.generate())


def change(ledger, new, old=None):
    return ledger.database.write(lambda tx: change_key(tx, old or ledger.signer, new, ledger.clock))


def append(_tx, journal, items):
    return [journal.append({"event": "test", "number": item}) for item in items]


def test_each_key_signs_its_own_part_and_the_change_is_a_leaf(ledger):
    ledger.append(3)
    new = another(ledger)
    position = change(ledger, new)
    assert position == 3
    Recorder(ledger.database, new, ledger.clock).record(append, 1).result()
    with ledger.database.read() as tx:
        by_old, by_change, by_new = (receipt(tx, place) for place in (0, 3, 4))
        leaf = read_leaf(stored_leaf(tx, position))
        keys = ledger_keys(tx, new.verifier)
        assert list(fsck(tx, new.verifier)) == []
        assert read_verifier(tx, new.key) == new.verifier
        with pytest.raises(LedgerKeyError):
            read_verifier(tx, ledger.signer.key)
    assert [check_receipt(each, ledger.signer.verifier).valid for each in (by_old, by_change, by_new)] == [
        True,
        True,
        False,
    ]
    assert check_receipt(by_new, new.verifier).valid
    assert check_key_change(leaf["statement"], ledger.signer.verifier) == new.verifier
    assert [key.verifier for key in keys] == [new.verifier, ledger.signer.verifier]
    assert [key_at(keys, size) for size in (0, 3, 4, 5)] == [ledger.signer.verifier] * 3 + [new.verifier]


def test_a_ledger_changes_its_key_as_often_as_it_likes(ledger):
    first, second = another(ledger), another(ledger)
    change(ledger, first)
    with pytest.raises(LedgerKeyChangedError):
        change(ledger, second)
    assert change(ledger, second, old=first) == 1
    with ledger.database.read() as tx:
        assert list(fsck(tx, second.verifier)) == []
        assert len(ledger_keys(tx, second.verifier)) == 3


def test_neither_a_stranger_nor_the_key_itself_changes_the_key(ledger):
    with pytest.raises(NoteNotTrusted):
        change(ledger, another(ledger), old=another(ledger))
    with pytest.raises(UnreadableNote):
        change(ledger, ledger.signer)
    with ledger.database.read() as tx:
        assert len(ledger_keys(tx, ledger.signer.verifier)) == 1


def test_the_old_key_neither_opens_nor_signs_any_more(ledger):
    change(ledger, another(ledger))
    with pytest.raises(LedgerKeyError):
        ledger.database.write(lambda tx: open_ledger(tx, ledger.signer.key, "http://x", ledger.clock.now()))
    with pytest.raises(LedgerKeyChangedError):
        ledger.database.write(lambda tx: open_journal(tx, ledger.signer, ledger.clock))


def test_a_running_recorder_goes_on_with_the_new_key(ledger):
    new = another(ledger)
    keys = {new.verifier.key_id.hex(): new}
    recorder = Recorder(ledger.database, ledger.signer, ledger.clock, keys.get)
    recorder.record(append, 1).result()
    change(ledger, new)
    assert recorder.record(append, 2).result().result == 2
    assert recorder.signer == new
    with ledger.database.read() as tx:
        assert list(fsck(tx, new.verifier)) == []


def test_a_recorder_without_the_new_key_takes_nothing_in(ledger):
    change(ledger, another(ledger))
    with pytest.raises(Overloaded):
        ledger.recorder.record(append, 1).result()


@pytest.mark.parametrize("lie", ["vkey", "statement", "leaf"])
def test_fsck_follows_the_keys(ledger, lie):
    new, other = another(ledger), another(ledger)
    position = change(ledger, new)
    table = key_table.c.position == position
    statements = {
        "vkey": update(key_table).where(table).values(vkey=str(other.verifier)),
        "statement": update(key_table).where(table).values(statement="nothing"),
        "leaf": update(ledger_entries).where(ledger_entries.c.position == position).values(leaf=b"{}"),
    }
    ledger.database.write(lambda tx: tx.execute(statements[lie]))
    with ledger.database.read() as tx:
        assert f"key {position}" in [each.where for each in fsck(tx, new.verifier)]


def test_files_are_moved_once_the_change_is_written_however_it_was_cut_off(tmp_path, ledger):
    path = tmp_path / "ledger-key.pem"
    old = prepare_next_key(path)
    name = ledger.signer.name

    def id_of(key):
        return NoteSigner(name, key).verifier.key_id.hex()

    next_key_path(path).rename(path)
    new = prepare_next_key(path)
    assert prepare_next_key(path).private_bytes_raw() == new.private_bytes_raw()  # made once
    assert settle_key(path, name, id_of(old)).private_bytes_raw() == old.private_bytes_raw()
    assert next_key_path(path).exists()
    for _ in range(2):
        assert settle_key(path, name, id_of(new)).private_bytes_raw() == new.private_bytes_raw()
    assert not next_key_path(path).exists()
    assert (tmp_path / f"ledger-key.pem.{id_of(old)}").exists()
    assert settle_key(path, name, "00000000") is None
    assert path.stat().st_mode & 0o777 == 0o600
