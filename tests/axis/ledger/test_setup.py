"""A ledger keeps its name and its key for ever."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from axis.clock import Clock
from axis.ledger.errors import LedgerKeyError, LedgerNotOpenedError
from axis.ledger.journal import open_journal
from axis.ledger.published_log import checkpoint
from axis.ledger.setup import open_ledger, origin_of, read_verifier
from signing.merkle import EMPTY_ROOT
from signing.notes import Checkpoint, NoteSigner, open_note, read_checkpoint

STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://axis.example", "axis.example/v1/ledger"),
        ("http://127.0.0.1:8000/", "127.0.0.1:8000/v1/ledger"),
        ("https://axis.example/a+b c/", "axis.example/a-b-c/v1/ledger"),
        ("axis.example", "axis.example/v1/ledger"),
    ],
)
def test_the_ledgers_name_is_the_address_without_its_scheme(address, origin):
    assert origin_of(address) == origin


def test_a_new_ledger_has_a_signed_checkpoint_of_the_empty_tree(ledger):
    with ledger.database.read() as tx:
        note = checkpoint(tx)
    found = read_checkpoint(open_note(note, ledger.signer.verifier))
    assert found == Checkpoint("axis.example:8000/v1/ledger", 0, EMPTY_ROOT)


def test_the_name_stays_when_the_address_changes(ledger):
    key = ledger.signer.key
    again = ledger.database.write(lambda tx: open_ledger(tx, key, "https://new.example", ledger.clock.now()))
    assert again == ledger.signer
    with ledger.database.read() as tx:
        assert read_verifier(tx, key) == ledger.signer.verifier


@pytest.mark.parametrize("appended", [0, 3])
def test_a_ledger_is_not_opened_with_another_key(ledger, appended):
    if appended:
        ledger.append(appended)
    with pytest.raises(LedgerKeyError, match="another key"):
        ledger.database.write(lambda tx: open_ledger(tx, STRANGER, "http://x", ledger.clock.now()))


def test_a_store_without_ledger_says_so(database):
    signer = NoteSigner("axis.example", STRANGER)
    with pytest.raises(LedgerNotOpenedError):
        database.write(lambda tx: open_journal(tx, signer, Clock()))
    with database.read() as tx:
        with pytest.raises(LedgerNotOpenedError):
            checkpoint(tx)
        with pytest.raises(LedgerNotOpenedError):
            read_verifier(tx, STRANGER)
