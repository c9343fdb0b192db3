"""Keeps a process in step with its store and with the time: one background task.

Several times a second it looks at the store's version; when another process (a command, another replica)
changed tokens, agencies, trust or the clock, what this one remembers is forgotten. Less often it renews
revocation lists before they run out, judges again what was undecided, and sweeps abandoned uploads.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from axis.database import Database
from axis.database.meta import version

LOOK_SECONDS = 0.4
"""Changes bind every process within a second; this leaves room for a slow look."""

_log = logging.getLogger("axis.watch")


@dataclass(frozen=True, slots=True)
class Chore:
    """Something done now and then, in a thread; it may fail without stopping the others."""

    name: str
    every_seconds: float
    work: Callable[[], object]


@dataclass(slots=True)
class Watch:
    """What the background task does."""

    database: Database
    on_change: Callable[[int], None]
    """Called with the store's version in a thread when it moved."""
    chores: tuple[Chore, ...] = ()
    _version: int = -1
    _due: dict[str, float] = field(default_factory=dict)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep in step until the context ends; it begins in step."""
        await asyncio.to_thread(self.look)
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def look(self) -> None:
        """Compare the store's version with the one this process knows."""
        with self.database.read() as tx:
            found = version(tx)
        if found != self._version:
            self.on_change(found)
            self._version = found

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        self._due = {chore.name: loop.time() + chore.every_seconds for chore in self.chores}
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self._safely("look", self.look)
            for chore in self.chores:
                if loop.time() >= self._due[chore.name]:
                    await self._safely(chore.name, chore.work)
                    self._due[chore.name] = loop.time() + chore.every_seconds

    async def _safely(self, name: str, work: Callable[[], object]) -> None:
        try:
            await asyncio.to_thread(work)
        except Exception:  # noqa: BLE001 - logged whole; the other chores go on
            _log.exception("a chore failed and will be tried again", extra={"facts": {"chore": name}})
