"""Starts and ends the processes that `axis serve` forks from itself.

A child is forked from a process that has loaded the program and has no thread, connection or open store. So
it starts faster than a new program.
"""

import asyncio
import contextlib
import logging
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from axis.cli.command_errors import REFUSALS, explain

REFUSED = 2
"""The exit status of a process that refuses, as `axis.cli` has it."""
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0

_forks = multiprocessing.get_context("fork")
_log = logging.getLogger("axis.serve")


@dataclass(frozen=True, slots=True)
class Life:
    """A pipe that nothing is written into: its end is the end of the supervisor, however that ends."""

    reading: int
    writing: int

    @classmethod
    def begin(cls) -> "Life":
        """Make the pipe, in the supervisor."""
        return cls(*os.pipe())


Run = Callable[[int, Callable[[], None]], None]
"""What a process does: it gets the end of `Life` that it reads, and says that it is ready."""


@dataclass(slots=True)
class Child:
    """A process of the hub, started again whenever it dies."""

    name: str
    run: Run
    life: Life
    process: BaseProcess | None = None
    ready: Connection | None = None
    """Readable once the process is ready, or has ended."""
    was_ready: bool = False
    _pause: float = 0.0

    def start(self) -> None:
        """Fork the process."""
        ready, say_ready = _forks.Pipe(duplex=False)
        self.process = _forks.Process(
            target=_run, args=(self.run, self.life, say_ready), name=f"axis {self.name}"
        )
        self.process.start()
        say_ready.close()
        self.ready = ready
        self.was_ready = False
        _log.info("process started", extra={"facts": {"process": self.name, "pid": self.process.pid}})

    def hear_ready(self) -> bool:
        """Tell whether the process has said that it is ready; once `ready` is readable."""
        if self.ready is not None and not self.was_ready and self.ready.poll():
            with contextlib.suppress(EOFError):  # it ended, which its sentinel tells
                self.was_ready = bool(self.ready.recv())
        return self.was_ready

    def pause_before_next(self) -> float:
        """Return after how many seconds to start the next one: longer, the more died unready before it."""
        if self.hear_ready():
            self._pause = 0.0
        pause, self._pause = self._pause, min(LONGEST_PAUSE_SECONDS, 2 * self._pause or FIRST_PAUSE_SECONDS)
        return pause

    def stop(self) -> None:
        """Ask the process to end."""
        if self.process is not None and self.process.is_alive():
            self.process.terminate()

    def join(self, deadline: float) -> None:
        """Wait for its end; kill it where that does not come in time (by `time.monotonic`)."""
        if self.process is None:
            return
        self.process.join(max(0.0, deadline - time.monotonic()))
        if self.process.is_alive():
            _log.error("process killed: it does not stop", extra={"facts": {"process": self.name}})
            self.process.kill()
            self.process.join()


def stop_when_told(loop: asyncio.AbstractEventLoop, life: int, stop: Callable[[], None]) -> None:
    """Have a function called at SIGTERM, and when the supervisor has gone."""

    def gone() -> None:
        loop.remove_reader(life)
        stop()

    loop.add_signal_handler(signal.SIGTERM, stop)
    loop.add_reader(life, gone)


def _run(run: Run, life: Life, say_ready: Connection) -> None:
    """Do the work of a forked process; its reason to refuse is told as that of a command."""
    os.close(life.writing)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all; the supervisor ends its processes
    try:
        run(life.reading, lambda: say_ready.send(True))
    except REFUSALS as error:
        print(f"axis: {explain(error)}", file=sys.stderr)
        sys.exit(REFUSED)
