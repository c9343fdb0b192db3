"""Tells a store that is full, failing, unwritable or gone from a statement that is wrong, and remembers it.

Callers then get `overloaded` with a time to come again. SQLite result codes (sqlite.org/rescode.html),
PostgreSQL's SQLSTATE classes (appendix A of its manual).
"""

import logging
import sqlite3
import threading

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from axis.protocol.errors import Overloaded

RETRY_AFTER_SECONDS = 5
"""When to come again: the hub itself looks every second whether the store takes anything."""

_SQLITE = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,  # another process has written for half a minute
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)
_PRIMARY = 0xFF
"""The part of an extended result code that is the plain one."""
_POSTGRESQL = ("08", "53", "57P", "58", "25006", "XX001", "XX002")
"""Beginnings: connection lost, no room, shutting down, the system's fault, read-only, damaged."""

_log = logging.getLogger("axis.database")
_log.addHandler(logging.NullHandler())  # a command says it in its own one line


class StoreFailing(Overloaded):
    """The store of the hub cannot be used just now. Sending again later is safe.

    `retry_after_seconds`: when to come again, for the Retry-After header.
    """


def is_store_failure(error: BaseException) -> bool:
    """Tell whether the store failed, rather than the statement or its transaction."""
    if isinstance(error, PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return (getattr(cause, "sqlite_errorcode", 0) & _PRIMARY) in _SQLITE
    state = getattr(cause, "sqlstate", None)
    if state is None:  # it never got as far as the server, or lost it
        return isinstance(error, OperationalError)
    return str(state).startswith(_POSTGRESQL)


def failing(error: BaseException) -> StoreFailing:
    """Return what callers are told of a store's failure."""
    told = StoreFailing(retry_after_seconds=RETRY_AFTER_SECONDS)
    told.__cause__ = error
    return told


class StoreHealth:
    """Whether the store takes writes, as far as this process knows; said in the log when it changes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failing = False

    @property
    def failing(self) -> bool:
        """A write failed, and no probe has succeeded since."""
        return self._failing

    def failed(self, error: BaseException) -> None:
        """Remember that the store failed a write."""
        with self._lock:
            changed, self._failing = not self._failing, True
        if changed:
            reason = str(getattr(error, "orig", None) or error).strip()
            _log.error(
                "the store cannot be written, and the hub is not ready", extra={"facts": {"reason": reason}}
            )

    def recovered(self) -> None:
        """Remember that a probe succeeded."""
        with self._lock:
            changed, self._failing = self._failing, False
        if changed:
            _log.warning("the store can be written again")
