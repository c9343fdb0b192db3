"""Leases: how long one lasts, and the lease on what one process at a time does, such as background chores.

A lease ends by the store's clock when its holder is silent for the setting `lease_seconds`. The lease of a
job is kept by `axis.jobs.execution`.
"""

import logging
import os
import platform
import threading
import time
import uuid
from collections.abc import Callable

from axis.clock import Microseconds
from axis.database import Database, Read, Write
from axis.database.database_clock import database_now
from axis.jobs import queries

SECOND = 1_000_000
CHORES = "chores"
"""The lease on the chores of all hubs of a store: where it is held, one of them runs."""
BEATS = 3
"""How often a lease is kept alive before it would end."""

_log = logging.getLogger("axis.jobs")


def process_name() -> str:
    """Return a name that no other holder has, and by which an operator finds the process."""
    return f"{platform.node()[:48]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


def is_taken(tx: Read, name: str) -> bool:
    """Tell whether any process holds a lease, or did so when it fell silent less than its time ago."""
    row = queries.lease_row(tx, name)
    return row is not None and row.until > database_now(tx)


class Lease:
    """One process's side of a lease: taken when nobody holds it, held for as long as it is kept alive."""

    def __init__(self, database: Database, name: str, seconds: float) -> None:
        self.seconds = seconds
        self._database = database
        self._name = name
        self._holder = process_name()
        self._number: int | None = None
        self._ends = 0.0
        self._under_way = 0
        self._lock = threading.Lock()
        self._asking = threading.Lock()  # held for as long as the store is asked

    def keep(self) -> bool:
        """Take the lease, or keep it alive, three times while it lasts; return whether it is held."""
        with self._asking:
            return self._keep()

    def is_held(self) -> bool:
        """Tell whether the lease is this process's for certain, without asking the store."""
        with self._lock:
            return self._number is not None and time.monotonic() < self._ends

    def run(self, work: Callable[[], object]) -> bool:
        """Do work where the lease is held; return whether it was."""
        with self._lock:
            if self._number is None or time.monotonic() >= self._ends:
                return False
            self._under_way += 1
        try:
            work()
        finally:
            with self._lock:
                self._under_way -= 1
        return True

    def release(self) -> None:
        """Let others take the lease at once; where work is still under way it ends by itself instead."""
        with self._asking:
            with self._lock:
                number, self._number = self._number, None
                if number is None or self._under_way:
                    return
            free = Microseconds(0)
            self._database.write(lambda tx: queries.set_lease(tx, self._name, self._holder, number, free))

    def _keep(self) -> bool:
        asked = time.monotonic()
        number = self._database.write(self._extend) if self._number is not None else None
        if number is None and self._is_free():
            number = self._database.write(self._take)
        if (number is None) != (self._number is None):
            said = "taken" if number is not None else "lost"
            _log.info("a lease was %s", said, extra={"facts": {"lease": self._name, "number": number}})
        with self._lock:
            self._number = number
            self._ends = asked + self.seconds
        return number is not None

    def _is_free(self) -> bool:
        with self._database.read() as tx:
            return not is_taken(tx, self._name)

    def _extend(self, tx: Write) -> int | None:
        assert self._number is not None
        until = Microseconds(database_now(tx) + int(self.seconds * SECOND))
        return self._number if queries.set_lease(tx, self._name, self._holder, self._number, until) else None

    def _take(self, tx: Write) -> int | None:
        now = database_now(tx)
        until = Microseconds(now + int(self.seconds * SECOND))
        return queries.take_lease(tx, self._name, self._holder, now, until)
