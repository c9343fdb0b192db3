"""Keeps a process in step with its store and with the time, in background tasks.

Several times a second it reads the store's version. Where another process (a command, another replica) has
changed tokens, agencies, trust or the clock, this process forgets what it remembers of them. Less often it
renews revocation lists, judges undecided documents again, and sweeps abandoned objects.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from axis.database import Database
from axis.database.meta import version

LOOK_SECONDS = 0.4
"""Changes bind every process within a second; this leaves room for a slow look."""

_log = logging.getLogger("axis.watch")


@dataclass(frozen=True, slots=True)
class Chore:
    """Work that is done now and then in a thread. It may fail without stopping the others."""

    name: str
    every_seconds: float
    work: Callable[[], object]


@dataclass(slots=True)
class Watch:
    """The background work of a process: following the store, and its chores."""

    database: Database
    on_change: Callable[[int], None]
    """Called in a thread with the store's version when it has changed."""
    chores: tuple[Chore, ...] = ()
    _version: int = -1

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follow the store until the context ends. The first look is made before the context begins."""
        await asyncio.to_thread(self.look)
        looking = Chore("look", LOOK_SECONDS, self.look)
        tasks = [asyncio.create_task(_repeat(chore)) for chore in (looking, *self.chores)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def look(self) -> None:
        """Compare the store's version with the one this process knows."""
        with self.database.read() as tx:
            found = version(tx)
        if found != self._version:
            self.on_change(found)
            self._version = found


async def _repeat(chore: Chore) -> None:
    """Do a chore again and again; each has a task of its own, so that a slow one delays no other."""
    while True:
        await asyncio.sleep(chore.every_seconds)
        try:
            await asyncio.to_thread(chore.work)
        except Exception:  # noqa: BLE001 - logged whole; the others go on
            _log.exception("a chore failed and will be tried again", extra={"facts": {"chore": chore.name}})
