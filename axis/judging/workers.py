"""Worker processes for hostile input, which are killed before they harm the hub.

Time is a worker's own processor time. What they run is given by the caller (`axis.judging.path_workers`,
`axis.judging.attachment_signatures`).
"""

import contextlib
import multiprocessing
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

# The readers of files count objects, bytes and steps, so that a file gets the same verdict on every machine.
# The workers are a second guard, against input that makes a library explode: a thread cannot be stopped, a
# process can.

WORKERS = 2
"""One hostile input blocks one of them; the other goes on."""
PROCESSOR_SECONDS = 60.0
"""The processor time of one call: at least ten times that of the costliest file within the readers'
limits."""
WAITING_SECONDS = 900.0
"""The time of one call by the clock: enough for that processor time on a machine with fifteen times its load.
Work that waits for nothing reaches it only where the system does not measure processor time."""
GUARD_BYTES = 512 * 1024 * 1024
"""The memory of a worker beyond what it has when it is ready: twice what the readers' limits add up to."""
START_SECONDS = 300.0
"""How long a worker may take to start on a machine under load."""

P = ParamSpec("P")
T = TypeVar("T")
Memory = dict[str, Any]
"""What a worker keeps from one call to the next."""


class StoppedError(Exception):
    """The worker was stopped to protect the hub, or died of the input. Nothing is known about the input."""


@dataclass(slots=True)
class Worker:
    """One worker process."""

    process: BaseProcess
    connection: Connection
    knows: str = ""
    """What its user notes about the worker's memory."""
    loaded: set[str] = field(default_factory=set)
    """Modules that it has loaded. Loading one is not counted as work."""

    def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run `function(memory, *arguments)`, where `memory` is the worker's own.

        Raises:
            StoppedError: when the worker was stopped. It cannot be used again.

        """
        self.load(function)
        result: T = self._ask(WAITING_SECONDS, function, arguments)
        return result

    def load(self, function: Callable[..., Any]) -> None:
        """Load the function's module before its work. Raises as `call` does."""
        if function.__module__ not in self.loaded:
            self._ask(START_SECONDS, _limit_anew, (function,))
            self.loaded.add(function.__module__)

    def _ask(self, seconds: float, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        try:
            self.connection.send((function, arguments, PROCESSOR_SECONDS))
            if not self.connection.poll(seconds):
                raise StoppedError
            return self.connection.recv()
        except (EOFError, OSError) as error:
            raise StoppedError from error

    def stop(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.join()
        self.connection.close()


class Workers:
    """A few worker processes. Each starts when it is first needed, or at `warm`."""

    def __init__(self, count: int = WORKERS, on_stop: Callable[[], None] = lambda: None) -> None:
        self._on_stop = on_stop
        self._idle: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        for _ in range(count):
            self._idle.put(None)
        self._closed = threading.Event()

    def warm(self) -> None:
        """Start one worker before it is needed. If that fails, the first use fails as well and says so."""
        with contextlib.suppress(StoppedError), self.borrowed():
            pass

    def run(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Run `function(*arguments, **named)` in a worker, after waiting for a free one.

        Raises:
            StoppedError: when the worker had to be killed, or died; also when the function raised.

        """
        with self.borrowed() as worker:
            worker.load(function)
            result: T = worker.call(_plainly, function, arguments, named)
            return result

    @contextlib.contextmanager
    def borrowed(self) -> Iterator[Worker]:
        """Hold a worker alone. A worker whose use raised is killed."""
        worker = self._idle.get()
        try:
            if worker is None or not worker.process.is_alive():
                worker = _start()
            yield worker
        except BaseException as error:
            if worker is not None:
                worker.stop()
            self._idle.put(None)
            if isinstance(error, StoppedError):
                self._on_stop()
            raise
        if self._closed.is_set():
            worker.stop()
            worker = None
        self._idle.put(worker)

    def close(self) -> None:
        """Kill the idle workers. A busy one is killed when it is given back."""
        self._closed.set()
        with contextlib.suppress(queue.Empty):
            while True:
                worker = self._idle.get_nowait()
                if worker is not None:
                    worker.stop()


def _plainly(_memory: Memory, function: Callable[..., T], arguments: Any, named: Any) -> T:
    return function(*arguments, **named)


def _limit_anew(_memory: Memory, _function: Callable[..., Any]) -> None:
    """Set the memory limit anew, from what the worker holds now that the function's module is loaded."""
    _limit_memory(GUARD_BYTES)


def _start() -> Worker:
    context = multiprocessing.get_context("spawn")  # the hub has threads, and a fork would copy their locks
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs,), name="axis-worker", daemon=True)
    process.start()
    theirs.close()
    worker = Worker(process, ours)
    try:
        ready = ours.poll(START_SECONDS) and ours.recv()
    except (EOFError, OSError):
        ready = False
    if not ready:
        worker.stop()
        raise StoppedError
    return worker


def _work(connection: Connection) -> None:
    """Answer requests until the hub closes the pipe or has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole group; the hub ends its workers
    _limit_memory(GUARD_BYTES)
    connection.send(True)
    memory: Memory = {}
    with contextlib.suppress(EOFError, OSError, MemoryError):
        # Beyond its memory it ends and frees what it holds; the next request gets a new worker.
        while True:
            function, arguments, seconds = connection.recv()
            _limit_processor_time(seconds)
            connection.send(function(memory, *arguments))
            _limit_processor_time(0)


def _limit_processor_time(seconds: float) -> None:
    """Have the system end this process after so much processor time, whatever it does; 0: no limit."""
    if hasattr(signal, "setitimer"):  # SIGPROF ends a process that does not handle it
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _limit_memory(budget_bytes: int) -> None:
    try:
        import resource  # noqa: PLC0415 - not on every system

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + budget_bytes
        most = resource.getrlimit(resource.RLIMIT_AS)[1]
        bounded = limit if most == resource.RLIM_INFINITY else min(limit, most)
        resource.setrlimit(resource.RLIMIT_AS, (bounded, most))
    except (ImportError, OSError, ValueError):
        return  # elsewhere than on Linux the guard of time has to do
