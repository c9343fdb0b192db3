"""What the newest reconciliation found, for anyone to see: counts and kinds, never who or what.

It compares nothing. Times are real: a sandbox's clock does not move them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from axis.clock import Microseconds, rfc3339
from axis.compliance.reconciliation.counter_comparison import SOURCES, Difference
from axis.database import Read, Write
from axis.database.meta import get_meta, set_meta
from axis.database.real_time import database_now

RECONCILED = "reconciled"
"""The fact of the store that says when the counters were compared last, and what came of it."""


@dataclass(slots=True)
class Findings:
    """Differences counted by what they were found against; the first of them are named."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SOURCES, 0))
    named: list[Difference] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.counts.values())

    def add(self, differences: Iterable[Difference], most: int) -> None:
        """Count differences, and name them up to so many."""
        for difference in differences:
            self.counts[difference.source] += 1
            if len(self.named) < most:
                self.named.append(difference)


def keep_outcome(tx: Write, size: int, counts: Mapping[str, int]) -> None:
    """Keep what a reconciliation found, of a ledger of this size, in place of the one before."""
    value = {"at": database_now(tx), "size": size, "counts": dict(counts)}
    set_meta(tx, RECONCILED, orjson.dumps(value).decode())


def describe_health(tx: Read) -> dict[str, Any]:
    """Return what is told of the ledger's health; `reconciled` is None where it never was."""
    stored = get_meta(tx, RECONCILED)
    if stored is None:
        return {"reconciled": None}
    kept = orjson.loads(stored)
    counts = {source: int(kept["counts"].get(source, 0)) for source in SOURCES}
    return {
        "reconciled": {
            "at": rfc3339(Microseconds(kept["at"])),
            "size": kept["size"],
            "differences": sum(counts.values()),
            "counts": counts,
        }
    }
