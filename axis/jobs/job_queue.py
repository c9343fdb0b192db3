"""The queue of jobs: puts jobs into it, finds and cancels them, and removes them some time after their end.

Jobs are worked on by `axis.jobs.execution`.
"""

import re
import uuid
from typing import Any

import orjson
from sqlalchemy import Row

from axis.clock import Microseconds
from axis.database import Read, Write
from axis.database.database_clock import database_now
from axis.jobs import queries
from axis.jobs.kinds import Json
from axis.protocol.errors import JobEnded, NotFound, Place, TooManyRequests

# Whoever cancels a job that runs takes its lease away: the process that works on it can write no more, and
# finds out with its next sign of life.

RETRY_AFTER_SECONDS = 30
"""When whoever has too many jobs may ask again."""
KEPT_PER_OWNER = 1_000
"""Ended jobs of one owner; older ones go, however young they are."""
_ID = re.compile(r"[0-9a-f-]{36}")
DAY = 24 * 60 * 60 * 1_000_000


def submit(tx: Write, kind: str, params: Json, *, owner: str, request_id: str, most: int) -> str:
    """Queue a job and return its id. `owner` is the id of the caller's token; `most` bounds its waiting jobs.

    Raises:
        TooManyRequests: when as many jobs of the owner have not ended.

    """
    queries.lock_owner(tx, owner)
    waiting = queries.count_waiting(tx, owner)
    if waiting >= most:
        found = f"{waiting} jobs of this token that have not ended"
        place = Place("header:Authorization", found, f"at most {most}")
        raise TooManyRequests(place, retry_after_seconds=RETRY_AFTER_SECONDS)
    now = database_now(tx)
    job = str(uuid.uuid4())
    row = {
        "id": job,
        "kind": kind,
        "owner": owner,
        "request_id": request_id,
        "params": orjson.dumps(params).decode(),
        "state": "queued",
        "done": 0,
        "lease": 0,
        "attempts": 0,
        "due_at": now,
        "created_at": now,
    }
    queries.add_job(tx, row)
    return job


def find_job(tx: Read, job: str, owner: str | None) -> Row[Any]:
    """Return a job with its result; `owner` None sees everyone's.

    Raises:
        NotFound: when it is not there, or another's.

    """
    row = queries.job_row(tx, job) if _ID.fullmatch(job) else None
    if row is None or owner not in {None, row.owner}:
        raise NotFound
    return row


def cancel(tx: Write, job: str, owner: str | None) -> Row[Any]:
    """Cancel a job, running or not, and return it; `owner` None may cancel everyone's.

    Raises:
        NotFound: when it is not there, or another's.
        JobEnded: when it has ended.

    """
    find_job(tx, job, owner)
    done = queries.cancel_job(tx, job, owner, database_now(tx))
    row = find_job(tx, job, owner)
    if not done:
        raise JobEnded(Place("path:job", row.state, "queued or running"), job=job, state=row.state)
    return row


def sweep_jobs(tx: Write, kept_days: int) -> int:
    """Forget jobs that ended long ago, and those of owners with very many; return how many there were."""
    before = Microseconds(database_now(tx) - kept_days * DAY)
    return queries.drop_ended(tx, before) + queries.drop_surplus(tx, KEPT_PER_OWNER)
