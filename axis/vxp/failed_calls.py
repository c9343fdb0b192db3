"""Calls whose headers proved nothing: counted for the operator, who alone is told which part was wrong.

It decides nothing. Counts gather in memory and are stored once a second, so that a flood of wrong calls
costs no write each; ids that are no system's count under one name, so that nobody makes up more rows.
"""

import threading
from dataclasses import dataclass, replace
from typing import Final

from axis.clock import Microseconds, rfc3339
from axis.database import Database, Read
from axis.protocol.errors import shorten
from axis.protocol.texts import printable
from axis.vxp.queries import FailureKey, add_failures, failure_rows

UNKNOWN: Final = "unknown"
"""Stands for every system id that is in no row of the store, and for calls that name none."""
DETAIL_CHARACTERS: Final = 200
FAULTS: Final = {
    "header-missing": "one of the three headers of the signature is not there",
    "header-list": "the list of signed headers is not that of the signed text, or lacks one that it needs",
    "signed-text": "the signed text is no JSON object of parameters",
    "unknown-id": "the system id is no system's",
    "revoked": "the system was revoked",
    "digest": "the digest is not that of the signed text under the system's secret",
    "timestamp": "the timestamp is unreadable, or outside the window",
    "parameter": "a header that the operation needs is not signed",
    "not-granted": "the system was not added with --may-register",
    "replayed": "the signed headers were used before, and count once",
}
"""Every fault, and what it means."""


@dataclass(frozen=True, slots=True)
class Failure:
    """How often one part was wrong in calls of one operation by one system."""

    system: str
    operation: str
    fault: str
    count: int
    last_at: Microseconds
    detail: str

    def to_json(self) -> dict[str, object]:
        """Return it as the operator is shown it."""
        return {
            "system": self.system,
            "operation": self.operation,
            "fault": self.fault,
            "meaning": FAULTS.get(self.fault, ""),
            "count": self.count,
            "last_at": rfc3339(self.last_at),
            "detail": self.detail,
        }


class Failures:
    """Counts not stored yet."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counted: dict[FailureKey, Failure] = {}
        self._lock = threading.Lock()

    def note(self, system: str, operation: str, fault: str, detail: str, real_now: Microseconds) -> None:
        """Count one; `system` is a known system's code or `UNKNOWN`."""
        detail = shorten(printable(detail), DETAIL_CHARACTERS)
        self._add(Failure(system, operation, fault, 1, real_now, detail))

    def flush(self) -> None:
        """Store what was counted since the last time; what cannot be stored now is kept for the next."""
        with self._lock:
            taken, self._counted = self._counted, {}
        if not taken:
            return
        rows = [
            {
                "system": failure.system,
                "operation": failure.operation,
                "fault": failure.fault,
                "count": failure.count,
                "last_at": failure.last_at,
                "detail": failure.detail,
            }
            for _, failure in sorted(taken.items())  # in one order, so that two workers wait in it
        ]
        try:
            self._database.write(lambda tx: add_failures(tx, rows))
        except BaseException:
            for failure in taken.values():
                self._add(failure)
            raise

    def _add(self, failure: Failure) -> None:
        key = (failure.system, failure.operation, failure.fault)
        with self._lock:
            known = self._counted.get(key)
            if known is None:
                self._counted[key] = failure
                return
            newest = max(known, failure, key=lambda each: each.last_at)
            self._counted[key] = replace(newest, count=known.count + failure.count)


def list_failures(tx: Read, after: FailureKey | None, limit: int) -> list[Failure]:
    """Return what was counted, by system, operation and fault; the last second may be missing."""
    return [
        Failure(row.system, row.operation, row.fault, row.times, row.last_at, row.detail)
        for row in failure_rows(tx, after, limit)
    ]
