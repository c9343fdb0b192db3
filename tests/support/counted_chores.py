"""A process that counts, in the store, how often it does a chore, until it is killed."""

import asyncio
import sys
from collections.abc import Callable

from axis.background_tasks import Chore, Watch
from axis.database import Database, Write, open_database
from axis.database.store_facts import get_fact, set_fact
from axis.jobs.leases import Lease

EVERY_SECONDS = 0.02


def counting(database: Database, name: str) -> Callable[[], None]:
    """Return a chore that raises a number in the store."""

    def work(tx: Write) -> None:
        set_fact(tx, name, str(int(get_fact(tx, name) or 0) + 1))

    return lambda: database.write(work)


def counted(database: Database, name: str) -> int:
    """How often it was done."""
    with database.read() as tx:
        return int(get_fact(tx, name) or 0)


def watch_of(database: Database, name: str, lease_seconds: float) -> Watch:
    """Return a watch with a chore of its process, `NAME-own`, and one of the holder, `NAME`."""
    chores = (
        Chore("own", EVERY_SECONDS, counting(database, f"{name}-own")),
        Chore("for all", EVERY_SECONDS, counting(database, name), by_holder=True),
    )
    return Watch(database, lambda _version: None, Lease(database, "chores", lease_seconds), chores)


async def go_on(watch: Watch) -> None:
    async with watch.running():
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(go_on(watch_of(open_database(sys.argv[1]), sys.argv[2], float(sys.argv[3]))))
