"""What is under way of a bulk request is bounded, and answered in order. Over HTTP: tests/contract."""

import asyncio

from axis.intake.bulk import _Pipeline, _Slot
from axis.intake.bulk_lines import Line


def slot(number: int, size: int = 1) -> _Slot:
    return _Slot(Line(number, b"x" * size), None)


def answered(each: _Slot, answer: bytes = b"") -> _Slot:
    each.answer = answer
    each.ready.set()
    return each


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def numbers(slots: list[_Slot]) -> list[int]:
    return [each.line.number for each in slots]


def test_no_more_lines_are_taken_than_there_is_room_for_until_answers_are_taken():
    async def run() -> None:
        pipeline = _Pipeline(lines=2, size=100)
        first, second = slot(1), slot(2)
        await pipeline.put(first)
        await pipeline.put(second)
        third = asyncio.create_task(pipeline.put(slot(3)))
        await settle()
        assert not third.done()
        answered(first)
        await settle()
        assert not third.done()  # answered is not yet sent
        taken = await pipeline.answered(1_000)
        pipeline.free(taken)
        await third
        assert numbers(taken) == [1]

    asyncio.run(run())


def test_bytes_are_bounded_too_and_a_line_alone_always_fits():
    async def run() -> None:
        pipeline = _Pipeline(lines=10, size=100)
        long = slot(1, 1_000)
        await pipeline.put(long)
        next_one = asyncio.create_task(pipeline.put(slot(2)))
        await settle()
        assert not next_one.done()
        answered(long)
        pipeline.free(await pipeline.answered(1))
        await next_one

    asyncio.run(run())


def test_answers_leave_in_the_order_of_the_lines_those_ready_together():
    async def run() -> None:
        pipeline = _Pipeline(lines=10, size=100)
        slots = [slot(number) for number in range(1, 6)]
        for each in slots:
            await pipeline.put(each)
        pipeline.end()
        for place in (1, 2, 4):
            answered(slots[place], b"12345")
        waiting = asyncio.create_task(pipeline.answered(8))
        await settle()
        assert not waiting.done()
        answered(slots[0], b"12345")
        assert numbers(await waiting) == [1, 2]  # so many that the chunk is full
        assert numbers(await pipeline.answered(8)) == [3]
        answered(slots[3])
        assert numbers(await pipeline.answered(8)) == [4, 5]
        assert await pipeline.answered(8) == []

    asyncio.run(run())


def test_lines_wait_for_a_worker_each_once_and_no_worker_waits_for_more_than_one():
    async def run() -> None:
        pipeline = _Pipeline(lines=10, size=100)
        idle = asyncio.create_task(pipeline.take(4))
        await settle()
        await pipeline.put(slot(1))
        assert numbers(await idle) == [1]
        for number in range(2, 8):
            await pipeline.put(slot(number))
        await pipeline.put(answered(slot(8)))  # refused unread: no worker gets it
        assert numbers(await pipeline.take(4)) == [2, 3, 4, 5]
        assert numbers(await pipeline.take(4)) == [6, 7]

    asyncio.run(run())
