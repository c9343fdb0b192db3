"""Raises and clears alerts: what a check found is compared with the alerts that stand open.

Replicas may look at once: the comparison is made again under a lock, so that each alert is raised once and
cleared once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from axis.alerts import queries
from axis.clock import Microseconds
from axis.database import Database, Read, Write

MOST_OF_A_NAME: Final = 500
"""So many alerts of one name stand open at most: a hub whose agencies are all silent has one cause, not
thousands."""
SUBJECT_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that an alert is raised for, as long as it is found."""

    name: str
    subject: str
    facts: dict[str, Any] = field(default_factory=dict)
    """What its sentence names: texts and whole numbers."""
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class _Changes:
    raised: list[Finding]
    cleared: list[int]
    """Ids of alerts."""
    told: list[tuple[int, str]]
    """Ids of alerts with their new facts."""

    def any(self) -> bool:
        return bool(self.raised or self.cleared or self.told)


def settle(
    database: Database, names: Collection[str], found: Sequence[Finding], now: Microseconds
) -> tuple[int, int]:
    """Make the open alerts of these names those that were found; return how many were raised and cleared.

    `now` is business time. Nothing is written where nothing has changed.
    """
    with database.read() as tx:
        if not _compare(tx, names, found).any():
            return 0, 0
    return database.write(lambda tx: _apply(tx, names, found, now))


def _apply(tx: Write, names: Collection[str], found: Sequence[Finding], now: Microseconds) -> tuple[int, int]:
    queries.lock_alerts(tx)
    changes = _compare(tx, names, found)
    for finding in changes.raised:
        alert = queries.add_alert(
            tx,
            {
                "name": finding.name,
                "subject": finding.subject[:SUBJECT_CHARACTERS],
                "agency": finding.agency,
                "facts": _written(finding),
                "raised_at": now,
            },
        )
        queries.add_event(tx, alert, "raised", now)
    for alert in changes.cleared:
        queries.clear_alert(tx, alert, now)
        queries.add_event(tx, alert, "cleared", now)
    for alert, facts in changes.told:
        queries.set_facts(tx, alert, facts)
    return len(changes.raised), len(changes.cleared)


def _compare(tx: Read, names: Collection[str], found: Sequence[Finding]) -> _Changes:
    wanted: dict[tuple[str, str], Finding] = {}
    counts: dict[str, int] = {}
    for finding in found:
        key = (finding.name, finding.subject[:SUBJECT_CHARACTERS])
        if key not in wanted and counts.get(finding.name, 0) < MOST_OF_A_NAME:
            counts[finding.name] = counts.get(finding.name, 0) + 1
            wanted[key] = finding
    standing = {(row.name, row.subject): row for row in queries.open_alerts(tx, names)}
    return _Changes(
        [finding for key, finding in wanted.items() if key not in standing],
        [row.id for key, row in standing.items() if key not in wanted],
        [
            (row.id, _written(wanted[key]))
            for key, row in standing.items()
            if key in wanted and row.facts != _written(wanted[key])
        ],
    )


def _written(finding: Finding) -> str:
    return orjson.dumps(finding.facts, option=orjson.OPT_SORT_KEYS).decode()
