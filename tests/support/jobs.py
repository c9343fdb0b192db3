"""Jobs that count: each step raises a number in the store, so that one done twice would be seen.

Run as a program it is a process that works on them until it is killed.
"""

import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select, update

from axis.database import Database, Write, open_database
from axis.database.store_facts import get_fact, set_fact
from axis.jobs.job_queue import submit
from axis.jobs.kinds import Kind, Step, Task, kinds_of
from axis.jobs.runner import Runner
from axis.jobs.tables import jobs

LONG = 3_600.0
"""Seconds of a lease that ends when the test says so."""
OWNER = "11111111-1111-4111-8111-111111111111"


def counting(before: Callable[[Task, int], object] | None = None) -> Kind:
    """Return a kind that takes `params["steps"]` steps; `before` is called at the beginning of each."""

    def step(task: Task) -> Step:
        at, steps = task.checkpoint or 0, task.params["steps"]
        if before is not None:
            before(task, at)
        result = {"steps": steps} if at + 1 == steps else None

        def write(tx: Write) -> None:
            count(tx, task.id)

        return Step(done=at + 1, of=steps, checkpoint=at + 1, result=result, write=write)

    return Kind("counting", step)


def count(tx: Write, job: str) -> None:
    set_fact(tx, job, str(int(get_fact(tx, job) or 0) + 1))


def counted(database: Database, job: str) -> int:
    """How many steps of a job had an effect."""
    with database.read() as tx:
        return int(get_fact(tx, job) or 0)


def ask(
    database: Database, steps: int = 1, *, kind: str = "counting", owner: str = OWNER, most: int = 100
) -> str:
    """Queue a job."""
    params = {"steps": steps}
    return database.write(lambda tx: submit(tx, kind, params, owner=owner, request_id="request-1", most=most))


def runner_of(database: Database, *kinds: Kind, **more: Any) -> Runner:
    options = {"at_once": 1, "lease_seconds": LONG, "retry_seconds": 0.0} | more
    return Runner(database, kinds_of(*kinds or (counting(),)), **options)


def state_of(database: Database, job: str) -> Mapping[str, Any]:
    """The whole row of a job."""
    with database.read() as tx:
        return tx.execute(select(jobs).where(jobs.c.id == job)).one()._mapping


def end_leases(database: Database) -> None:
    """Let the leases of all running jobs have ended, as if their holders had been silent for long."""
    database.write(lambda tx: tx.execute(update(jobs).where(jobs.c.state == "running").values(due_at=0)))


if __name__ == "__main__":  # a process that stops amid the third step of its job, for ever
    store = open_database(sys.argv[1])
    hanging = counting(lambda _task, at: at == 2 and threading.Event().wait())
    process = runner_of(store, hanging, lease_seconds=float(sys.argv[2]))
    while not process.run_one():
        pass
