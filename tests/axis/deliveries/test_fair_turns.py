"""Turns go round among owners, are bounded in their waiting, and none is lost."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axis.deliveries.fair_turns import FairTurns
from axis.protocol.errors import Overloaded


async def rounds(count: int = 20) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def entering(turns: FairTurns, order: list[str], gate: asyncio.Event) -> Callable[[str], Awaitable[None]]:
    async def one(owner: str) -> None:
        async with turns.one(owner):
            order.append(owner)
            await gate.wait()

    return one


@given(
    owners=st.lists(st.sampled_from("abcd"), max_size=30),
    at_once=st.integers(1, 3),
    leavers=st.sets(st.integers(0, 29)),
)
def test_everyone_who_stays_has_a_turn_and_all_turns_are_free_again(owners, at_once, leavers):
    async def work() -> list[str]:
        turns, order, gate = FairTurns(at_once, 1_000), [], asyncio.Event()
        one = entering(turns, order, gate)
        tasks = [asyncio.create_task(one(owner)) for owner in owners]
        await rounds()
        left = [tasks[place] for place in leavers if place < len(tasks)]
        for task in left:
            task.cancel()
        gate.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert turns._free == at_once
        assert (turns._waiting, turns._queues) == (0, {})
        assert all(not task.cancelled() for task in tasks if task not in left)
        return order

    order = asyncio.run(work())
    assert len(order) >= len(owners) - len(leavers)


def test_owners_have_their_turns_one_after_the_other():
    async def work() -> list[str]:
        turns, order, gate = FairTurns(1, 100), [], asyncio.Event()
        one = entering(turns, order, gate)
        tasks = [asyncio.create_task(one(owner)) for owner in "aaaaabbc"]
        await rounds()
        gate.set()
        await asyncio.gather(*tasks)
        return order

    assert "".join(asyncio.run(work())) == "aabcabaa"


def test_an_owner_may_wait_for_as_much_as_there_is_room_left_and_others_still_find_some():
    async def work() -> list[int]:
        turns, order, gate = FairTurns(1, 8), [], asyncio.Event()
        one = entering(turns, order, gate)
        tasks = [asyncio.create_task(one("a")) for _ in range(20)]
        await rounds()
        tasks += [asyncio.create_task(one("b")) for _ in range(20)]
        await rounds()
        gate.set()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        refused = [isinstance(outcome, Overloaded) for outcome in outcomes]
        return [refused[:20].count(False), refused[20:].count(False)]

    assert asyncio.run(work()) == [1 + 4, 2]


def test_nobody_waits_where_there_is_no_room_to():
    async def work() -> None:
        turns = FairTurns(1, 0)
        async with turns.one("a"):
            with pytest.raises(Overloaded) as refused:
                async with turns.one("b"):
                    pass
            assert refused.value.params["retry_after_seconds"] >= 1

    asyncio.run(work())
