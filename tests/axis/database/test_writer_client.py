"""A front and a writer process: what crosses the socket, what a lost writer leaves, turns and announcements.

Both sides run in one event loop here, over a real socket; the processes are tested in
`tests/promises/test_killed_processes.py`.
"""

import asyncio
import contextlib
import threading

import pytest
from support.waiting import GUARD_SECONDS, until

from axis.database.failures import StoreFailing
from axis.database.writer_client import InDoubt, Told, WriterAddress, WriterClient
from axis.database.writer_server import WriterServer
from axis.database.writer_turns import announce, turn
from axis.protocol.errors import NotFound, Overloaded, Place


class Collaborator:
    """Something that every process has of its own."""


class Echo:
    """A lane whose outcome is the item itself; it notes what it was given, and can be held up."""

    def __init__(self):
        self.given = []
        self.go_on = threading.Event()
        self.go_on.set()

    def commit(self, _tx, items):
        self.given.append(list(items))
        assert self.go_on.wait(GUARD_SECONDS)
        return [NotFound(Place(item, "nothing")) if item == "/absent" else item for item in items]


class Unsendable(Exception):
    def __init__(self, name, reason):
        super().__init__(name)
        self.reason = reason


class Failing:
    """A lane whose outcomes cannot be read where they arrive, or tell of a failing store."""

    def commit(self, _tx, items):
        made = {"unsendable": Unsendable("a", lambda: "b"), "failing": StoreFailing(retry_after_seconds=5)}
        return [made[item] for item in items]


@contextlib.asynccontextmanager
async def writing(database, lane, path, shared=None, fronts=1):
    looks = []
    server = WriterServer(database, lane, shared or {}, lambda: looks.append("writer"), fronts=fronts)
    async with server.listening(str(path)):
        yield looks


@contextlib.asynccontextmanager
async def fronting(path, shared=None, max_waiting=8):
    client = WriterClient(WriterAddress(str(path), shared or {}), max_waiting=max_waiting)
    heard = {"committed": 0, "looks": 0, "failures": []}

    def committed():
        heard["committed"] += 1

    def look():
        heard["looks"] += 1

    async with client.running(Told(committed, look, heard["failures"].append)):
        yield client, heard


def test_outcomes_come_back_to_the_front_that_asked_and_all_hear_of_the_commit(database, tmp_path):
    async def run():
        path = tmp_path / "w"
        async with (
            writing(database, Echo(), path),
            fronting(path) as (one, _),
            fronting(path) as (two, heard),
        ):
            mine = [one.submit_async(("an item", number)) for number in range(5)]
            theirs = await asyncio.gather(one.submit_async("/absent"), return_exceptions=True)
            assert await asyncio.gather(*mine) == [("an item", number) for number in range(5)]
            (refusal,) = theirs
            assert isinstance(refusal, NotFound)
            assert refusal.places == (Place("/absent", "nothing"),)
            await until(lambda: heard["committed"], "the other front to hear of it")
            assert await asyncio.to_thread(two.submit("from a thread").result) == "from a thread"

    asyncio.run(run())


def test_a_collaborator_is_named_and_not_sent(database, tmp_path):
    async def run():
        path, echo = tmp_path / "w", Echo()
        here, there = Collaborator(), Collaborator()
        async with writing(database, echo, path, {"it": there}), fronting(path, {"it": here}) as (client, _):
            assert await client.submit_async([here]) == [here]
        assert echo.given == [[[there]]]

    asyncio.run(run())


def test_more_than_may_wait_is_refused_before_it_is_sent(database, tmp_path):
    async def run():
        path, echo = tmp_path / "w", Echo()
        echo.go_on.clear()
        async with writing(database, echo, path), fronting(path, max_waiting=3) as (client, _):
            waiting = [client.submit_async(number) for number in range(3)]
            with pytest.raises(Overloaded):
                client.submit_async("one more")
            echo.go_on.set()
            assert await asyncio.gather(*waiting) == [0, 1, 2]
            assert await client.submit_async("again") == "again"

    asyncio.run(run())


def test_a_lost_writer_leaves_in_doubt_what_it_had_and_the_next_one_gets_the_rest(database, tmp_path):
    async def run():
        path, first, second = tmp_path / "w", Echo(), Echo()
        first.go_on.clear()
        async with contextlib.AsyncExitStack() as stack:
            async with writing(database, first, path):
                client, _ = await stack.enter_async_context(fronting(path))
                sent = client.submit_async("sent")
                await until(lambda: first.given, "the writer to have it")
            with pytest.raises(InDoubt):
                await sent
            assert not client.connected
            unsent = client.submit_async("not sent yet")
            first.go_on.set()
            async with writing(database, second, path):
                assert await unsent == "not sent yet"
                assert client.connected
        assert second.given == [["not sent yet"]]

    asyncio.run(run())


def test_items_do_not_wait_for_ever_for_a_writer(database, tmp_path, monkeypatch):
    monkeypatch.setattr("axis.database.writer_client.PATIENCE_SECONDS", 0.05)

    async def run():
        path = tmp_path / "w"
        async with contextlib.AsyncExitStack() as stack:
            async with writing(database, Echo(), path):
                client, _ = await stack.enter_async_context(fronting(path))
                await client.submit_async("while there is one")
            await until(lambda: not client.connected, "the writer to be missed")
            with pytest.raises(StoreFailing):
                while True:
                    await client.submit_async("an item")

    asyncio.run(run())


def test_a_failing_store_is_told_to_the_front_and_what_cannot_be_sent_is_an_error_of_ours(database, tmp_path):
    async def run():
        path = tmp_path / "w"
        async with writing(database, Failing(), path), fronting(path) as (client, heard):
            with pytest.raises(StoreFailing):
                await client.submit_async("failing")
            assert [type(each) for each in heard["failures"]] == [StoreFailing]
            with pytest.raises(Exception, match="internal-error"):
                await client.submit_async("unsendable")

    asyncio.run(run())


def test_nothing_is_committed_during_a_turn(database, tmp_path):
    async def run():
        path, echo = tmp_path / "w", Echo()
        held, let_go = threading.Event(), threading.Event()

        def hold():
            with turn(str(path)):
                held.set()
                assert let_go.wait(GUARD_SECONDS)

        async with writing(database, echo, path), fronting(path) as (client, _):
            holding = asyncio.create_task(asyncio.to_thread(hold))
            await asyncio.to_thread(held.wait, GUARD_SECONDS)
            waiting = client.submit_async("an item")
            await asyncio.sleep(0.05)
            assert not echo.given
            let_go.set()
            assert await waiting == "an item"
            await holding

    asyncio.run(run())


def test_without_a_writer_a_turn_comes_by_itself(tmp_path, monkeypatch):
    monkeypatch.setattr("axis.database.writer_turns.WAIT_SECONDS", 0.05)
    with turn(str(tmp_path / "nobody")):
        pass
    with pytest.raises(StoreFailing):
        announce(str(tmp_path / "nobody"))


def test_an_announcement_is_answered_once_the_writer_and_every_front_have_looked(database, tmp_path):
    async def run():
        path = tmp_path / "w"
        async with (
            writing(database, Echo(), path, fronts=2) as looks,
            fronting(path) as (_, one),
            fronting(path) as (_, two),
        ):
            await until(lambda: one["looks"] == two["looks"] == 1, "the look of a front that comes")
            for number in range(1, 4):
                await asyncio.to_thread(announce, str(path))
                assert looks == ["writer"] * number
                assert (one["looks"], two["looks"]) == (1 + number, 1 + number)

    asyncio.run(run())


def test_an_announcement_does_not_wait_for_ever_for_a_front_that_is_gone(database, tmp_path, monkeypatch):
    monkeypatch.setattr("axis.database.writer_server.ANNOUNCE_SECONDS", 0.05)

    async def run():
        path = tmp_path / "w"
        async with writing(database, Echo(), path, fronts=2) as looks, fronting(path):
            await asyncio.to_thread(announce, str(path))
            assert looks == ["writer"]

    asyncio.run(run())
