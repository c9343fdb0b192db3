"""The one writer of a process: a first-in, first-out queue before one thread that commits in groups.

While one transaction is made durable, the next items wait. Neighbours of one lane then share a transaction,
so that one fsync serves many documents. Where an item of a group fails, each item of the group is tried again
alone.
"""

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
    future: "Future[Any]"


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
        job = _Job(lane, item, Future())
        with self._changed:
            if self._closed or len(self._jobs) >= self._max_waiting:
                raise Overloaded(waiting=len(self._jobs))
            self._jobs.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="axis-writer", daemon=True)
                self._thread.start()
            self._changed.notify()
        return job.future

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
                if job.future.set_running_or_notify_cancel():  # the caller may have gone
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
            for job in jobs:
                job.future.set_exception(failing(error.__cause__ or error))
            return
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the item that caused it
            if len(jobs) == 1:
                jobs[0].future.set_exception(error)
                return
            for job in jobs:
                self._commit([job])
            return
        for job, outcome in zip(jobs, outcomes, strict=True):
            if isinstance(outcome, Exception):
                job.future.set_exception(outcome)
            else:
                job.future.set_result(outcome)
