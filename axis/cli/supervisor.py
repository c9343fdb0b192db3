"""`axis serve --workers N`: starts a writer process and N fronts over one store, and restarts what dies.

It binds the ports that the fronts share. When it ends, its processes end too.
"""

import gc
import logging
import os
import signal
import socket
import tempfile
import time
from collections.abc import Iterable, Mapping
from multiprocessing.connection import Connection, wait
from pathlib import Path

from axis.cli.child_processes import Child, Life
from axis.cli.front_process import run_front
from axis.cli.serve import GRACE_SECONDS, LOOPBACK
from axis.cli.uvicorn_listeners import write_ports
from axis.cli.writer_process import run_writer
from axis.sandbox.state import make_token, token_file
from axis.settings import Settings

STOP_SECONDS = GRACE_SECONDS + 10
"""How long fronts may take to end; the writer has as long again."""
SOCKET = "writer"
"""The name of the writer's socket in the folder of this run."""
BACKLOG = 2048

_log = logging.getLogger("axis.serve")


class _Stopped(Exception):
    """The hub is to end, with this exit status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def supervise(
    settings: Settings,
    host: str,
    port: int,
    sandbox_port: int | None,
    ports_file: Path | None,
    workers: int,
) -> int:
    """Serve in several processes until told to stop; return the exit status."""
    if ports_file is not None:
        ports_file.unlink(missing_ok=True)
    sockets = {"public": _bound(host, port)}
    if sandbox_port is not None:
        sockets["sandbox"] = _bound(LOOPBACK, sandbox_port)
    gc.freeze()  # what is loaded now is shared by all, and need not be gone through again and again
    wakening = _hear_signals()
    life = Life.begin()
    with tempfile.TemporaryDirectory(prefix="axis-") as folder:
        path = str(Path(folder) / SOCKET)
        is_sandbox = sandbox_port is not None
        writer = Child(
            "writer",
            lambda reading, ready: run_writer(
                settings, path, sandbox=is_sandbox, fronts=workers, ready=ready, life=reading
            ),
            life,
        )
        fronts: list[Child] = []
        try:
            _start([writer], wakening)
            digest = make_token(token_file(settings)) if is_sandbox else None
            fronts += [
                Child(
                    f"front {number}",
                    lambda reading, ready: run_front(settings, sockets, path, digest, ready, reading),
                    life,
                )
                for number in range(1, workers + 1)
            ]
            _start(fronts, wakening)
            write_ports({name: each.getsockname()[:2] for name, each in sockets.items()}, ports_file)
            _look_after([writer, *fronts], wakening)
        except _Stopped as stopped:
            return stopped.status
        finally:
            _stop(fronts)
            _stop([writer])
    return 0


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.create_server((host, port), family=family, backlog=BACKLOG)
    bound.setblocking(False)
    return bound


def _hear_signals() -> int:
    """Have SIGTERM and SIGINT heard as bytes; return the descriptor that they are read from."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    return reading


def _start(children: Iterable[Child], wakening: int) -> None:
    """Start processes, and wait until all are ready.

    Raises:
        _Stopped: when one ended instead, with its status; or a signal came.

    """
    unready = {child.name: child for child in children}
    for child in unready.values():
        child.start()
    while unready:
        ended = {child.process.sentinel: child for child in unready.values() if child.process is not None}
        ready = {child.ready: child for child in unready.values() if child.ready is not None}
        for found in wait([*ready, *ended, wakening]):
            if found == wakening:
                raise _Stopped(0)
            if isinstance(found, Connection):
                if ready[found].hear_ready():
                    unready.pop(ready[found].name, None)
            elif isinstance(found, int):
                process = ended[found].process
                assert process is not None
                process.join()
                raise _Stopped(process.exitcode or 1)


def _look_after(children: Iterable[Child], wakening: int) -> None:
    """Start whoever dies again, until a signal comes."""
    alive = list(children)
    due: dict[str, tuple[float, Child]] = {}
    while True:
        sentinels: Mapping[int, Child] = {
            child.process.sentinel: child for child in alive if child.process is not None
        }
        next_start = min((at for at, _ in due.values()), default=None)
        patience = None if next_start is None else max(0.0, next_start - time.monotonic())
        for found in wait([*sentinels, wakening], patience):
            if found == wakening:
                return
            assert isinstance(found, int)
            child = sentinels[found]
            assert child.process is not None
            child.process.join()
            facts = {"process": child.name, "status": child.process.exitcode}
            _log.error("process died, and is started again", extra={"facts": facts})
            alive.remove(child)
            due[child.name] = (time.monotonic() + child.pause_before_next(), child)
        for at, child in list(due.values()):
            if at <= time.monotonic():
                del due[child.name]
                child.start()
                alive.append(child)


def _stop(children: Iterable[Child]) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        child.stop()
    for child in children:
        child.join(deadline)
