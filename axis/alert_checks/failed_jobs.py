"""Finds jobs that failed and were not done since."""

from typing import Final

from sqlalchemy import exists, select

from axis.alert_checks.sight import Sight
from axis.alerts.changes import Finding
from axis.clock import Microseconds, rfc3339
from axis.database import Read
from axis.database.database_clock import database_now
from axis.jobs.tables import jobs
from axis.protocol.errors import AxisError
from axis.protocol.stored_errors import from_stored

HOUR: Final = 3_600_000_000


def look_at_jobs(sight: Sight, tx: Read) -> list[Finding]:
    """Return the jobs that failed within the setting's hours, unless one like them was done since."""
    hours = sight.settings.alert_job_hours
    if hours == 0:
        return []
    later = jobs.alias()
    done_since = exists().where(
        later.c.kind == jobs.c.kind,
        later.c.owner == jobs.c.owner,
        later.c.state == "done",
        later.c.ended_at > jobs.c.ended_at,
    )
    query = select(jobs.c.id, jobs.c.kind, jobs.c.ended_at, jobs.c.problem).where(
        jobs.c.state == "failed", jobs.c.ended_at > database_now(tx) - hours * HOUR, ~done_since
    )
    return [
        Finding(
            "job-failed",
            row.id,
            {
                "subject": row.id,
                "kind": row.kind,
                "at": rfc3339(Microseconds(row.ended_at)),
                "problem": _code(row.problem),
            },
        )
        for row in tx.execute(query.order_by(jobs.c.ended_at))
    ]


def _code(problem: str | None) -> str:
    try:
        return from_stored(problem or "").code
    except (AxisError, ValueError, TypeError, LookupError):
        return "internal-error"
