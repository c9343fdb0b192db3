"""Chooses the documents that an audit verifies: all that are counted as signed, or a random sample.

A stopped audit that goes on with the same sample size keeps its choice and skips documents already verified.
"""

import json
import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from axis.audit.audit_folder import State
from axis.audit.document_checks import Counted
from axis.audit.findings import Finding

DOUBT: Final = 0.05
"""A sample can miss as many false documents as it would miss with at least this likelihood."""
AT_ONCE: Final = 256

_WAITING: Final = (
    "SELECT position, id, leaf, at, sender, manifest, signatures, signed_by FROM signed "
    "WHERE position NOT IN (SELECT document FROM checks) AND position > ? ORDER BY position LIMIT ?"
)
_CHOSEN: Final = (
    "SELECT position, id, leaf, at, sender, manifest, signatures, signed_by FROM signed "
    "WHERE position IN (SELECT document FROM checks WHERE NOT done) AND position > ? "
    "ORDER BY position LIMIT ?"
)


def begin(state: State, sample: int | None) -> None:
    """Choose the documents of a new audit, unless one with this sample was begun and not ended."""
    if state.get("running") == {"sample": sample}:
        return
    state.rows.execute("DELETE FROM checks")
    if sample is not None:
        found = state.rows.execute("SELECT position FROM signed")
        chosen = _drawn((position for (position,) in found), sample)
        state.rows.executemany(
            "INSERT INTO checks (document, done) VALUES (?, 0)", ((each,) for each in chosen)
        )
    state.set("running", {"sample": sample})
    state.rows.commit()


def end(state: State) -> None:
    """Note that the audit is done: the next one verifies anew."""
    state.drop("running")
    state.rows.commit()


def waiting(state: State, sample: int | None) -> Iterator[list[Counted]]:
    """Yield the documents that are still to be verified, some at a time, oldest first."""
    statement = _WAITING if sample is None else _CHOSEN
    after = -1
    while True:
        page = [_counted(row) for row in state.rows.execute(statement, (after, AT_ONCE))]
        if not page:
            return
        yield page
        after = page[-1].position


def note(state: State, document: Counted, finding: Finding | None) -> None:
    """Keep what came of one document."""
    kept = (None,) * 4 if finding is None else (finding.kind, finding.where, finding.found, finding.expected)
    state.rows.execute("INSERT OR REPLACE INTO checks VALUES (?, ?, ?, ?, ?, 1)", (document.position, *kept))


def noted(state: State) -> Iterator[Finding]:
    """Yield what was found of the documents of this audit."""
    statement = (
        "SELECT kind, place, found, expected FROM checks "
        "WHERE kind IS NOT NULL AND kind <> 'unread' ORDER BY document"
    )
    return (Finding(*row) for row in state.rows.execute(statement))


def unread(state: State) -> int:
    """Return how many messages of this audit were verified without their files."""
    return int(state.rows.execute("SELECT count(*) FROM checks WHERE kind = 'unread'").fetchone()[0])


def totals(state: State) -> tuple[int, int]:
    """Return how many documents are counted as signed, and how many of them were verified."""
    (counted,) = state.rows.execute("SELECT count(*) FROM signed").fetchone()
    (verified,) = state.rows.execute("SELECT count(*) FROM checks WHERE done").fetchone()
    return counted, verified


def may_miss(counted: int, sample: int) -> int:
    """Return how many false documents among `counted` a sample of this size can miss.

    That is the largest number of false documents that such a sample would leave out altogether with a
    likelihood of at least `DOUBT`.
    """
    missed, likelihood = 0, 1.0
    while missed < counted - sample:
        likelihood *= (counted - sample - missed) / (counted - missed)
        if likelihood < DOUBT:
            break
        missed += 1
    return missed


def _drawn(positions: Iterator[int], size: int) -> list[int]:
    """Draw a sample of a stream by chance (Vitter's algorithm R)."""
    chosen: list[int] = []
    for place, position in enumerate(positions):
        if place < size:
            chosen.append(position)
        elif (drawn := secrets.randbelow(place + 1)) < size:
            chosen[drawn] = position
    return chosen


def _counted(row: tuple[int, str, bytes, str, str, str, str, str]) -> Counted:
    position, document, leaf, at, sender, manifest, signatures, signed_by = row
    moment = datetime.fromisoformat(at)
    return Counted(position, document, leaf, moment, sender, manifest, json.loads(signatures), signed_by)
