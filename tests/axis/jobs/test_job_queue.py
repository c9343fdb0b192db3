"""Jobs are asked for, cancelled and forgotten."""

import pytest
from sqlalchemy import select, update
from support.jobs import OWNER, ask, runner_of, state_of

from axis.database import Database
from axis.jobs import job_queue
from axis.jobs.job_queue import DAY, cancel, find_job, sweep_jobs
from axis.jobs.queries import job_rows
from axis.jobs.tables import jobs
from axis.protocol.errors import JobEnded, NotFound, TooManyRequests

OTHER = "22222222-2222-4222-8222-222222222222"


def test_jobs_that_have_not_ended_are_bounded_for_each_owner(database: Database) -> None:
    first, _ = ask(database, most=2), ask(database, most=2)
    with pytest.raises(TooManyRequests):
        ask(database, most=2)
    ask(database, most=2, owner=OTHER)
    database.write(lambda tx: cancel(tx, first, OWNER))
    ask(database, most=2)
    with pytest.raises(TooManyRequests):
        ask(database, most=2)


def test_what_has_ended_cannot_be_cancelled(database: Database) -> None:
    job = ask(database)
    runner_of(database).run_one()
    with pytest.raises(JobEnded) as refused:
        database.write(lambda tx: cancel(tx, job, OWNER))
    assert refused.value.params == {"job": job, "state": "done"}


@pytest.mark.parametrize("job", ["nothing", "0" * 36, None])
def test_what_is_anothers_is_not_there(database: Database, job: str | None) -> None:
    own = ask(database)
    with pytest.raises(NotFound):
        database.write(lambda tx: cancel(tx, job or own, OTHER))
    with database.read() as tx, pytest.raises(NotFound):
        find_job(tx, job or own, OTHER)
    assert state_of(database, own)["state"] == "queued"


def test_pages_of_jobs_are_newest_first_and_hold_each_once(database: Database) -> None:
    asked = [ask(database, owner=owner) for owner in (OWNER, OTHER, OWNER, OWNER)]
    database.write(lambda tx: tx.execute(update(jobs).values(created_at=7)))  # so that ids decide
    found: list[str] = []
    before = None
    with database.read() as tx:
        while page := job_rows(tx, None, before, 2):
            found += [row.id for row in page]
            before = (page[-1].created_at, page[-1].id)
        own = [row.id for row in job_rows(tx, OWNER, None, 10)]
    assert found == sorted(asked, reverse=True)
    assert sorted(own) == sorted(job for job in asked if job != asked[1])


def test_ended_jobs_are_forgotten_after_their_time_and_waiting_ones_never(database: Database) -> None:
    ended, young, waiting = ask(database), ask(database), ask(database)
    for job in (ended, young):
        database.write(lambda tx, job=job: cancel(tx, job, OWNER))
    long_ago = {"created_at": jobs.c.created_at - 3 * DAY, "ended_at": jobs.c.ended_at - 3 * DAY}
    old = update(jobs).where(jobs.c.id.in_([ended, waiting])).values(**long_ago)
    database.write(lambda tx: tx.execute(old))
    assert database.write(lambda tx: sweep_jobs(tx, 2)) == 1
    with database.read() as tx:
        assert set(tx.execute(select(jobs.c.id)).scalars()) == {young, waiting}


def test_of_very_many_ended_jobs_the_newest_are_kept(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_queue, "KEPT_PER_OWNER", 2)
    asked = [ask(database, owner=owner) for owner in (OWNER, OWNER, OTHER, OWNER)]
    for job in asked:
        database.write(lambda tx, job=job: cancel(tx, job, None))
    assert database.write(lambda tx: sweep_jobs(tx, 7)) == 1
    with database.read() as tx:
        assert set(tx.execute(select(jobs.c.id)).scalars()) == set(asked[1:])
