"""The lock on a SQLite file that `axis serve` holds, so that a second hub on it is refused.

It is a record lock of POSIX, which ends with its process. Commands beside a running hub do not take it.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from axis.database.engine import sqlite_path

ENDING = ".hub"
"""Ends the name of the file beside the store that is locked; it stays, and means nothing by itself."""
MOST_DIGITS = 20


class StoreServedError(Exception):
    """Another hub serves the store."""


@contextlib.contextmanager
def only_hub(url: str) -> Iterator[None]:
    """Be the only hub on the store of this URL until the context ends; any number may share PostgreSQL.

    Raises:
        StoreServedError: when another process is.

    """
    store = sqlite_path(url)
    if store is None:
        yield
        return
    path = store.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path.with_name(path.name + ENDING), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            raise StoreServedError(_taken(store, descriptor)) from None
        os.truncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)


def _taken(store: Path, descriptor: int) -> str:
    holder = os.read(descriptor, MOST_DIGITS).decode("ascii", "replace").strip()
    which = f"process {holder}" if holder.isdigit() else "another process"
    return f"{store} is served already, by {which}: a SQLite store has one `axis serve` at a time"
