"""Path validation in processes of its own, which are killed past a budget of time and memory.

Hostile certificates can make path building explode (32 crafted ones took a mature validator seven seconds),
and a thread cannot be stopped. What a killed worker leaves is an answer that says so, not a hub that hangs.
It caches nothing: `axis.trust.path_cache` does.
"""

import contextlib
import datetime as dt
import multiprocessing
import queue
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from signing.paths import PathOutcome, TrustMaterial, validate_path

WORKERS = 2
"""One hostile path holds up one of them for its budget; the other goes on."""
BUDGET_SECONDS = 5.0
"""A thousand times what an honest path takes."""
BUDGET_BYTES = 256 * 1024 * 1024
"""Beyond what a worker holds once it is ready."""
START_SECONDS = 60.0
"""How long a worker may take to start, on a machine under load; its budget runs from there."""


class PathBudgetExceededError(Exception):
    """The worker ran past its time or memory, or died of the input; it was killed."""


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    connection: Connection
    knows: str = ""
    """The digest of the trust material the worker holds."""

    def validate(
        self, certificate: bytes, extra: tuple[bytes, ...], trust: TrustMaterial, at: dt.datetime
    ) -> PathOutcome:
        material = None if self.knows == trust.digest else trust
        try:
            self.connection.send((certificate, extra, material, at))
            if not self.connection.poll(BUDGET_SECONDS):
                raise PathBudgetExceededError
            outcome = self.connection.recv()
        except (EOFError, OSError) as error:
            raise PathBudgetExceededError from error
        if not isinstance(outcome, PathOutcome):
            raise PathBudgetExceededError
        self.knows = trust.digest
        return outcome

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()


class PathWorkers:
    """A few worker processes; each starts when it is first needed, or at `warm`."""

    def __init__(self, count: int = WORKERS) -> None:
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(count):
            self._idle.put(None)
        self._closed = threading.Event()

    def warm(self) -> None:
        """Start one worker ahead of need. A start that fails shows again, and is answered, at first use."""
        with contextlib.suppress(PathBudgetExceededError), self._borrowed():
            pass

    def validate(
        self, certificate: bytes, extra: tuple[bytes, ...], trust: TrustMaterial, at: dt.datetime
    ) -> PathOutcome:
        """Validate a path in a worker, waiting for one to be free.

        Raises:
            PathBudgetExceededError: when the worker had to be killed, or died.

        """
        with self._borrowed() as worker:
            return worker.validate(certificate, extra, trust, at)

    def close(self) -> None:
        """Kill the workers that are idle; one that is busy is killed when it is given back."""
        self._closed.set()
        with contextlib.suppress(queue.Empty):
            while True:
                worker = self._idle.get_nowait()
                if worker is not None:
                    worker.stop()

    @contextlib.contextmanager
    def _borrowed(self) -> Iterator[_Worker]:
        worker = self._idle.get()
        try:
            if worker is None or not worker.process.is_alive():
                worker = _start()
            yield worker
        except BaseException:
            if worker is not None:
                worker.stop()
            self._idle.put(None)
            raise
        if self._closed.is_set():
            worker.stop()
            worker = None
        self._idle.put(worker)


def _start() -> _Worker:
    context = multiprocessing.get_context("spawn")  # the hub has threads, and a fork would copy their locks
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, BUDGET_BYTES), name="axis-paths", daemon=True)
    process.start()
    theirs.close()
    worker = _Worker(process, ours)
    try:
        ready = ours.poll(START_SECONDS) and ours.recv()
    except (EOFError, OSError):
        ready = False
    if not ready:
        worker.stop()
        raise PathBudgetExceededError
    return worker


def _work(connection: Connection, budget_bytes: int) -> None:
    """Answer requests until the hub closes the pipe, or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole group; the hub ends its workers
    _limit_memory(budget_bytes)
    connection.send(True)
    trust = TrustMaterial(roots=(), intermediates=(), crls=())
    with contextlib.suppress(EOFError, OSError):
        while True:
            certificate, extra, material, at = connection.recv()
            trust = material or trust
            try:
                outcome = validate_path(certificate, extra, trust, at)
            except MemoryError:
                return  # with what it holds let go of; the next request gets a new worker
            connection.send(outcome)


def _limit_memory(budget_bytes: int) -> None:
    try:
        import resource  # noqa: PLC0415 - not on every system

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + budget_bytes
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ImportError, OSError, ValueError):
        return  # elsewhere than on Linux the budget of time has to do
