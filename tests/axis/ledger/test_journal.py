"""Appending: positions, leaves as stored, receipts of the group, and nothing half written."""

import pytest
from support import independent_receipt

from axis.clock import Clock, Microseconds, rfc3339
from axis.ledger.journal import open_journal
from axis.ledger.leaves import MAX_LEAF_BYTES, read_leaf
from axis.ledger.queries import read_entries, read_head
from axis.ledger.receipts import receipt
from axis.protocol.errors import TooLarge
from signing.notes import check_receipt


def test_every_leaf_of_a_group_has_a_valid_receipt_at_once(ledger):
    for count in (1, 2, 5, 64, 1, 300):
        sealed = ledger.append(count)
        for position in range(sealed.first, sealed.first + count):
            check = check_receipt(sealed.receipt(position), ledger.signer.verifier)
            assert check.valid
            assert read_leaf(check.receipt.leaf)["number"] == position


def test_the_receipt_checks_with_openssl_and_the_standard_library_alone(ledger):
    ledger.append(3)
    sealed = ledger.append(4)
    for position in range(3, 7):
        leaf = independent_receipt.check(sealed.receipt(position), str(ledger.signer.verifier))
        assert read_leaf(leaf)["number"] == position


def test_a_group_gives_receipts_of_its_own_leaves_only(ledger):
    ledger.append(2)
    sealed = ledger.append(2)
    for position in (1, 4, -1):
        with pytest.raises(LookupError):
            sealed.receipt(position)


def test_leaves_are_completed_with_version_time_clock_and_salt(ledger):
    def work(tx):
        journal = open_journal(tx, ledger.signer, ledger.clock)
        journal.append({"event": "test"})
        journal.append({"event": "test"}, Microseconds(0))
        journal.seal(tx)
        return journal.at

    ledger.clock.move(-1_000_000)
    at = ledger.database.write(work)
    with ledger.database.read() as tx:
        (_, first), (_, second) = read_entries(tx, 0, 9)
    one, two = read_leaf(first), read_leaf(second)
    assert set(one) == {"event", "v", "at", "clock", "salt"}
    assert (one["v"], one["clock"], one["at"]) == (2, "moved", rfc3339(at))
    assert two["at"] == "1970-01-01T00:00:00.000000Z"
    assert len(one["salt"]) == 32
    assert one["salt"] != two["salt"]


def test_leaves_under_the_real_clock_say_so(ledger):
    ledger.append(1)
    with ledger.database.read() as tx:
        assert read_leaf(read_entries(tx, 0, 1)[0][1])["clock"] == "real"


def test_nothing_is_written_when_nothing_was_appended(ledger):
    before = ledger.append(3)
    sealed = ledger.append(0)
    assert (sealed.first, sealed.leaves, sealed.note) == (3, (), "")
    with ledger.database.read() as tx:
        assert read_head(tx)[0] == 3
        assert receipt(tx, 2) == before.receipt(2)


def test_a_leaf_that_no_bundle_could_hold_is_refused_alone(ledger):
    def work(tx):
        journal = open_journal(tx, ledger.signer, ledger.clock)
        with pytest.raises(TooLarge):
            journal.append({"text": "x" * MAX_LEAF_BYTES})
        position = journal.append({"text": "x" * (MAX_LEAF_BYTES - 200)})
        return position, journal.seal(tx)

    position, sealed = ledger.database.write(work)
    assert position == 0
    assert check_receipt(sealed.receipt(0), ledger.signer.verifier).valid


def test_a_transaction_that_fails_leaves_the_ledger_as_it_was(ledger):
    ledger.append(2)

    def work(tx):
        journal = open_journal(tx, ledger.signer, ledger.clock)
        journal.append({"event": "test"})
        journal.seal(tx)
        raise RuntimeError("after sealing")

    with pytest.raises(RuntimeError):
        ledger.database.write(work)
    with ledger.database.read() as tx:
        assert read_head(tx)[0] == 2
        assert len(read_entries(tx, 0, 9)) == 2
    assert ledger.append(1).first == 2


def test_time_is_taken_under_the_lock(ledger):
    clock = Clock()
    earlier = clock.now()
    assert ledger.database.write(lambda tx: open_journal(tx, ledger.signer, clock).at) >= earlier
