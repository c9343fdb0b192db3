"""Who reads the same at once shares one read, which began after all of them asked."""

import asyncio
import threading
from collections.abc import Callable

import pytest
from support.waiting import until

from axis.deliveries.shared_reads import AT_ONCE, SharedReads
from axis.protocol.errors import Overloaded


class Counting:
    """A read that counts how often it is done, and takes as long as a test lets it."""

    def __init__(self) -> None:
        self.done = 0
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self.may_end.set()

    def __call__(self) -> int:
        self.begun.set()
        self.may_end.wait()
        self.done += 1
        return self.done


def test_those_who_ask_together_share_one_read_and_each_is_answered() -> None:
    read = Counting()

    async def work() -> list[int]:
        reads = SharedReads(4, 100)
        return await asyncio.gather(*(reads.read("owner", "inbox", read) for _ in range(3 * AT_ONCE + 1)))

    assert asyncio.run(work()) == [1] * (3 * AT_ONCE + 1)
    assert read.done == 1


def test_who_asks_while_a_read_is_under_way_gets_one_that_begins_later() -> None:
    read = Counting()

    async def work() -> tuple[int, list[int]]:
        reads = SharedReads(4, 100)
        read.may_end.clear()
        first = asyncio.create_task(reads.read("owner", "inbox", read))
        await until(read.begun.is_set, "the first read to begin")
        later = [asyncio.create_task(reads.read("owner", "inbox", read)) for _ in range(5)]
        await asyncio.sleep(0)
        read.may_end.set()
        return await first, await asyncio.gather(*later)

    assert asyncio.run(work()) == (1, [2] * 5)


def test_who_wants_something_else_has_a_read_of_its_own() -> None:
    def of(name: str) -> Callable[[], str]:
        return lambda: name

    async def work() -> list[str]:
        reads = SharedReads(4, 100)
        return await asyncio.gather(*(reads.read("owner", (name, 7), of(name)) for name in ("A", "B", "A")))

    assert asyncio.run(work()) == ["A", "B", "A"]


def test_what_a_read_raises_is_raised_to_all_and_the_next_is_done_anew() -> None:
    read = Counting()

    def broken() -> int:
        raise LookupError

    async def work() -> tuple[list[object], int]:
        reads = SharedReads(4, 100)
        failed = await asyncio.gather(
            *(reads.read("owner", 1, broken) for _ in range(3)), return_exceptions=True
        )
        return failed, await reads.read("owner", 1, read)

    failed, after = asyncio.run(work())
    assert [type(each) for each in failed] == [LookupError] * 3
    assert after == 1


@pytest.mark.parametrize("leaving", [0, 1, 2])
def test_a_reader_that_leaves_takes_the_answer_from_nobody(leaving: int) -> None:
    read = Counting()

    async def work() -> list[object]:
        reads = SharedReads(4, 100)
        read.may_end.clear()
        tasks = [asyncio.create_task(reads.read("owner", "inbox", read)) for _ in range(3)]
        await until(read.begun.is_set, "the read to begin")
        tasks[leaving].cancel()
        read.may_end.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    found = asyncio.run(work())
    assert isinstance(found.pop(leaving), asyncio.CancelledError)
    assert found == [1, 1]


def test_a_flood_of_one_agency_is_bounded_and_another_is_next_in_turn() -> None:
    order: list[str] = []
    read = Counting()

    def of(name: str) -> Callable[[], None]:
        return lambda: order.append(name)

    async def work() -> list[object]:
        reads = SharedReads(1, 8)
        read.may_end.clear()
        first = asyncio.create_task(reads.read("flood", 0, read))
        await until(read.begun.is_set, "the first read to begin")
        flood = [asyncio.create_task(reads.read("flood", n, of(f"flood {n}"))) for n in range(1, 21)]
        for _ in range(5):
            await asyncio.sleep(0)
        quiet = [asyncio.create_task(reads.read(name, name, of(name))) for name in ("one", "two")]
        for _ in range(5):
            await asyncio.sleep(0)
        read.may_end.set()
        await first
        return list(await asyncio.gather(*flood, *quiet, return_exceptions=True))

    outcomes = asyncio.run(work())
    assert order == ["flood 1", "one", "two", "flood 2", "flood 3", "flood 4"]
    refused = [outcome for outcome in outcomes if isinstance(outcome, Overloaded)]
    assert len(refused) == 16
    assert {refusal.params["retry_after_seconds"] for refusal in refused} == {1}
    assert not any(isinstance(outcome, Overloaded) for outcome in outcomes[-2:])


def test_a_reader_that_leaves_while_it_waits_loses_nobody_s_turn() -> None:
    read = Counting()

    async def work() -> int:
        reads = SharedReads(1, 8)
        read.may_end.clear()
        first = asyncio.create_task(reads.read("a", 0, read))
        await until(read.begun.is_set, "the first read to begin")
        leaving = asyncio.create_task(reads.read("b", 1, read))
        staying = asyncio.create_task(reads.read("c", 2, read))
        await asyncio.sleep(0)
        leaving.cancel()
        read.may_end.set()
        await first
        return await staying

    assert asyncio.run(work()) >= 2
