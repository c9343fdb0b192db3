"""Lets a process wait in the writer process's queue for its turn to write a transaction of its own.

A turn gives order; safety is given by SQLite's lock. A process that finds no writer goes ahead without a
turn.
"""

import contextlib
import socket
import time
from collections.abc import Iterator

from axis.database import writer_frames as frames
from axis.database.failures import RETRY_AFTER_SECONDS, StoreFailing

WAIT_SECONDS = 10
"""How long to look for a writer that is gone."""
RETRY_SECONDS = 0.02
GRANT_SECONDS = 60
"""How long a turn may be in coming from a writer that is there."""
_CHUNK = 65_536


@contextlib.contextmanager
def turn(path: str) -> Iterator[None]:
    """Hold the writer's queue up until the context ends."""
    connection = _granted(path)
    try:
        yield
    finally:
        if connection is not None:
            connection.close()  # which ends the turn


def announce(path: str) -> None:
    """Have the writer and all fronts look at the store, and wait until they have.

    Raises:
        StoreFailing: when no writer takes the announcement.

    """
    connection = _asked(path, frames.ANNOUNCE, time.monotonic() + WAIT_SECONDS)
    if connection is None:
        raise StoreFailing(retry_after_seconds=RETRY_AFTER_SECONDS)
    connection.close()


def _granted(path: str) -> socket.socket | None:
    return _asked(path, frames.TURN, time.monotonic() + WAIT_SECONDS)


def _asked(path: str, letter: frames.Letter, deadline: float) -> socket.socket | None:
    """Ask the writer, and return the connection once it has answered; None where there is no writer."""
    while time.monotonic() < deadline:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(GRANT_SECONDS)
            connection.connect(path)
            connection.sendall(frames.frame(letter))
            if connection.recv(_CHUNK):
                return connection
        except OSError:
            pass
        connection.close()
        time.sleep(RETRY_SECONDS)
    return None
