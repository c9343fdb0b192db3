"""Counts calls that failed authentication, with the part that was wrong, and lists them for the operator.

Counts are stored once a second, and unknown system ids count under one name, so that a flood of wrong calls
costs few writes.
"""

import threading
from dataclasses import dataclass, replace
from typing import Final

from axis.clock import Microseconds, rfc3339
from axis.database import Database, Read
from axis.protocol.errors import shorten
from axis.protocol.refused_characters import printable
from axis.vxp.queries import FailureKey, add_failures, failure_rows

UNKNOWN: Final = "unknown"
"""The name for every unknown system id, and for calls without one."""
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
    """How often one part was wrong in a system's calls of one operation."""

    system: str
    operation: str
    fault: str
    count: int
    last_at: Microseconds
    detail: str

    def to_json(self) -> dict[str, object]:
        """Return the members that the operator sees."""
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
    """Counts that are not stored yet."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counted: dict[FailureKey, Failure] = {}
        self._lock = threading.Lock()

    def note(self, system: str, operation: str, fault: str, detail: str, real_now: Microseconds) -> None:
        """Count one failed call. `system`: a known system's code, or `UNKNOWN`."""
        detail = shorten(printable(detail), DETAIL_CHARACTERS)
        self._add(Failure(system, operation, fault, 1, real_now, detail))

    def flush(self) -> None:
        """Store the new counts. Counts that cannot be stored are kept for the next time."""
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
            for _, failure in sorted(taken.items())  # in one order, so that two workers take locks alike
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
    """Return the counts, by system, operation and fault. Those of the last second may be missing."""
    return [
        Failure(row.system, row.operation, row.fault, row.times, row.last_at, row.detail)
        for row in failure_rows(tx, after, limit)
    ]
