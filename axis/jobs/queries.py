"""The SQL of jobs and leases."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, select, text, tuple_, update

from axis.clock import Microseconds
from axis.database import Read, Write, insert
from axis.jobs.tables import jobs, leases

WAITING = ("queued", "running")
"""The states of a job that has not ended."""
_LISTED = [column for column in jobs.c if column.name not in {"params", "checkpoint", "result"}]


@dataclass(frozen=True, slots=True)
class Held:
    """A lease on a job: its id, and which of its leases."""

    job: str
    lease: int


def lock_owner(tx: Write, owner: str) -> None:
    """Let one process at a time add jobs of an owner; SQLite has one writer anyway."""
    if tx.dialect == "postgresql":
        tx.execute(text("SELECT pg_advisory_xact_lock(hashtext('jobs'), hashtext(:owner))"), {"owner": owner})


def count_waiting(tx: Read, owner: str) -> int:
    """Return how many jobs of an owner have not ended."""
    query = select(func.count()).select_from(jobs).where(jobs.c.owner == owner, jobs.c.state.in_(WAITING))
    return int(tx.execute(query).scalar_one())


def add_job(tx: Write, row: Mapping[str, Any]) -> None:
    """Add a job."""
    tx.execute(jobs.insert().values(**row))


def job_row(tx: Read, job: str) -> Row[Any] | None:
    """Return a job with its result."""
    return tx.execute(select(*_LISTED, jobs.c.result).where(jobs.c.id == job)).first()


def job_rows(
    tx: Read,
    owner: str | None,
    before: tuple[int, str] | None,
    limit: int,
    *,
    state: str | None = None,
) -> list[Row[Any]]:
    """Return jobs, newest first, without their results: one owner's or all, older than time and id."""
    query = select(*_LISTED).order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(limit)
    if owner is not None:
        query = query.where(jobs.c.owner == owner)
    if state is not None:
        query = query.where(jobs.c.state == state)
    if before is not None:
        query = query.where(tuple_(jobs.c.created_at, jobs.c.id) < tuple_(*before))
    return list(tx.execute(query).all())


def is_any_due(tx: Read, now: Microseconds, kinds: Collection[str]) -> bool:
    """Tell whether a process could take a job."""
    return tx.execute(select(jobs.c.id).where(*_due(now, kinds)).limit(1)).first() is not None


def lock_due(tx: Write, now: Microseconds, kinds: Collection[str]) -> Row[Any] | None:
    """Return the job that is due the longest and that no other process is just taking, locked."""
    query = select(jobs).where(*_due(now, kinds)).order_by(jobs.c.due_at, jobs.c.id).limit(1)
    return tx.execute(query.with_for_update(skip_locked=True)).first()


def set_job(tx: Write, job: str, changes: Mapping[str, Any]) -> None:
    """Change a job that this transaction has locked."""
    tx.execute(update(jobs).where(jobs.c.id == job).values(**changes))


def set_held(tx: Write, held: Held, changes: Mapping[str, Any]) -> bool:
    """Change a running job under its lease, and lock it; return False where the lease is lost."""
    under_lease = (jobs.c.id == held.job, jobs.c.lease == held.lease, jobs.c.state == "running")
    return tx.execute(update(jobs).where(*under_lease).values(**changes)).rowcount == 1


def cancel_job(tx: Write, job: str, owner: str | None, now: Microseconds) -> bool:
    """Cancel a job of an owner, or of anyone, unless it has ended; return whether that was done."""
    conditions = [jobs.c.id == job, jobs.c.state.in_(WAITING)]
    if owner is not None:
        conditions.append(jobs.c.owner == owner)
    changes = {"state": "cancelled", "due_at": None, "ended_at": now, "checkpoint": None}
    return tx.execute(update(jobs).where(*conditions).values(**changes)).rowcount == 1


def drop_ended(tx: Write, before: Microseconds) -> int:
    """Remove jobs that ended before a time; return how many there were."""
    return int(tx.execute(delete(jobs).where(jobs.c.ended_at < before)).rowcount)


def drop_surplus(tx: Write, kept: int) -> int:
    """Remove of each owner's ended jobs all but the newest; return how many there were."""
    newness = func.row_number().over(
        partition_by=jobs.c.owner, order_by=(jobs.c.created_at.desc(), jobs.c.id.desc())
    )
    ended = select(jobs.c.id, newness.label("newness")).where(jobs.c.ended_at.is_not(None)).subquery()
    surplus = select(ended.c.id).where(ended.c.newness > kept)
    return int(tx.execute(delete(jobs).where(jobs.c.id.in_(surplus))).rowcount)


def state_figures(tx: Read) -> dict[str, tuple[int, int]]:
    """Return by state how many jobs there are, and when the oldest of them was made."""
    count, oldest = func.count().label("jobs"), func.min(jobs.c.created_at).label("oldest")
    rows = tx.execute(select(jobs.c.state, count, oldest).group_by(jobs.c.state))
    return {row.state: (row.jobs, row.oldest) for row in rows}


def lease_row(tx: Read, name: str) -> Row[Any] | None:
    """Return a lease: who holds it, and until when."""
    return tx.execute(select(leases).where(leases.c.name == name)).first()


def take_lease(tx: Write, name: str, holder: str, now: Microseconds, until: Microseconds) -> int | None:
    """Take a lease that nobody holds any more; return its number, or None where somebody does."""
    statement = insert(tx, leases).values(name=name, holder=holder, number=1, until=until)
    taking = statement.on_conflict_do_update(
        index_elements=["name"],
        set_={"holder": holder, "number": leases.c.number + 1, "until": until},
        where=leases.c.until <= now,
    )
    number: int | None = tx.execute(taking.returning(leases.c.number)).scalar_one_or_none()
    return number


def set_lease(tx: Write, name: str, holder: str, number: int, until: Microseconds) -> bool:
    """Let a lease end at another time, and lock it; return False where it is another's by now."""
    own = (leases.c.name == name, leases.c.holder == holder, leases.c.number == number)
    return tx.execute(update(leases).where(*own).values(until=until)).rowcount == 1


def _due(now: Microseconds, kinds: Collection[str]) -> list[ColumnElement[bool]]:
    return [jobs.c.due_at <= now, jobs.c.kind.in_(sorted(kinds))]
