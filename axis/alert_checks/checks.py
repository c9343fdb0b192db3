"""The list of checks with their intervals, and who makes them: the one process that does the chores.

A check that takes long is made less often, so that watching stays a small share of a hub's work.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from axis.alert_checks.agencies import look_at_overdue, look_at_rates, look_at_refusals, look_at_silence
from axis.alert_checks.certificates import Certificates
from axis.alert_checks.clocks import look_at_clocks
from axis.alert_checks.failed_jobs import look_at_jobs
from axis.alert_checks.revocation import RevocationLists, look_at_sources
from axis.alert_checks.room import look_at_room
from axis.alert_checks.sight import Sight
from axis.alert_checks.witnesses import look_at_witnesses
from axis.alerts.changes import Finding, settle
from axis.database import Read

SHARE: Final = 30
"""After a check this many times as long as it took pass at least."""


@dataclass(frozen=True, slots=True)
class Check:
    """A way to find what alerts of one name are raised for."""

    name: str
    every_seconds: float
    look: Callable[[Sight, Read], list[Finding]]


def all_checks() -> tuple[Check, ...]:
    """Return a check for every alert there is."""
    return (
        Check("certificate-expiring", 60, Certificates().look),
        Check("list-expiring", 30, RevocationLists().look),
        Check("revocation-source-down", 10, look_at_sources),
        Check("ledger-unwitnessed", 30, look_at_witnesses),
        Check("rate-below-target", 60, look_at_rates),
        Check("refusals-rising", 30, look_at_refusals),
        Check("deliveries-overdue", 60, look_at_overdue),
        Check("agency-silent", 30, look_at_silence),
        Check("job-failed", 10, look_at_jobs),
        Check("store-filling", 30, look_at_room),
        Check("clock-off", 10, look_at_clocks),
    )


@dataclass(slots=True)
class AlertChecks:
    """Makes the checks of a process when they are due."""

    sight: Sight
    checks: tuple[Check, ...] = field(default_factory=all_checks)
    monotonic: Callable[[], float] = time.monotonic
    _due: dict[str, float] = field(default_factory=dict)

    def run_due(self) -> tuple[int, int]:
        """Make the checks that are due; return how many alerts were raised and how many were cleared.

        Each has a transaction of its own. One that fails stops neither the others nor the next time.
        """
        raised = cleared = 0
        failed: Exception | None = None
        for check in self.checks:
            started = self.monotonic()
            if started < self._due.get(check.name, started):
                continue
            try:
                with self.sight.database.read() as tx:
                    found = check.look(self.sight, tx)
                more, fewer = settle(self.sight.database, (check.name,), found, self.sight.clock.now())
                raised, cleared = raised + more, cleared + fewer
            except Exception as error:  # noqa: BLE001 - the first is raised once the others are made
                failed = failed or error
            took = self.monotonic() - started
            self._due[check.name] = started + took + max(check.every_seconds, SHARE * took)
        if failed is not None:
            raise failed
        return raised, cleared
