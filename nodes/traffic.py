"""Counts what a run did, by one part or by all together: documents, statuses, faults, finished days.

What the hub counted is `nodes.comparison`.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from nodes.faults.injection import FaultResult
from nodes.faults.planning import PlannedFault
from nodes.timings import Timings

_COUNTS = (
    "documents",
    "repeated",
    "deliveries",
    "statuses",
    "statuses_refused",
    "refused_by_staff",
    "recalls_agreed",
    "renewals",
    "to_return",
    "returned",
    "waiting",
)


@dataclass(slots=True)
class Traffic:
    """What a run did; counts grow while it runs."""

    documents: int = 0
    repeated: int = 0
    """Documents the hub said it knew already: the run was made before on this hub."""
    deliveries: int = 0
    statuses: int = 0
    statuses_refused: int = 0
    refused_by_staff: int = 0
    """Deliveries refused (02), but for those withdrawn later."""
    recalls_agreed: int = 0
    """Deliveries withdrawn: a recall of them was agreed to (15)."""
    renewals: int = 0
    """How often an agency got new certificates, of a stated length."""
    to_return: int = 0
    """Statuses given on what agencies on the old protocol sent: each is handed over to them once."""
    returned: int = 0
    """… and how many were handed over."""
    waiting: int = 0
    """What the hub still holds ready for them in the end."""
    faults: list[FaultResult] = field(default_factory=list)
    """What was injected, and what came of it, in order."""
    days: list[tuple[date, int, int]] = field(default_factory=list)
    """The finished days, with all documents and statuses up to their ends."""
    is_interrupted: bool = False
    """Ended before the plan was carried out: by Ctrl-C, or with another part."""
    interruption: str = ""
    """What ended it; empty for Ctrl-C."""
    timings: Timings = field(default_factory=Timings)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, **counts: int) -> None:
        """Count, from any thread; the names are those of the attributes."""
        with self._lock:
            for name, number in counts.items():
                setattr(self, name, getattr(self, name) + number)

    def told(self) -> dict[str, Any]:
        """Return JSON values from which other parts learn what this one did."""
        with self._lock:
            counts = {name: getattr(self, name) for name in _COUNTS}
        return counts | {
            "timings": self.timings.told(),
            "faults": [[fault.planned.place, list(fault.observed)] for fault in self.faults],
            "day": list(self.days[-1][1:]) if self.days else [0, 0],
        }

    def together(self, notes: Sequence[Mapping[str, Any]], planned: Sequence[PlannedFault]) -> "Traffic":
        """Return what all parts did, one's own among them, by what each told."""
        by_place = {fault.place: fault for fault in planned}
        whole = Traffic(days=self.days, is_interrupted=self.is_interrupted, interruption=self.interruption)
        for note in notes:
            whole.add(**{name: note[name] for name in _COUNTS})
            whole.timings.hear(note["timings"])
            whole.faults += [
                FaultResult(by_place[place], tuple(observed)) for place, observed in note["faults"]
            ]
        return whole


def day_of(notes: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """Return the documents and statuses of all parts so far."""
    return sum(note["documents"] for note in notes), sum(note["statuses"] for note in notes)
