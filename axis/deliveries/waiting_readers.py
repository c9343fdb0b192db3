"""Wakes requests that wait for deliveries or events.

Thousands may wait; they hold no thread and no connection.

It hands no data on: a woken reader reads the store again. One task reads the newest positions after every
commit of this process, and a few times a second for commits of other processes. It wakes the readers of the
agencies concerned. It may wake a reader for nothing, but never misses one.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from axis.database import Database
from axis.deliveries import queries

LOOK_SECONDS = 0.5
"""How long a commit of another process may stay unnoticed."""
REST_SECONDS = 0.02
"""The least time between two looks, however often something is committed."""
GAP = 1_000_000
"""With more new positions than this all readers are woken, instead of reading whom the positions concern."""

T = TypeVar("T")

_log = logging.getLogger("axis.deliveries")


class Waiting:
    """A waiting reader: for some agencies, or for any."""

    __slots__ = ("agencies", "event")

    def __init__(self, agencies: Collection[str] | None) -> None:
        self.agencies = None if agencies is None else frozenset(agencies)
        self.event = asyncio.Event()

    async def until(self, deadline: float) -> bool:
        """Wait until woken or until the loop's time reaches the deadline. Return whether it was woken."""
        loop = asyncio.get_running_loop()
        try:
            await asyncio.wait_for(self.event.wait(), max(0.0, deadline - loop.time()))
        except TimeoutError:
            return False
        self.event.clear()
        return True


class WaitingReaders:
    """The waiting readers of this process. Use it from the event loop, except `wake`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[str | None, set[Waiting]] = {}
        self._seen = (-1, -1)
        self._committed = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.closing = False
        """Whether the hub stops: no reader may begin to wait, and woken readers answer."""

    @contextlib.contextmanager
    def waiting(self, agencies: Collection[str] | None) -> Iterator[Waiting]:
        """Register a reader for these agencies (None: any).

        Enter this context first, then read, then wait.
        """
        waiting = Waiting(agencies)
        keys: Collection[str | None] = (None,) if waiting.agencies is None else waiting.agencies
        for key in keys:
            self._waiting.setdefault(key, set()).add(waiting)
        try:
            yield waiting
        finally:
            for key in keys:
                others = self._waiting[key]
                others.discard(waiting)
                if not others:
                    del self._waiting[key]

    def wake(self) -> None:
        """Look now, since something was committed in this process. May be called from any thread."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has closed; nobody waits any more
                self._loop.call_soon_threadsafe(self._committed.set)

    def close(self) -> None:
        """Wake every waiting reader at shutdown. Call it on the event loop."""
        self.closing = True
        self._wake(None)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look for new positions until the context ends."""
        self._loop = asyncio.get_running_loop()
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self.close()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._committed.wait(), LOOK_SECONDS)
            self._committed.clear()
            try:
                await self._look()
            except Exception:  # noqa: BLE001 - whatever it is, the next look may succeed
                _log.exception("looking for what arrived failed and will be tried again")
            await asyncio.sleep(REST_SECONDS)

    async def _look(self) -> None:
        """Return the agencies that new positions concern.

        While nobody waits nothing is read. The first look after that wakes all, since something may have come
        between a reader's own read and this look.
        """
        if not self._waiting:
            self._seen = (-1, -1)
            return
        known = self._seen
        newest, concerned = await asyncio.to_thread(_look, self._database, known)
        self._seen = newest
        if newest != known:
            self._wake(concerned)

    def _wake(self, concerned: set[str] | None) -> None:
        keys = list(self._waiting) if concerned is None else [None, *concerned]
        for key in keys:
            for waiting in self._waiting.get(key, ()):
                waiting.event.set()


async def read_or_wait(
    waiting_readers: WaitingReaders,
    agencies: Collection[str] | None,
    read: Callable[[], list[T]],
    wait_seconds: float,
    identify: Callable[[], Awaitable[object]],
) -> list[T]:
    """Read a page. While it is empty, wait and read again until the time is over.

    `identify` is asked before each read: it raises when the token has been revoked meanwhile.
    """
    if not wait_seconds:
        return await run_in_threadpool(read)
    deadline = asyncio.get_running_loop().time() + wait_seconds
    with waiting_readers.waiting(agencies) as waiting:
        while not (found := await run_in_threadpool(read)):
            if waiting_readers.closing or not await waiting.until(deadline):
                break
            await identify()
    return found


def _look(database: Database, known: tuple[int, int]) -> tuple[tuple[int, int], set[str] | None]:
    """Return the newest positions, and whom those after the known ones concern; None for any agency."""
    with database.read() as tx:
        newest = queries.newest(tx)
        if newest == known:
            return newest, set()
        began_anew = newest[0] < known[0] or newest[1] < known[1]  # a sandbox that was reset
        if known == (-1, -1) or began_anew or newest[1] - known[1] > GAP or newest[0] - known[0] > 1024 * GAP:
            return newest, None
        concerned = queries.concerned_between(tx, known[1], newest[1])
        if concerned is not None:
            concerned |= queries.recipients_between(tx, known[0], newest[0])
        return newest, concerned


async def _waiting_readers(request: Request) -> WaitingReaders:
    waiting_readers: WaitingReaders = request.app.state.hub.waiting_readers
    return waiting_readers


WaitingReadersDep = Annotated[WaitingReaders, Depends(_waiting_readers)]
