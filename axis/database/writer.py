"""The writer of a process: a first-in, first-out queue, and a thread that commits its items in groups.

Items that wait together share a transaction. If one of them fails, each of the group is tried again by
itself.
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


class Replies(Protocol):
    """Where outcomes go: called once for all items of a group that came from there."""

    def wanted(self, key: Any) -> bool:
        """Tell whether whoever asked still waits. Where so, the item cannot be cancelled any more."""

    def settle(self, outcomes: Sequence[tuple[Any, Any]]) -> None:
        """Hand over outcomes by their keys, from the writer's thread. An exception is an outcome too."""


@dataclass(slots=True)
class _Job:
    lane: Lane[Any, Any]
    item: Any
    replies: Replies
    key: Any


class _Futures:
    """Replies to threads that wait; the key is the future."""

    def wanted(self, key: "Future[Any]") -> bool:
        return key.set_running_or_notify_cancel()

    def settle(self, outcomes: Sequence[tuple["Future[Any]", Any]]) -> None:
        for future, outcome in outcomes:
            _set(future, outcome)


@dataclass(frozen=True, slots=True)
class _LoopFutures:
    """Replies to an event loop, which is woken once; the key is the future."""

    loop: asyncio.AbstractEventLoop

    def wanted(self, key: "asyncio.Future[Any]") -> bool:
        return not key.cancelled()

    def settle(self, outcomes: Sequence[tuple["asyncio.Future[Any]", Any]]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody waits there any more
            self.loop.call_soon_threadsafe(set_all, outcomes)


class _Alone:
    """The lane of work that has a transaction of its own."""

    def commit(self, tx: Write, items: Sequence[Callable[[Write], Any]]) -> Sequence[Any]:
        return [work(tx) for work in items]


class _Outside:
    """The lane of work that holds the queue up without a transaction of the writer's own."""

    def commit(self, tx: Write, items: Sequence[Any]) -> Sequence[Any]:
        raise NotImplementedError


_ALONE = _Alone()
_OUTSIDE = _Outside()
_FUTURES = _Futures()


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
        self._after_commit: Callable[[], object] = int

    def expect(self, on_their_way: Callable[[], int]) -> None:
        """Let groups wait a moment for items about to be queued. The function counts these and the queued."""
        self._on_their_way = on_their_way

    def after_commit(self, tell: Callable[[], object]) -> None:
        """Have a function called after each commit, in the writer's thread."""
        self._after_commit = tell

    def submit(self, lane: Lane[Item, Outcome], item: Item) -> "Future[Outcome]":
        """Queue an item of a lane.

        Raises:
            Overloaded: when `max_waiting` items wait already; nothing was queued.

        """
        future: Future[Outcome] = Future()
        self._queue(_Job(lane, item, _FUTURES, future))
        return future

    def submit_async(self, lane: Lane[Item, Outcome], item: Item) -> "asyncio.Future[Outcome]":
        """Queue an item for the running loop, which is woken once for all items of a group.

        Raises:
            Overloaded: as `submit`.

        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome] = loop.create_future()
        self._queue(_Job(lane, item, _LoopFutures(loop), future))
        return future

    def submit_to(self, lane: Lane[Item, Outcome], item: Item, replies: Replies, key: object) -> None:
        """Queue an item whose outcome goes to `replies` under a key.

        Raises:
            Overloaded: as `submit`.

        """
        self._queue(_Job(lane, item, replies, key))

    def hold_up(self, work: Callable[[], None]) -> None:
        """Queue work during which nothing else is written; it has no transaction, and its end is not told.

        There is at most one for each process that writes, so that no bound refuses it.
        """
        self._queue(_Job(_OUTSIDE, work, _FUTURES, Future()), bounded=False)

    def _queue(self, job: _Job, *, bounded: bool = True) -> None:
        with self._changed:
            if self._closed or (bounded and len(self._jobs) >= self._max_waiting):
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
                if group and (self._jobs[0].lane is not group[0].lane or group[0].lane in (_ALONE, _OUTSIDE)):
                    break
                job = self._jobs.popleft()
                if job.replies.wanted(job.key):  # the caller may have gone
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
        if jobs[0].lane is _OUTSIDE:
            jobs[0].item()
            return
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
        self._after_commit()


def _settle(jobs: Sequence[_Job], outcomes: Sequence[Any]) -> None:
    """Hand outcomes to those who wait, once for each place that they wait at."""
    found: dict[Replies, list[tuple[Any, Any]]] = {}
    for job, outcome in zip(jobs, outcomes, strict=True):
        found.setdefault(job.replies, []).append((job.key, outcome))
    for replies, settled in found.items():
        replies.settle(settled)


def set_all(settled: Sequence[tuple["asyncio.Future[Any]", Any]]) -> None:
    """Resolve futures of the running loop with their outcomes."""
    for future, outcome in settled:
        if not future.done():
            _set(future, outcome)


def _set(future: "Future[Any] | asyncio.Future[Any]", outcome: Any) -> None:
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
