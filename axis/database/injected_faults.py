"""Which faults a sandbox's operator has injected: stored, so that every process of the hub follows.

Services are down, the disk is slow, or the store is full.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from axis.database.store_facts import get_fact, raise_version, set_fact
from axis.database.transactions import Read, Write

Service = Literal["revocation", "timestamps", "disk", "store"]
"""Revocation lists and OCSP answers of the hub's own authority; its time-stamps; the disk below the store;
the store's room."""
SERVICES: Final[tuple[Service, ...]] = get_args(Service)
SLOW_SECONDS: Final = 0.5
"""How long a slow disk takes to keep one group of writes."""

_FACT = "services_down"
_log = logging.getLogger("axis.sandbox")


def services_down(tx: Read) -> frozenset[Service]:
    """Return the services that are down; of the disk that it is slow, of the store that it is full."""
    named = (get_fact(tx, _FACT) or "").split()
    return frozenset(service for service in SERVICES if service in named)


def put_services_down(tx: Write, services: frozenset[Service]) -> None:
    """Take these services down and all others up; every process learns of it."""
    tx.passes_faults = True
    set_fact(tx, _FACT, " ".join(sorted(services)))
    raise_version(tx)


def is_down(tx: Read, service: Service) -> bool:
    """Tell whether a service is down, and mark in the log that something met it so."""
    if service not in services_down(tx):
        return False
    _mark(service)
    return True


class StoreFullError(Exception):
    """The store is full, because a sandbox's operator said so."""


@dataclass(slots=True)
class StoreFaults:
    """The injected faults of the store itself, as this process knows them; each write meets them."""

    sleep: Callable[[float], None] = time.sleep
    met: Counter[Service] = field(default_factory=Counter)
    """How many transactions met each."""
    _down: frozenset[Service] = frozenset()

    def follow(self, tx: Read) -> None:
        """Read which there are."""
        self._down = services_down(tx)

    def meet(self, tx: Write) -> None:
        """Hold a transaction up on a slow disk, and fail it where the store is full.

        Whoever changes the faults passes. Raises `StoreFullError`.
        """
        if not self._down or tx.passes_faults:
            return
        if "disk" in self._down:
            self._note("disk")
            self.sleep(SLOW_SECONDS)
        if "store" in self._down:
            self._note("store")
            raise StoreFullError("the store is full: a sandbox's operator injected this fault")

    def _note(self, service: Service) -> None:
        self.met[service] += 1
        _mark(service)


def _mark(service: Service) -> None:
    _log.warning("an injected fault was met", extra={"facts": {"service": service}})
