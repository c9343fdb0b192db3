"""Runs a process's background tasks: it follows changes of the store, and does chores at their intervals.

The chores are listed in `axis.background_chores`. A chore is done in every process, or by the one process
that holds the lease.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from axis.database import Database, StoreFailing
from axis.database.store_facts import version
from axis.jobs.leases import BEATS, Lease

# Several times a second the store's version is read. Where another process (a command, another replica) has
# changed tokens, agencies, trust or the clock, this process forgets what it remembers of them.

LOOK_SECONDS = 0.4
"""Changes bind every process within a second; this leaves room for a slow look."""
STOP_SECONDS = 5
"""How long chores that are under way may hold up the end of a process; a lease then ends by itself."""

_log = logging.getLogger("axis.watch")


@dataclass(frozen=True, slots=True)
class Chore:
    """Work that is done now and then in a thread. It may fail without stopping the others."""

    name: str
    every_seconds: float
    work: Callable[[], object]
    by_holder: bool = False
    """Whether it is done by the process that holds the lease alone, instead of by every process."""


@dataclass(slots=True)
class Watch:
    """The background work of a process: following the store, and its chores."""

    database: Database
    on_change: Callable[[int], None]
    """Called in a thread with the store's version when it has changed."""
    lease: Lease
    """Says whether this process does what one process does for all."""
    chores: tuple[Chore, ...] = ()
    _version: int = -1
    _looking: threading.Lock = field(default_factory=threading.Lock)
    _working: "set[asyncio.Task[None]]" = field(default_factory=set)
    """What is under way in threads, which go on when a task is cancelled."""

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follow the store until the context ends. The first look is made before the context begins."""
        await asyncio.to_thread(self.look)
        own = (
            Chore("look", LOOK_SECONDS, self.look),
            Chore("lease", self.lease.seconds / BEATS, self.lease.keep),
        )
        tasks = [asyncio.create_task(self._repeat(chore)) for chore in (*own, *self.chores)]
        self._start(own[1])  # the first time at once
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self._working:  # a lease that is being kept would be taken again after its release
                await asyncio.wait(self._working, timeout=STOP_SECONDS)
            await asyncio.to_thread(self._do, Chore("release", 0, self.lease.release))

    def look(self) -> None:
        """Compare the store's version with the one this process knows."""
        with self._looking:  # one at a time, so that what was read last is what is remembered
            with self.database.read() as tx:
                found = version(tx)
            if found != self._version:
                self.on_change(found)
                self._version = found

    def look_everywhere(self) -> None:
        """Look, and have every other process of this hub look; wait until all have.

        Raises:
            StoreFailing: when there is no writer process to tell them.

        """
        self.look()
        self.database.announce()

    async def _repeat(self, chore: Chore) -> None:
        """Do a chore again and again; each has a task of its own, so that a slow one delays no other."""
        while True:
            await asyncio.sleep(chore.every_seconds)
            await asyncio.shield(self._start(chore))

    def _start(self, chore: Chore) -> "asyncio.Task[None]":
        task = asyncio.create_task(asyncio.to_thread(self._do, chore))
        self._working.add(task)
        task.add_done_callback(self._working.discard)
        return task

    def _do(self, chore: Chore) -> None:
        try:
            if chore.by_holder:
                self.lease.run(chore.work)
            else:
                chore.work()
        except StoreFailing:
            _log.debug("a chore waits for the store", extra={"facts": {"chore": chore.name}})
        except Exception:  # noqa: BLE001 - logged whole; the others go on
            _log.exception("a chore failed and will be tried again", extra={"facts": {"chore": chore.name}})
