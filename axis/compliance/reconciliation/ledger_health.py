"""Keeps and tells what the newest reconciliation and check of the store found: counts and kinds, for anyone.

Times are real: a sandbox's clock does not move them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from axis.clock import Microseconds, rfc3339
from axis.compliance.reconciliation.counter_comparison import SOURCES, Difference
from axis.database import Read, Write
from axis.database.database_clock import database_now
from axis.database.store_facts import get_fact, set_fact
from axis.ledger.cosignatures import witnessed

RECONCILED = "reconciled"
"""The fact of the store that says when the counters were compared last, and what came of it."""
CHECKED = "checked"
"""The same of `axis fsck`."""


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
    set_fact(tx, RECONCILED, orjson.dumps(value).decode())


def keep_check(tx: Write, size: int, differences: int, *, complete: bool) -> None:
    """Keep what a check of the whole store found; `complete`: it counted all differences."""
    value = {"at": database_now(tx), "size": size, "differences": differences, "complete": complete}
    set_fact(tx, CHECKED, orjson.dumps(value).decode())


def describe_health(tx: Read) -> dict[str, Any]:
    """Return what is told of the ledger's health; what never took place is None."""
    return {
        "reconciled": _reconciled(get_fact(tx, RECONCILED)),
        "checked": _checked(get_fact(tx, CHECKED)),
        "witnessed": _witnessed(tx),
    }


def _witnessed(tx: Read) -> dict[str, Any] | None:
    found = witnessed(tx)
    if found is None:
        return None
    size, at, witnesses = found
    return {"at": rfc3339(at), "size": size, "witnesses": witnesses}


def _reconciled(stored: str | None) -> dict[str, Any] | None:
    if stored is None:
        return None
    kept = orjson.loads(stored)
    counts = {source: int(kept["counts"].get(source, 0)) for source in SOURCES}
    return {
        "at": rfc3339(Microseconds(kept["at"])),
        "size": kept["size"],
        "differences": sum(counts.values()),
        "counts": counts,
    }


def _checked(stored: str | None) -> dict[str, Any] | None:
    if stored is None:
        return None
    kept = orjson.loads(stored)
    return {**kept, "at": rfc3339(Microseconds(kept["at"]))}
