"""Where a run takes place: one hub, or a province's and the national one with a relay between them.

Two hubs and their relay are prepared by `nodes.two_hubs`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from nodes.client import Client
from nodes.faults.injection import Powers
from nodes.retries import Retries
from nodes.sandbox import set_clock

CONNECTIONS: Final = 16
"""Requests under way at once: enough to fill a group commit, few enough for two processors."""
NO_POWERS: Final = Powers()


@dataclass(frozen=True, slots=True)
class Site:
    """One hub, as a run sees it."""

    hub: str
    sandbox: Client
    powers: Powers = NO_POWERS


@dataclass(frozen=True, slots=True)
class ProvinceSite:
    """The hub of a province, and the relay to the national one."""

    site: Site
    codes: frozenset[str]
    """Those whom it serves."""
    carry: Callable[[], None]
    """Has the relay carry all that waits at either hub."""
    exchange_lists: Callable[[], bool]
    """Gives each hub the other's revocation lists; tells whether one was new."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a run takes place, and what it may do there."""

    hub: str
    sandbox: Client
    powers: Powers = NO_POWERS
    connections: int = CONNECTIONS
    province: ProvinceSite | None = None
    registers: Path | None = None
    """The folder for the registers of systems; None for one that goes afterwards."""
    retries: Retries | None = None
    """How long agencies wait for a hub that does not answer; None for as long as clients do."""

    @property
    def sites(self) -> tuple[Site, ...]:
        """All hubs, the national one first."""
        own = Site(self.hub, self.sandbox, self.powers)
        return (own,) if self.province is None else (own, self.province.site)

    def site_of(self, code: str) -> Site:
        """Return the hub that serves an agency."""
        if self.province is not None and code in self.province.codes:
            return self.province.site
        return self.sites[0]

    def move_clocks(self, to: datetime) -> None:
        """Move the business time of all hubs; each knows the other's lists of that time then."""
        for site in self.sites:
            set_clock(site.sandbox, to)
        if self.province is not None and self.province.exchange_lists():
            for site in self.sites:
                set_clock(site.sandbox, to)  # a hub that is told of a change reads its folder at once

    def carry(self) -> None:
        """Have the relay carry what waits, where there is one."""
        if self.province is not None:
            self.province.carry()
