"""Reconciliation as a job: what `axis reconcile` does at once, done part after part.

The ledger is surveyed first; then each part is compared in a snapshot of its own, while the exchange goes on.
A small ledger is one part.
"""

import dataclasses
from typing import Any

from axis.compliance.reconciliation.counter_comparison import Difference, reconcile
from axis.compliance.reconciliation.ledger_health import Findings, keep_outcome
from axis.compliance.reconciliation.months import Part, parts_of, survey
from axis.database import Database, Read, Write
from axis.database.snapshots import hold_snapshot
from axis.jobs.kinds import Json, Kind, Step, Task
from axis.ledger.queries import entries_before, entry_from, read_head

KIND = "reconciliation"
SMALL = 20_000
"""Entries of a ledger that is compared in one step."""
SURVEYED = 50_000
"""Entries that one step surveys."""
NAMED = 500
"""Differences that a job names; a job's result is bounded."""


def reconciliation(database: Database) -> Kind:
    """Return the kind of job that reconciles; progress counts leaves, each as often as it is read."""

    def step(task: Task) -> Step:
        with database.read() as tx:
            hold_snapshot(tx)
            state = task.checkpoint or _begin(tx)
            return _survey(tx, state) if "parts" not in state else _compare(tx, state, task)

    return Kind(KIND, step)


def _begin(tx: Read) -> Json:
    head = read_head(tx)
    end = head[0] if head else 0
    if end > SMALL:
        return {"size": end, "surveyed": 0, "months": {}}
    return _planned(tx, end, [Part()], surveyed=0)


def _survey(tx: Read, state: Json) -> Step:
    end, first = state["size"], state["surveyed"]
    until = min(first + SURVEYED, end)
    known = {month: (begins, documents) for month, (begins, documents) in state["months"].items()}
    months = survey(tx, known, first, until)
    following = entry_from(tx, until)  # there is room between the positions of two ledgers
    if following is not None and following < end:
        more = {"size": end, "surveyed": following, "months": months}
        return Step(done=entries_before(tx, following), of=None, checkpoint=more)
    planned = _planned(tx, end, parts_of(months), surveyed=entries_before(tx, end))
    return Step(done=planned["done"], of=planned["of"], checkpoint=planned)


def _planned(tx: Read, end: int, parts: list[Part], surveyed: int) -> dict[str, Any]:
    return {
        "size": end,
        "parts": [dataclasses.astuple(part) for part in parts],
        "done": surveyed,
        "of": surveyed + sum(_entries_of(tx, part, end) for part in parts),
        "counts": Findings().counts,
        "named": [],
    }


def _entries_of(tx: Read, part: Part, end: int) -> int:
    """Return how many entries the comparison of a part reads."""
    return entries_before(tx, end) - entries_before(tx, part.position)


def _compare(tx: Read, state: Json, task: Task) -> Step:
    part, *left = (Part(*members) for members in state["parts"])
    done, of, end = state["done"], state["of"], state["size"]
    size = entries_before(tx, end)
    findings = Findings(dict(state["counts"]), [Difference(**each) for each in state["named"]])

    def seen(leaves: int) -> None:
        task.report(min(done + leaves, of), of)

    findings.add(reconcile(tx, part, seen), NAMED)
    done += _entries_of(tx, part, end)
    named = [dataclasses.asdict(each) for each in findings.named]
    if left:
        more = {"parts": [dataclasses.astuple(each) for each in left], "done": done}
        return Step(done=done, of=of, checkpoint={**state, **more, "counts": findings.counts, "named": named})

    def write(tx: Write) -> None:
        keep_outcome(tx, size, findings.counts)

    result = {
        "size": size,
        "counts": findings.counts,
        "differences": named,
        "complete": findings.total == len(named),
    }
    return Step(done=of, of=of, result=result, write=write)
