"""Judges undecided documents again when the material they needed may have arrived.

A different verdict is added beside the earlier ones, which stay. The trusted time remains the time of
acceptance.
"""

import functools
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from axis.compliance.new_verdicts import NewVerdict, record_verdicts
from axis.compliance.signed_documents import read_signed
from axis.compliance.supplied_material import Supplies, record_all_supplied
from axis.database import Database, Read, Write
from axis.database.store_facts import get_fact, set_fact
from axis.documents.tables import documents
from axis.judging.judge import Trust
from axis.ledger.recorder import Recorder
from axis.objects.store import Objects
from axis.trust.tables import registered_certificates

# Documents with INDETERMINATE are judged again after trust anchors, revocation lists or registered
# certificates have changed, or some time after judging was stopped to protect the hub.

BATCH = 200
"""The most documents that one call judges."""
BUDGET_SECONDS = 0.5
"""How long one call goes on to begin documents: other background work waits for it."""
PROGRESS = "rejudged"
"""The fact of the store that holds the material and the last document judged with it."""
RETRIES = "rejudge-retries"
"""The fact of the store that counts how often judging began anew with the same material."""
_FINISHED = -1


@dataclass(frozen=True, slots=True)
class _Progress:
    """Documents up to this position have been judged with this material; `_FINISHED` for all of them."""

    material: str
    position: int


def note_stopped(database: Database, trust: Trust) -> None:
    """Have undecided documents judged again by any process, some time after this one had to stop judging."""
    if trust.retries.take():
        database.write(begin_anew)


def begin_anew(tx: Write) -> None:
    """Have all undecided documents judged again, although the material may be what it was before."""
    set_fact(tx, RETRIES, str(int(get_fact(tx, RETRIES) or 0) + 1))


def rejudge_some(
    objects: Objects,
    trust: Trust,
    recorder: Recorder,
    limit: int = BATCH,
    *,
    budget_seconds: float = BUDGET_SECONDS,
) -> int:
    """Judge some undecided documents again, and return the number of new verdicts.

    It continues where the last call stopped, in whatever process. At the end it does nothing until the
    material changes.
    """
    database = objects.database
    with database.read() as tx:
        progress = _progress(tx, trust)
        if progress.position == _FINISHED:
            return 0
        undecided = _undecided(tx, progress.position - 1, limit)
        signed = read_signed(tx, objects, [row.position for row in undecided])
    until = time.monotonic() + budget_seconds
    given: list[Supplies[NewVerdict]] = []
    done = 0
    for row in undecided:
        judged = trust.judge_blocking(signed[row.position])
        verdict = judged.verdict
        if (verdict.indication, verdict.sub_indication) != (row.indication, row.sub_indication):
            make = functools.partial(NewVerdict, row.position)
            given.append(Supplies(make, verdict, judged.find_material))
        done += 1
        if time.monotonic() > until:
            break
    new = sum(recorded.result for recorded in record_all_supplied(recorder, record_verdicts, given))
    _keep(database, trust, progress, undecided[:done], finished=done == len(undecided) < limit)
    return new


def _progress(tx: Read, trust: Trust) -> _Progress:
    """Return where to continue: at the beginning, if the material has changed."""
    material = _material(tx, trust)
    known, _, position = (get_fact(tx, PROGRESS) or "").partition(" ")
    return _Progress(material, int(position) if known == material else 0)


def _material(tx: Read, trust: Trust) -> str:
    """Return a digest of everything that a verdict depends on besides the document."""
    registered = select(
        func.count(), func.coalesce(func.max(registered_certificates.c.registered_at), 0)
    ).select_from(registered_certificates)
    row: Any = tx.execute(registered).one()
    text = f"{trust.material.digest} {trust.policy.name} {row[0]} {row[1]} {get_fact(tx, RETRIES) or 0}"
    return hashlib.sha256(text.encode()).hexdigest()


def _undecided(tx: Read, after: int, limit: int) -> list[Row[Any]]:
    statement = (
        select(
            documents.c.position,
            documents.c.indication,
            documents.c.sub_indication,
        )
        .where(documents.c.indication == "INDETERMINATE", documents.c.position > after)
        .order_by(documents.c.position)
        .limit(limit)
    )
    return list(tx.execute(statement))


def _keep(
    database: Database, trust: Trust, progress: _Progress, done: Sequence[Row[Any]], *, finished: bool
) -> None:
    """Store where it stopped, unless the material has changed meanwhile: then it begins anew."""
    with database.read() as tx:
        if _material(tx, trust) != progress.material:
            return
    position = _FINISHED if finished else done[-1].position + 1
    database.write(lambda tx: set_fact(tx, PROGRESS, f"{progress.material} {position}"))
