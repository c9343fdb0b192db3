"""What `/metrics` says of jobs: how many there are in the store, and since when the oldest waits."""

from sqlalchemy import update
from support.jobs import ask, counting, runner_of

from axis.database import Database
from axis.database.database_clock import database_now
from axis.jobs.job_queue import cancel
from axis.jobs.kinds import Kind, Step
from axis.jobs.queries import state_figures
from axis.jobs.tables import jobs
from axis.protocol.errors import NotFound
from axis.telemetry import Metrics

HOUR = 3_600


def refuse(_task) -> Step:
    raise NotFound


def shown(database: Database, metrics: Metrics) -> dict[str, float]:
    """The metrics of jobs by name and state."""
    with database.read() as tx:
        metrics.count_jobs(state_figures(tx), database_now(tx))
    lines = [line.split() for line in metrics.render().decode().splitlines() if line.startswith("axis_jobs")]
    return {name: float(value) for name, value in lines}


def test_jobs_are_counted_by_state_and_the_oldest_that_has_not_ended_is_told(database: Database) -> None:
    metrics = Metrics()
    states = [f'axis_jobs{{state="{state}"}}' for state in ("queued", "running", "failed")]
    assert shown(database, metrics) == dict.fromkeys((*states, "axis_jobs_oldest_seconds"), 0.0)

    during: list[dict[str, float]] = []
    ask(database, kind="refusing")
    ask(database)
    runner = runner_of(
        database, Kind("refusing", refuse), counting(lambda *_: during.append(shown(database, metrics)))
    )
    while runner.run_one():
        pass
    waiting = [ask(database), ask(database)]
    long_ago = update(jobs).values(created_at=jobs.c.created_at - HOUR * 1_000_000)
    database.write(lambda tx: tx.execute(long_ago))
    figures = shown(database, metrics)
    assert [during[0][state] for state in states] == [0, 1, 1]
    assert [figures[state] for state in states] == [2, 0, 1]
    assert figures["axis_jobs_oldest_seconds"] >= HOUR
    for job in waiting:
        database.write(lambda tx, job=job: cancel(tx, job, None))
    assert shown(database, metrics)["axis_jobs_oldest_seconds"] == 0
