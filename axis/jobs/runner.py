"""Looks for jobs that are due and works on them, in threads of this process.

Runners of several processes may share one store: a lease makes sure that one of them works on a job.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator

from axis.database import Database, StoreFailing
from axis.database.database_clock import database_now
from axis.jobs import queries
from axis.jobs.execution import Pace, Work, take
from axis.jobs.kinds import Kinds
from axis.jobs.leases import process_name

LOOK_SECONDS = 1.0
"""How long a job waits at most before an idle process notices it."""
RETRY_SECONDS = 5.0
STOP_SECONDS = 10.0
"""How long a process that is asked to stop waits for its steps to notice."""

_log = logging.getLogger("axis.jobs")


class Runner:
    """Works on jobs of the kinds it is given, so many at once."""

    def __init__(
        self,
        database: Database,
        kinds: Kinds,
        *,
        at_once: int,
        lease_seconds: float,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self._database = database
        self._kinds = kinds
        self._at_once = at_once
        self._pace = Pace(lease_seconds, retry_seconds)
        self._holder = process_name()
        self._stopping = threading.Event()

    def run_one(self) -> bool:
        """Take a job that is due and work on it until it ends; return False where none is."""
        with self._database.read() as tx:
            if not queries.is_any_due(tx, database_now(tx), self._kinds):
                return False
        taken = self._database.write(lambda tx: take(tx, self._kinds, self._holder, self._pace))
        if taken is None:  # others were quicker
            return False
        Work(self._database, taken, self._stopping, self._pace).run()
        return True

    def stop(self) -> None:
        """Ask the threads to end; jobs they work on go on elsewhere from their checkpoints."""
        self._stopping.set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work on jobs until the context ends."""
        threads = [
            threading.Thread(target=self._look, name=f"axis-jobs-{number}", daemon=True)
            for number in range(self._at_once)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stop()
            for thread in threads:
                await asyncio.to_thread(thread.join, STOP_SECONDS)

    def _look(self) -> None:
        while not self._stopping.is_set():
            try:
                worked = self.run_one()
            except StoreFailing:  # `axis.database` says so once
                worked = False
            except Exception:  # noqa: BLE001 - logged whole; the store may be back in a moment
                _log.exception("looking for jobs failed and will be tried again")
                worked = False
            if not worked:
                self._stopping.wait(LOOK_SECONDS)
