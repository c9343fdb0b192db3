"""Chores of every process, and those that one process does for all."""

import asyncio
import signal
import subprocess
import sys

from support import counted_chores
from support.counted_chores import counted, watch_of
from support.environment import inherited
from support.hub import ROOT
from support.waiting import GUARD_SECONDS, until

from axis.database import Database, open_database
from axis.database.store_facts import CLOCK_OFFSET, set_fact

LONG = 3_600.0
YEAR = 365 * 24 * 3_600 * 1_000_000


async def times(database: Database, name: str, more: int = 3) -> None:
    """Wait until a chore was done some more times."""
    before = counted(database, name)
    await until(lambda: counted(database, name) >= before + more, f"the chore {name} to be done")


def test_one_process_does_what_is_done_for_all_and_hands_it_over_when_it_stops(
    database: Database, database_url: str
) -> None:
    other = open_database(database_url)

    async def main() -> None:
        first, second = watch_of(database, "first", LONG), watch_of(other, "second", 1.0)
        async with first.running():
            await times(database, "first")
            async with second.running():
                await times(database, "second-own")
                await times(database, "first")
                assert counted(database, "second") == 0
        async with second.running():
            await times(database, "second")
            done = counted(database, "first")
            await times(database, "second")
            assert counted(database, "first") == done

    asyncio.run(main())
    other.close()


def test_a_killed_process_is_replaced_once_its_lease_has_ended(database: Database, database_url: str) -> None:
    command = [sys.executable, counted_chores.__file__, database_url, "first", "1"]
    process = subprocess.Popen(command, env={**inherited(), "PYTHONPATH": f"{ROOT}:{ROOT}/tests"})

    async def main() -> None:
        await times(database, "first")
        async with watch_of(database, "second", 1.0).running():
            await times(database, "second-own")
            process.send_signal(signal.SIGKILL)
            process.wait(GUARD_SECONDS)
            await times(database, "second")

    try:
        asyncio.run(main())
    finally:
        process.kill()
        process.wait(GUARD_SECONDS)


def test_a_moved_clock_ends_no_lease(database: Database, database_url: str) -> None:
    other = open_database(database_url)

    async def main() -> None:
        async with watch_of(database, "first", LONG).running():
            await times(database, "first")
            database.write(lambda tx: set_fact(tx, CLOCK_OFFSET, str(20 * YEAR)))
            async with watch_of(other, "second", 1.0).running():
                await times(database, "second-own", 100)
                assert counted(database, "second") == 0

    asyncio.run(main())
    other.close()
