"""Which services a sandbox's operator has taken down: stored, so that every process of the hub follows."""

import logging
from typing import Final, Literal, get_args

from axis.database.store_facts import get_fact, raise_version, set_fact
from axis.database.transactions import Read, Write

Service = Literal["revocation", "timestamps"]
"""Revocation lists and OCSP answers of the hub's own authority; its time-stamps."""
SERVICES: Final[tuple[Service, ...]] = get_args(Service)

_FACT = "services_down"
_log = logging.getLogger("axis.sandbox")


def services_down(tx: Read) -> frozenset[Service]:
    """Return the services that are down."""
    named = (get_fact(tx, _FACT) or "").split()
    return frozenset(service for service in SERVICES if service in named)


def put_services_down(tx: Write, services: frozenset[Service]) -> None:
    """Take these services down and all others up; every process learns of it."""
    set_fact(tx, _FACT, " ".join(sorted(services)))
    raise_version(tx)


def is_down(tx: Read, service: Service) -> bool:
    """Tell whether a service is down, and mark in the log that something met it so."""
    if service not in services_down(tx):
        return False
    _log.warning("an injected fault was met", extra={"facts": {"service": service}})
    return True
