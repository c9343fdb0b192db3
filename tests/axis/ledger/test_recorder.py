"""Recording: groups share a checkpoint, and a bad item spoils nobody else's."""

import asyncio
import threading

import pytest

from axis.database import open_database
from axis.ledger.queries import read_entries
from axis.ledger.recorder import Recorder
from axis.ledger.tree_checks import fsck
from signing.notes import check_receipt


class Refused(Exception):
    pass


def numbers(_tx, journal, items):
    return [journal.append({"event": "number", "item": item}) for item in items]


def words(_tx, journal, items):
    return [journal.append({"event": "word", "item": item}) for item in items]


def picky(_tx, journal, items):
    return [Refused(item) if item < 0 else journal.append({"event": "picky"}) for item in items]


def fragile(_tx, journal, items):
    positions = [journal.append({"event": "fragile"}) for _ in items]
    if any(item < 0 for item in items):
        raise Refused("the whole group")
    return positions


def hold(database):
    """Keep the writer busy, so that what is recorded meanwhile becomes one group."""
    gate, running = threading.Event(), threading.Event()

    def wait(_tx):
        running.set()
        gate.wait()

    thread = threading.Thread(target=lambda: database.write(wait))
    thread.start()
    running.wait()
    return gate, thread


def record_together(ledger, *pairs):
    gate, thread = hold(ledger.database)
    futures = [ledger.recorder.record(kind, item) for kind, item in pairs]
    gate.set()
    thread.join()
    return futures


def test_a_group_of_several_kinds_shares_one_checkpoint_and_keeps_each_result_with_its_item(ledger):
    futures = record_together(ledger, (numbers, 1), (words, "a"), (numbers, 2), (words, "b"))
    recorded = [future.result() for future in futures]
    assert len({id(one.sealed) for one in recorded}) == 1
    assert [one.result for one in recorded] == [0, 2, 1, 3], "kinds in the order in which they appear"
    for one in recorded:
        assert check_receipt(one.sealed.receipt(one.result), ledger.signer.verifier).valid


def test_an_exception_returned_is_its_items_own_outcome(ledger):
    futures = record_together(ledger, (picky, 1), (picky, -1), (picky, 2))
    assert [futures[place].result().result for place in (0, 2)] == [0, 1]
    with pytest.raises(Refused):
        futures[1].result()


def test_a_group_that_raises_is_tried_again_item_by_item(ledger):
    futures = record_together(ledger, (fragile, 1), (fragile, -1), (numbers, 5))
    assert futures[0].result().result == 0
    with pytest.raises(Refused):
        futures[1].result()
    assert futures[2].result().result == 1
    with ledger.database.read() as tx:
        assert len(read_entries(tx, 0, 9)) == 2
        assert list(fsck(tx, ledger.signer.verifier)) == []


def test_recording_can_be_awaited(ledger):
    async def run():
        return await asyncio.gather(*(ledger.recorder.record_async(numbers, item) for item in range(100)))

    recorded = asyncio.run(run())
    assert [one.result for one in recorded] == list(range(100))


def test_awaiting_gives_the_items_exception(ledger):
    with pytest.raises(Refused):
        asyncio.run(ledger.recorder.record_async(picky, -1))


def test_several_processes_append_to_one_ledger_without_a_gap(ledger):
    if ledger.database.dialect == "sqlite":
        pytest.skip("one process writes an SQLite store")
    others = [open_database(ledger.url) for _ in range(3)]
    recorders = [Recorder(other, ledger.signer, ledger.clock) for other in others]
    futures = [recorder.record(numbers, item) for item in range(60) for recorder in recorders]
    recorded = [future.result() for future in futures]
    for other in others:
        other.close()
    assert sorted(one.result for one in recorded) == list(range(180))
    for one in recorded:
        assert check_receipt(one.sealed.receipt(one.result), ledger.signer.verifier).valid
    with ledger.database.read() as tx:
        assert list(fsck(tx, ledger.signer.verifier)) == []
