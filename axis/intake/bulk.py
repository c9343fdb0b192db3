"""Takes in the documents of a bulk request, and answers its lines in their order.

Each line is a document of its own, with the outcome it would have if sent by itself. What is under way at
once is limited. If the caller goes away, documents already committed stay.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import orjson
from fastapi.concurrency import run_in_threadpool

from axis.agencies.callers import Caller
from axis.clock import rfc3339
from axis.deliveries.new_deliveries import delivery_id
from axis.intake.answers import answer_of
from axis.intake.bulk_items import received_of
from axis.intake.bulk_lines import Line, lines_of
from axis.intake.bulk_preparation import Item, Names, Prepared, Unprepared
from axis.intake.bulk_workers import BulkWorkers
from axis.intake.context import IntakeContext
from axis.intake.multipart_body import coming
from axis.intake.procedure import Answer, submit, submit_prepared
from axis.problems import Language, describe, of_fault
from axis.protocol.errors import AxisError, Place, TooLarge

AT_ONCE = 16
"""Lines that one worker takes together, where as many wait."""
CHUNK_BYTES = 256 * 1024
"""Answers that are ready are sent together, up to this."""
GROUPS_AHEAD = 4
"""Groups of the writer that may be under way: one commits, others are judged and answered meanwhile."""
_log = logging.getLogger("axis.intake")


@dataclass(frozen=True, slots=True)
class Bulk:
    """A bulk request, as its route hands it on."""

    intake: IntakeContext
    workers: BulkWorkers
    identify: Callable[[], Awaitable[Caller]]
    """Returns the caller as long as it may call; asked for each line."""
    body: AsyncIterator[bytes]
    request_id: str
    language: Language
    told: Callable[[Sequence[str | None]], None]
    """Is told, of the answers about to leave, the codes of refusals; None for each document accepted."""


@dataclass(slots=True)
class _Slot:
    """A line under way, and its answer."""

    line: Line
    caller: Caller | None
    """None where the line is answered without being read."""
    answer: bytes = b""
    code: str | None = None
    """The refusal's code, where it was refused."""
    item: Item | None = None
    """What a worker made of it, once it has."""
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def size(self) -> int:
        return len(self.line.content) if isinstance(self.line.content, bytes) else 0


class _Pipeline:
    """The lines under way: in the order in which they are answered, and those that wait for a worker."""

    def __init__(self, lines: int, size: int) -> None:
        self._most_lines, self._most_bytes = lines, size
        self._size = 0
        self._order: deque[_Slot] = deque()
        self._waiting: deque[_Slot] = deque()
        self._unprepared: deque[_Slot] = deque()
        self._named: dict[object, _Slot] = {}
        self._arrived = asyncio.Semaphore(0)
        self._changed = asyncio.Event()
        self._ended = False

    async def put(self, slot: _Slot) -> None:
        """Add a line, once there is room for it; one line always has."""
        while self._order and (
            len(self._order) >= self._most_lines or self._size + slot.size > self._most_bytes
        ):
            await self._change()
        self._size += slot.size
        self._order.append(slot)
        if not slot.ready.is_set():
            self._waiting.append(slot)
            self._unprepared.append(slot)
            self._arrived.release()
        self._changed.set()

    def end(self) -> None:
        """Note that no further line comes."""
        self._ended = True
        self._changed.set()

    async def take(self, most: int) -> list[_Slot]:
        """Return lines that wait for a worker: as many as there are, at least one."""
        await self._arrived.acquire()
        slots = [self._waiting.popleft()]
        while len(slots) < most and not self._arrived.locked():
            await self._arrived.acquire()  # at once
            slots.append(self._waiting.popleft())
        return slots

    def prepared(self) -> Iterator[tuple[_Slot, list[_Slot]]]:
        """Yield the lines that may be taken in now, in order, each with earlier ones that it has to wait for.

        These have the same number or the same manifest, or are referred to: the first line with a number gets
        it, and a recall of an earlier line finds it.
        """
        while self._unprepared and (item := self._unprepared[0].item) is not None:
            slot = self._unprepared.popleft()
            names = Names() if isinstance(item, AxisError) else item.names
            earlier = [self._named[name] for name in (*names.own, *names.referred) if name in self._named]
            self._named |= dict.fromkeys(names.own, slot)
            yield slot, earlier

    def forget(self, slot: _Slot) -> None:
        """Note that no later line has to wait for this one."""
        item = slot.item
        for name in () if item is None or isinstance(item, AxisError) else item.names.own:
            if self._named.get(name) is slot:
                del self._named[name]

    async def answered(self, most_bytes: int) -> list[_Slot]:
        """Return the next lines in order that are answered, at least one; none once all have been."""
        while not self._order:
            if self._ended:
                return []
            await self._change()
        await self._order[0].ready.wait()
        await asyncio.sleep(0)  # the others of its group are answered in the same turn of the loop
        slots: list[_Slot] = []
        size = 0
        while self._order and self._order[0].ready.is_set() and size < most_bytes:
            slot = self._order.popleft()
            size += len(slot.answer)
            slots.append(slot)
        return slots

    def free(self, slots: Sequence[_Slot]) -> None:
        """Give back the room of lines whose answers were taken."""
        self._size -= sum(slot.size for slot in slots)
        self._changed.set()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()


async def answer_lines(bulk: Bulk, send: Callable[[bytes], Awaitable[None]]) -> None:
    """Read lines to the end of the body, and send an answer for each, in order."""
    settings = bulk.intake.settings
    pipeline = _Pipeline(GROUPS_AHEAD * settings.writes_grouped, settings.bulk_bytes)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_read(bulk, pipeline))
        preparing = [
            tasks.create_task(_prepare(bulk, pipeline, tasks)) for _ in range(bulk.workers.count + 1)
        ]
        while slots := await pipeline.answered(CHUNK_BYTES):
            bulk.told([slot.code for slot in slots])
            await send(b"".join([slot.answer for slot in slots]))
            pipeline.free(slots)
        for task in preparing:
            task.cancel()


async def _read(bulk: Bulk, pipeline: _Pipeline) -> None:
    settings = bulk.intake.settings
    body = coming(bulk.body, settings.body_idle_seconds)
    async with contextlib.aclosing(lines_of(body, settings.bulk_line_bytes)) as lines:
        async for line in lines:
            slot = await _admitted(bulk, line)
            await pipeline.put(slot)
            if slot.caller is None and isinstance(line.content, bytes):
                break  # whoever may not send this line may send none after it
    pipeline.end()


async def _admitted(bulk: Bulk, line: Line) -> _Slot:
    """Return the line under way; answered already where it is not to be read."""
    try:
        if isinstance(line.content, AxisError):
            raise line.content
        most = bulk.intake.settings.bulk_lines
        if line.number > most:
            raise TooLarge(Place("", f"line {line.number}", f"at most {most} lines"), limit=most)
        return _Slot(line, await bulk.identify())
    except AxisError as refusal:
        slot = _Slot(line, None)
        _refuse(bulk, slot, refusal)
        return slot


async def _prepare(bulk: Bulk, pipeline: _Pipeline, tasks: asyncio.TaskGroup) -> None:
    while True:
        slots = await pipeline.take(AT_ONCE)
        at = bulk.intake.clock.now()
        lines = [cast("bytes", slot.line.content) for slot in slots]
        items = await bulk.workers.prepare(lines, at, bulk.language)
        for slot, item in zip(slots, items, strict=True):
            slot.item = item
        for slot, earlier in pipeline.prepared():
            tasks.create_task(_answer(bulk, pipeline, slot, earlier))


async def _answer(bulk: Bulk, pipeline: _Pipeline, slot: _Slot, earlier: Sequence[_Slot]) -> None:
    for each in earlier:
        await each.ready.wait()
    try:
        members = await _taken_in(bulk, slot)
        slot.answer = orjson.dumps({"line": slot.line.number, **members}) + b"\n"
        slot.ready.set()
    except AxisError as refusal:
        _refuse(bulk, slot, refusal)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the other lines go on
        _log.exception("internal error", extra={"facts": {"request_id": bulk.request_id}})
        _refuse(bulk, slot, of_fault(fault))
    finally:
        pipeline.forget(slot)


def _refuse(bulk: Bulk, slot: _Slot, refusal: AxisError) -> None:
    problem = describe(refusal, request_id=bulk.request_id, language=bulk.language)
    slot.answer = orjson.dumps({"line": slot.line.number, **problem}, default=str) + b"\n"
    slot.code = refusal.code
    slot.ready.set()


async def _taken_in(bulk: Bulk, slot: _Slot) -> dict[str, Any]:
    """Take a document in and return the members of its answer. Raises its refusal."""
    intake, caller, item = bulk.intake, slot.caller, slot.item
    assert caller is not None  # only such lines are prepared
    assert item is not None  # and only prepared ones are taken in
    if isinstance(item, AxisError):
        raise item
    if isinstance(item, Prepared) and bulk.workers.still_holds(item):
        recorded = await submit_prepared(intake, caller, item.manifest, item.record)
        if recorded is not None and (recorded.result.repeated or recorded.result.asked_again):
            answer = Answer(recorded.result.position, recorded.result.repeated)
            return await run_in_threadpool(answer_of, intake.database, answer, bulk.language)
        if recorded is not None:
            return _members(item, recorded.sealed.receipt(recorded.result.position))
    received = await run_in_threadpool(received_of, item.parts, intake.settings.inline_bytes)
    try:
        answer = await submit(intake, caller, received, bulk.request_id)
    finally:
        received.close()
        if isinstance(item, Unprepared) and item.asked:
            bulk.workers.learn(item.asked, intake.clock.now())
    return await run_in_threadpool(answer_of, intake.database, answer, bulk.language)


def _members(item: Prepared, receipt: str) -> dict[str, Any]:
    record = item.record
    return {
        "id": record.id,
        "accepted_at": rfc3339(record.at),
        "repeated": False,
        "verdict": orjson.Fragment(item.verdict),
        "deliveries": [
            {"id": delivery_id(record.id, ordinal), "to": recipient}
            for ordinal, recipient in enumerate(record.recipients)
        ],
        "receipt": receipt,
    }
