"""Worker processes that prepare the lines of bulk requests, since one Python process computes on one core.

They start with the first bulk request. Until they are there, and when one had to be stopped, lines take the
steps of a single document.
"""

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from axis.clock import Microseconds
from axis.intake.bulk_preparation import Item, Prepared, Shared, prepare
from axis.judging.judge import Trust
from axis.judging.known_paths import KnownPaths, Path
from axis.judging.workers import StoppedError, Worker, Workers
from axis.settings import Settings
from signing.verdict_sentences import Language


class BulkWorkers:
    """As many processes as there are cores, shared by all bulk requests."""

    def __init__(self, settings: Settings, trust: Trust) -> None:
        self.count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._settings = settings
        self._trust = trust
        self._known = KnownPaths(trust)
        self._workers = Workers(self.count)
        self._threads = ThreadPoolExecutor(2 * self.count, thread_name_prefix="axis-bulk")
        self._started = 0
        self._begun = False

    async def prepare(self, lines: Sequence[bytes], at: Microseconds, language: Language) -> list[Item]:
        """Read lines, and make documents of those that are plain (`axis.intake.bulk_preparation.prepare`)."""
        loop = asyncio.get_running_loop()
        if not self._begun:
            self._begun = True
            for _ in range(self.count):
                self._threads.submit(self._start)
        return await loop.run_in_executor(self._threads, self._prepare, lines, at, language)

    def still_holds(self, prepared: Prepared) -> bool:
        """Tell whether the hub trusts what it trusted when a document was prepared."""
        return prepared.generation == self._trust.generation

    def learn(self, asked: Sequence[Path], at: Microseconds) -> None:
        """Hand the outcomes of these paths to the workers from now on, as far as they are known by now."""
        self._known.learn(asked, at)

    def close(self) -> None:
        """Kill the workers."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._workers.close()

    def _start(self) -> None:
        with self._workers.borrowed() as worker:
            worker.load(prepare)
        self._started += 1

    def _prepare(self, lines: Sequence[bytes], at: Microseconds, language: Language) -> list[Item]:
        if self._started:
            try:
                with self._workers.borrowed() as worker:
                    return self._ask(worker, lines, at, language)
            except StoppedError:
                pass
        return prepare({}, Shared(self._settings, self._known.current()), lines, at, language)

    def _ask(
        self, worker: Worker, lines: Sequence[bytes], at: Microseconds, language: Language
    ) -> list[Item]:
        worker.load(prepare)
        known = self._known.current()
        shared = None if worker.knows == known.version else Shared(self._settings, known)
        items = worker.call(prepare, shared, lines, at, language)
        worker.knows = known.version
        return items
