"""Jobs are done once, whoever else works on them and whatever becomes of who does."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from support.jobs import ask, counted, counting, runner_of, state_of
from support.waiting import until

from axis.database import Database, open_database


def test_two_processes_that_compete_do_every_job_once(database: Database, database_url: str) -> None:
    asked = [ask(database, 3) for _ in range(12)]
    other = open_database(database_url)
    begun: list[tuple[str, int]] = []
    kind = counting(lambda task, at: begun.append((task.id, at)))

    def work(store: Database) -> None:
        runner = runner_of(store, kind)
        while runner.run_one():
            pass

    try:
        with ThreadPoolExecutor(4) as pool:
            for future in [pool.submit(work, store) for store in (database, other) * 2]:
                future.result()
    finally:
        other.close()
    assert sorted(begun) == sorted((job, at) for job in asked for at in range(3))
    assert {state_of(database, job)["state"] for job in asked} == {"done"}
    assert {counted(database, job) for job in asked} == {3}


def test_a_kind_that_this_process_does_not_know_is_left_to_others(database: Database) -> None:
    job = ask(database, kind="of-a-newer-release")
    assert not runner_of(database).run_one()
    assert state_of(database, job)["state"] == "queued"


async def running(database: Database, job: str) -> None:
    async with runner_of(database).running():
        await until(lambda: state_of(database, job)["state"] == "done", "the job to be done")


def test_a_running_runner_notices_jobs_by_itself(database: Database) -> None:
    asyncio.run(running(database, ask(database, 2)))
