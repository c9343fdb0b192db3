"""A job that failed raises an alert, until one like it is done or its hours are over."""

from typing import Any

from support.alerts import WatchedExchange
from support.jobs import OWNER

from axis.clock import Microseconds
from axis.database.database_clock import database_now
from axis.jobs.tables import jobs

HOUR = 3_600_000_000


def add(watched: WatchedExchange, job: str, hours_ago: float, **members: Any) -> None:
    database = watched.exchange.database
    with database.read() as tx:
        at = Microseconds(database_now(tx) - int(hours_ago * HOUR))
    row = {"id": job, "kind": "export", "owner": OWNER, "request_id": "r", "params": "{}", "state": "failed"}
    row |= {"problem": '{"code": "too-many-rows", "places": [], "params": {}}', "done": 0, "lease": 1}
    row |= {"attempts": 1, "created_at": at, "ended_at": at} | members
    database.write(lambda tx: tx.execute(jobs.insert(), row))


def test_a_failed_job_raises_one_until_one_like_it_is_done(watched: WatchedExchange) -> None:
    add(watched, "first", 23)
    add(watched, "older", 25)
    assert watched.look("job-failed") == (1, 0)
    assert watched.subjects("job-failed") == ["first"]
    add(watched, "another kind", 1, kind="verification", state="done")
    add(watched, "another's", 1, owner="2", state="done")
    assert watched.look("job-failed") == (0, 0)
    add(watched, "mended", 1, state="done")
    assert watched.look("job-failed") == (0, 1)


def test_fewer_hours_or_none_clear_it(watched: WatchedExchange) -> None:
    add(watched, "first", 23, problem=None)
    assert watched.look("job-failed") == (1, 0)
    watched.set(alert_job_hours=22)
    assert watched.look("job-failed") == (0, 1)
    watched.set(alert_job_hours=30)
    assert watched.look("job-failed") == (1, 0)
    watched.set(alert_job_hours=0)
    assert watched.look("job-failed") == (0, 1)
