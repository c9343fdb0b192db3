"""The one writer: order, groups, retries alone, and refusing when too much waits."""

import asyncio
import threading

import pytest
from sqlalchemy import select
from support.waiting import GUARD_SECONDS

from axis.database import writer
from axis.database.migrate import migrate
from axis.database.store_facts import get_fact, raise_version, set_fact, store, version
from axis.protocol.errors import Overloaded


class Groups:
    """A lane that writes facts and remembers how they were grouped."""

    def __init__(self):
        self.groups = []

    def commit(self, tx, items):
        self.groups.append(list(items))
        for item in items:
            if item == "poison":
                set_fact(tx, "half", "done")
                raise ValueError("poison")
            set_fact(tx, item, "written")
        return [ValueError(item) if item == "refused" else item for item in items]


@pytest.fixture
def paused(database):
    """A writer that is busy until the test lets it go on."""
    gate = threading.Event()
    started = threading.Event()

    def hold(_tx):
        started.set()
        gate.wait(GUARD_SECONDS)

    thread = threading.Thread(target=lambda: database.write(hold))
    thread.start()
    assert started.wait(GUARD_SECONDS)
    yield gate
    gate.set()
    thread.join()


def test_items_that_wait_together_share_a_transaction(database, paused):
    lane = Groups()
    futures = [database.submit(lane, name) for name in ("a", "b", "c")]
    paused.set()
    assert [future.result(GUARD_SECONDS) for future in futures] == ["a", "b", "c"]
    assert lane.groups == [["a", "b", "c"]]


def test_an_item_that_fails_is_tried_alone_and_spoils_nobody_elses(database, paused):
    lane = Groups()
    good, bad, other = (database.submit(lane, name) for name in ("good", "poison", "other"))
    paused.set()
    assert good.result(GUARD_SECONDS) == "good"
    assert other.result(GUARD_SECONDS) == "other"
    with pytest.raises(ValueError, match="poison"):
        bad.result(GUARD_SECONDS)
    with database.read() as tx:
        assert get_fact(tx, "half") is None
        assert get_fact(tx, "other") == "written"


def test_an_outcome_that_is_an_exception_leaves_its_group_standing(database, paused):
    lane = Groups()
    first, refused = database.submit(lane, "first"), database.submit(lane, "refused")
    paused.set()
    assert first.result(GUARD_SECONDS) == "first"
    with pytest.raises(ValueError, match="refused"):
        refused.result(GUARD_SECONDS)
    assert lane.groups == [["first", "refused"]]


def test_an_item_whose_caller_left_is_not_written(database, paused):
    lane = Groups()
    stays, leaves = database.submit(lane, "stays"), database.submit(lane, "leaves")
    assert leaves.cancel()
    paused.set()
    assert stays.result(GUARD_SECONDS) == "stays"
    with database.read() as tx:
        assert get_fact(tx, "leaves") is None


def test_a_full_queue_refuses_and_queues_nothing(database, paused):
    lane = Groups()
    with pytest.raises(Overloaded):
        for number in range(10_000):
            database.submit(lane, f"item-{number}")
    paused.set()


def test_concurrent_increments_are_all_kept(database):
    def many():
        for _ in range(30):
            database.write(raise_version)

    threads = [threading.Thread(target=many) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as tx:
        assert version(tx) == 240


def test_migrating_again_changes_nothing(database):
    assert migrate(database) is False
    with database.read() as tx:
        assert tx.execute(select(store.c.key).order_by(store.c.key)).scalars().all() == [
            "oldest_hub",
            "sandbox",
        ]


def test_a_group_waits_a_moment_for_an_item_on_its_way(database, monkeypatch):
    monkeypatch.setattr(writer, "GATHER_SECONDS", GUARD_SECONDS)  # the item comes, however slowly
    lane = Groups()
    database.expect(lambda: 2)
    first = database.submit(lane, "first")
    second = database.submit(lane, "second")
    assert (first.result(GUARD_SECONDS), second.result(GUARD_SECONDS)) == ("first", "second")
    assert lane.groups == [["first", "second"]]


def test_an_item_that_never_comes_holds_a_group_up_for_a_moment_only(database):
    lane = Groups()
    database.expect(lambda: 2)
    assert database.submit(lane, "alone").result(GUARD_SECONDS) == "alone"
    assert lane.groups == [["alone"]]


def test_an_event_loop_is_woken_once_for_all_items_of_a_group(database, paused):
    lane = Groups()

    async def ask():
        loop = asyncio.get_running_loop()
        wake_ups = []
        wake = loop.call_soon_threadsafe
        loop.call_soon_threadsafe = lambda *call: wake_ups.append(call) or wake(*call)
        futures = [database.submit_async(lane, name) for name in ("a", "refused", "c")]
        paused.set()
        async with asyncio.timeout(GUARD_SECONDS):
            return await asyncio.gather(*futures, return_exceptions=True), len(wake_ups)

    outcomes, wake_ups = asyncio.run(ask())
    assert [str(outcome) for outcome in outcomes] == ["a", "refused", "c"]
    assert wake_ups == 1
    assert lane.groups == [["a", "refused", "c"]]


def test_an_item_whose_caller_left_its_event_loop_is_not_written(database, paused):
    lane = Groups()

    async def ask():
        database.submit_async(lane, "left").cancel()
        stays = database.submit_async(lane, "stays")
        paused.set()
        async with asyncio.timeout(GUARD_SECONDS):
            return await stays

    assert asyncio.run(ask()) == "stays"
    assert lane.groups == [["stays"]]


def test_a_loop_that_has_closed_holds_up_nobody(database, paused):
    lane = Groups()

    async def leave():
        database.submit_async(lane, "closed")

    asyncio.run(leave())
    other = database.submit(lane, "other")
    paused.set()
    assert other.result(GUARD_SECONDS) == "other"
