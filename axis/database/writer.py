"""The one writer of a process: a first-in, first-out queue before one thread that commits in groups.

While one transaction is made durable, the next items wait. Neighbours of one lane then share a transaction,
so that one fsync serves many documents. Where an item of a group fails, each item of the group is tried again
alone.
"""

import asyncio
import collections
import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from axis.database.failures import StoreFailing, failing
from axis.database.transactions import Write
from axis.protocol.errors import Overloaded

GATHER_SECONDS = 0.01
"""How long a group waits for items that are about to be queued. Each fsync then serves more of them."""
SLICE_SECONDS = 0.001

T = TypeVar("T")
Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
Item_contra = TypeVar("Item_contra", contravariant=True)
Outcome_co = TypeVar("Outcome_co", covariant=True)
Begin = Callable[[], contextlib.AbstractContextManager[Write]]


class Lane(Protocol[Item_contra, Outcome_co]):
    """Something that writes a group of items in one transaction."""

    def commit(self, tx: Write, items: Sequence[Item_contra]) -> Sequence[Outcome_co | Exception]:
        """Write all items and return what became of each, in order.

        An exception *returned* is that item's outcome and leaves the others alone; an exception *raised*
        undoes the whole group, and each item is tried again in a transaction of its own.
        """


@dataclass(slots=True)
class _Job:
    lane: Lane[Any, Any]
    item: Any
    future: "Future[Any] | asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop | None = None
    """The loop that the future belongs to, where it belongs to one."""

    def wanted(self) -> bool:
        """Tell whether whoever asked still waits; the future can no more be cancelled then."""
        if isinstance(self.future, asyncio.Future):
            return not self.future.cancelled()
        return self.future.set_running_or_notify_cancel()


class _Alone:
    """The lane of work that has a transaction of its own."""

    def commit(self, tx: Write, items: Sequence[Callable[[Write], Any]]) -> Sequence[Any]:
        return [work(tx) for work in items]


_ALONE = _Alone()


class Writer:
    """Runs queued writes in order, on one thread that starts with the first of them."""

    def __init__(self, begin: Begin, *, max_waiting: int, max_group: int) -> None:
        self._begin = begin
        self._max_waiting = max_waiting
        self._max_group = max_group
        self._jobs: collections.deque[_Job] = collections.deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None
        self._on_their_way: Callable[[], int] = int

    def expect(self, on_their_way: Callable[[], int]) -> None:
        """Let groups wait a moment for items about to be queued. The function counts these and the queued."""
        self._on_their_way = on_their_way

    def submit(self, lane: Lane[Item, Outcome], item: Item) -> "Future[Outcome]":
        """Queue an item of a lane.

        Raises:
            Overloaded: when `max_waiting` items wait already; nothing was queued.

        """
        future: Future[Outcome] = Future()
        self._queue(_Job(lane, item, future))
        return future

    def submit_async(self, lane: Lane[Item, Outcome], item: Item) -> "asyncio.Future[Outcome]":
        """Queue an item for the running loop, which is woken once for all items of a group.

        Raises:
            Overloaded: as `submit`.

        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome] = loop.create_future()
        self._queue(_Job(lane, item, future, loop))
        return future

    def _queue(self, job: _Job) -> None:
        with self._changed:
            if self._closed or len(self._jobs) >= self._max_waiting:
                raise Overloaded(waiting=len(self._jobs))
            self._jobs.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="axis-writer", daemon=True)
                self._thread.start()
            self._changed.notify()

    def run(self, work: Callable[[Write], T]) -> "Future[T]":
        """Queue work that has a transaction of its own."""
        return self.submit(_ALONE, work)

    def close(self) -> None:
        """Finish what is queued, then stop; anything submitted later is refused."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while (jobs := self._next_group()) is not None:
            if jobs:
                self._commit(jobs)

    def _next_group(self) -> list[_Job] | None:
        with self._changed:
            while not self._jobs:
                if self._closed:
                    return None
                self._changed.wait()
        self._gather()
        with self._changed:
            group: list[_Job] = []
            while self._jobs and len(group) < self._max_group:
                if group and (self._jobs[0].lane is not group[0].lane or group[0].lane is _ALONE):
                    break
                job = self._jobs.popleft()
                if job.wanted():  # the caller may have gone
                    group.append(job)
            return group

    def _gather(self) -> None:
        """Wait while more items are expected than are queued. An item that is alone does not wait."""
        deadline = time.monotonic() + GATHER_SECONDS
        while len(self._jobs) < min(self._on_their_way(), self._max_group):
            if time.monotonic() >= deadline:
                break
            time.sleep(SLICE_SECONDS)

    def _commit(self, jobs: list[_Job]) -> None:
        try:
            with self._begin() as tx:
                outcomes = jobs[0].lane.commit(tx, [job.item for job in jobs])
        except StoreFailing as error:  # no item's fault: alone, each would fail as well, or be written twice
            _settle(jobs, [failing(error.__cause__ or error) for _ in jobs])
            return
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the item that caused it
            if len(jobs) == 1:
                _settle(jobs, [error])
                return
            for job in jobs:
                self._commit([job])
            return
        _settle(jobs, outcomes)


def _settle(jobs: Sequence[_Job], outcomes: Sequence[Any]) -> None:
    """Hand outcomes to those who wait; each event loop is woken once."""
    of_loops: dict[asyncio.AbstractEventLoop, list[tuple[Any, Any]]] = {}
    for job, outcome in zip(jobs, outcomes, strict=True):
        if job.loop is None:
            _set(job.future, outcome)
        else:
            of_loops.setdefault(job.loop, []).append((job.future, outcome))
    for loop, settled in of_loops.items():
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody waits there any more
            loop.call_soon_threadsafe(_set_all, settled)


def _set_all(settled: Sequence[tuple["asyncio.Future[Any]", Any]]) -> None:
    for future, outcome in settled:
        if not future.done():
            _set(future, outcome)


def _set(future: "Future[Any] | asyncio.Future[Any]", outcome: Any) -> None:
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
