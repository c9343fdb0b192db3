"""Wakes requests that wait for deliveries or events.

A woken reader reads the store again, perhaps in vain. One task looks for new positions after every commit of
this process, and a few times a second for those of others.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Hashable, Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Request

from axis.agencies.admission import owner_of
from axis.database import Database, StoreFailing
from axis.deliveries import queries
from axis.deliveries.audience import Audience
from axis.deliveries.cursors import Page
from axis.deliveries.shared_reads import SharedReads

# Thousands may wait; they hold no thread and no connection. Readers of the same page share one read.

LOOK_SECONDS = 0.5
"""How long a commit of another process may stay unnoticed."""
REST_SECONDS = 0.02
"""The least time between two looks, however often something is committed."""
GAP = 1_000_000
"""With more new positions than this all readers are woken, instead of reading whom the positions concern."""

Kind = Literal["inbox", "events"]
Key = tuple[Kind, str | None]
"""The kind that is waited for, and the agency; None for any agency."""

_log = logging.getLogger("axis.deliveries")


class Waiting:
    """A waiting reader."""

    __slots__ = ("_is_woken", "_sleep")

    def __init__(self) -> None:
        self._is_woken = False
        self._sleep: asyncio.Future[None] | None = None

    def wake(self) -> None:
        """Let it read, now or when it next would wait."""
        self._is_woken = True
        if self._sleep is not None:
            _end(self._sleep)

    async def until(self, deadline: float) -> bool:
        """Wait until woken or until the loop's time reaches the deadline. Return whether it was woken."""
        loop = asyncio.get_running_loop()
        if not self._is_woken and loop.time() < deadline:
            self._sleep = loop.create_future()
            timer = loop.call_at(deadline, _end, self._sleep)
            try:
                await self._sleep
            finally:
                timer.cancel()
                self._sleep = None
        woken, self._is_woken = self._is_woken, False
        return woken


def _end(sleep: "asyncio.Future[None]") -> None:
    if not sleep.done():
        sleep.set_result(None)


class WaitingReaders:
    """The waiting readers of this process. Use it from the event loop, except `wake`."""

    def __init__(self, database: Database, *, at_once: int = 8, most_waiting: int = 1_024) -> None:
        """Have at most `at_once` pages read at a time, and `most_waiting` reads wait for their turn."""
        self._database = database
        self._waiting: dict[Key, set[Waiting]] = {}
        self.reads = SharedReads(at_once, most_waiting)
        self._seen = (-1, -1)
        self._committed = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.closing = False
        """Whether the hub stops: no reader may begin to wait, and woken readers answer."""

    @contextlib.contextmanager
    def waiting(self, kinds: Kind | tuple[Kind, ...], agencies: Collection[str] | None) -> Iterator[Waiting]:
        """Register a reader of a kind, or of several, for these agencies (None: any).

        Enter this context first, then read, then wait.
        """
        waiting = Waiting()
        named = (kinds,) if isinstance(kinds, str) else kinds
        of_any: Collection[str | None] = (None,) if agencies is None else agencies
        keys: set[Key] = {(kind, agency) for kind in named for agency in of_any}
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

    def note_commit(self) -> None:
        """Look now, since something was committed. Call it on the event loop."""
        self._committed.set()

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
        while not self.closing:  # Python 3.11 forgets to cancel it if what it waits for comes just then
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._committed.wait(), LOOK_SECONDS)
            self._committed.clear()
            try:
                await self._look()
            except StoreFailing:
                _log.debug("who waits goes on waiting, for the store as well")
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

    def _wake(self, concerned: set[Key] | None) -> None:
        for key in list(self._waiting) if concerned is None else concerned:
            for waiting in self._waiting.get(key, ()):
                waiting.wake()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader asks for: a page of a kind, for an audience."""

    kind: Kind
    audience: Audience
    wanted: Hashable
    """Its cursor, and anything else that its page depends on besides kind and audience."""
    read: Callable[[], Page]


async def read_or_wait(
    waiting_readers: WaitingReaders,
    reading: Reading,
    wait_seconds: float,
    identify: Callable[[], Awaitable[object]],
) -> Page:
    """Read a page. While it is empty, wait and read again until the time is over.

    `identify` is asked before each read: it raises when the token has been revoked meanwhile.
    """
    wanted, owner = (reading.kind, reading.audience.key, reading.wanted), owner_of(reading.audience.caller)
    if not wait_seconds:
        return await waiting_readers.reads.read(owner, wanted, reading.read)
    deadline = asyncio.get_running_loop().time() + wait_seconds
    with waiting_readers.waiting(reading.kind, reading.audience.agencies) as waiting:
        while (page := await waiting_readers.reads.read(owner, wanted, reading.read)).is_empty:
            if waiting_readers.closing or not await waiting.until(deadline):
                break
            await identify()
    return page


def _look(database: Database, known: tuple[int, int]) -> tuple[tuple[int, int], set[Key] | None]:
    """Return the newest positions, and whom those after the known ones concern; None for any agency."""
    with database.read() as tx:
        newest = queries.newest(tx)
        if newest == known:
            return newest, set()
        began_anew = newest[0] < known[0] or newest[1] < known[1]  # a sandbox that was reset
        if known == (-1, -1) or began_anew or newest[1] - known[1] > GAP or newest[0] - known[0] > 1024 * GAP:
            return newest, None
        concerned: set[Key] = set()
        if newest[0] != known[0]:
            received = queries.recipients_between(tx, known[0], newest[0])
            concerned.update(("inbox", agency) for agency in (None, *received))
        if newest[1] != known[1]:
            parties = queries.concerned_between(tx, known[1], newest[1])
            if parties is None:
                return newest, None
            concerned.update(("events", agency) for agency in (None, *parties))
        return newest, concerned


async def _waiting_readers(request: Request) -> WaitingReaders:
    waiting_readers: WaitingReaders = request.app.state.hub.waiting_readers
    return waiting_readers


WaitingReadersDep = Annotated[WaitingReaders, Depends(_waiting_readers)]
