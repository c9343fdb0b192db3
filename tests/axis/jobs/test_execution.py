"""A job under its lease: steps recorded, faults tried again, and nothing written by who lost it."""

import signal
import subprocess
import sys
import threading

import pytest
from support import jobs as support
from support.environment import inherited
from support.hub import ROOT
from support.jobs import ask, counted, counting, end_leases, runner_of, state_of
from support.waiting import GUARD_SECONDS, wait_until

from axis.database import Database, open_database
from axis.jobs.execution import ATTEMPTS, MOST_BYTES
from axis.jobs.job_queue import cancel
from axis.jobs.kinds import Kind, Step
from axis.protocol.errors import NotFound, Place
from axis.protocol.stored_errors import from_stored


def test_a_job_is_done_step_by_step_and_keeps_its_result(database: Database) -> None:
    job = ask(database, 3)
    assert runner_of(database).run_one()
    row = state_of(database, job)
    assert (row["state"], row["done"], row["total"], row["result"]) == ("done", 3, 3, '{"steps":3}')
    assert (row["due_at"], row["checkpoint"], counted(database, job)) == (None, None, 3)
    assert row["created_at"] <= row["started_at"] <= row["ended_at"]
    assert not runner_of(database).run_one()


def test_after_kill_9_amid_a_job_another_process_goes_on_from_its_checkpoint(
    database: Database, database_url: str
) -> None:
    job = ask(database, 5)
    command = [sys.executable, support.__file__, database_url, "1"]
    environment = {**inherited(), "PYTHONPATH": f"{ROOT}:{ROOT}/tests"}
    process = subprocess.Popen(command, env=environment)
    try:
        wait_until(lambda: state_of(database, job)["done"] == 2, "two steps to be done")
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(GUARD_SECONDS)
    begun: list[int] = []
    runner = runner_of(database, counting(lambda _task, at: begun.append(at)))
    wait_until(runner.run_one, "the lease of the dead to end")
    assert begun == [2, 3, 4]
    assert (state_of(database, job)["state"], counted(database, job)) == ("done", 5)


def test_a_lease_is_kept_alive_while_a_step_takes_longer_than_it(database: Database) -> None:
    ends: list[int] = []

    def linger(task, _at) -> None:
        first = state_of(database, task.id)["due_at"]
        wait_until(
            lambda: state_of(database, task.id)["due_at"] > first + 1_000_000, "the lease to be kept alive"
        )
        task.report(7, 9)
        wait_until(lambda: state_of(database, task.id)["done"] == 7, "progress to be seen")
        ends.append(state_of(database, task.id)["total"])

    job = ask(database)
    runner_of(database, counting(linger), lease_seconds=1.0).run_one()
    assert (ends, state_of(database, job)["state"], counted(database, job)) == ([9], "done", 1)


def test_who_lost_the_lease_writes_nothing_more(database: Database, database_url: str) -> None:
    job = ask(database, 2)
    other = open_database(database_url)

    def overtaken(_task, at) -> None:
        if at == 1:
            end_leases(database)
            assert runner_of(other).run_one()

    try:
        runner_of(database, counting(overtaken)).run_one()
    finally:
        other.close()
    row = state_of(database, job)
    assert (row["state"], row["lease"], counted(database, job)) == ("done", 2, 2)


def test_a_job_that_is_cancelled_while_it_runs_ends_at_once_and_has_no_more_effect(
    database: Database,
) -> None:
    job = ask(database, 3)
    noticed = threading.Event()

    def until_cancelled(task, at) -> None:
        if at == 1:
            assert database.write(lambda tx: cancel(tx, task.id, None)).state == "cancelled"
            try:
                wait_until(lambda: task.report(1, 3), "the cancellation to be noticed")
            finally:
                noticed.set()

    runner_of(database, counting(until_cancelled), lease_seconds=1.0).run_one()
    assert noticed.is_set()
    row = state_of(database, job)
    assert (row["state"], row["done"], row["result"], counted(database, job)) == ("cancelled", 1, None, 1)
    assert not runner_of(database).run_one()


def test_a_refusal_fails_the_job_and_is_kept(database: Database) -> None:
    refused: list[str] = []

    def refuse(task) -> Step:
        refused.append(task.id)
        raise NotFound(Place("/filter", "nothing", "something"))

    job = ask(database, kind="refusing")
    runner = runner_of(database, Kind("refusing", refuse))
    assert runner.run_one()
    assert not runner.run_one()
    row = state_of(database, job)
    problem = from_stored(row["problem"])
    assert (row["state"], row["due_at"], refused) == ("failed", None, [job])
    assert (problem.code, problem.places) == ("not-found", (Place("/filter", "nothing", "something"),))


def too_much(_task) -> Step:
    return Step(done=1, of=1, result="x" * MOST_BYTES)


def broken(_task) -> Step:
    raise RuntimeError("a secret of the hub")


@pytest.mark.parametrize("step", [broken, too_much])
def test_an_unexpected_fault_is_tried_again_and_not_for_ever(database: Database, step) -> None:
    job = ask(database, kind="broken")
    runner = runner_of(database, Kind("broken", step))
    runs = 0
    while runner.run_one():
        runs += 1
    row = state_of(database, job)
    assert (runs, row["state"], from_stored(row["problem"]).code) == (ATTEMPTS, "failed", "internal-error")
    assert "secret" not in row["problem"]


def test_a_fault_that_passes_leaves_no_trace(database: Database) -> None:
    faults = iter([RuntimeError("once"), None, RuntimeError("twice"), None, None])

    def fail_now_and_then(_task, _at) -> None:
        fault = next(faults)
        if fault is not None:
            raise fault

    job = ask(database, 3)
    runner = runner_of(database, counting(fail_now_and_then))
    while runner.run_one():
        pass
    assert (state_of(database, job)["state"], counted(database, job)) == ("done", 3)


def test_a_job_that_kills_whoever_takes_it_is_given_up(database: Database) -> None:
    job = ask(database)

    class KilledError(BaseException):
        """The end of a process, as far as its job is concerned."""

    def kill(_task, _at) -> None:
        raise KilledError

    for _ in range(ATTEMPTS):
        with pytest.raises(KilledError):
            runner_of(database, counting(kill)).run_one()
        end_leases(database)
    assert not runner_of(database).run_one()
    row = state_of(database, job)
    assert (row["state"], from_stored(row["problem"]).code) == ("failed", "internal-error")


def test_a_process_that_stops_gives_its_job_back(database: Database) -> None:
    job = ask(database, 3)
    runner = runner_of(database, counting(lambda _task, at: at == 1 and runner.stop()))
    runner.run_one()
    row = state_of(database, job)
    assert (row["state"], row["done"], row["attempts"]) == ("queued", 2, 0)
    assert runner_of(database).run_one()
    assert (state_of(database, job)["state"], counted(database, job)) == ("done", 3)
