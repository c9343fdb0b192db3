"""The writer process of `axis serve --workers`: it opens the store and writes what the fronts send it.

It is started by `axis.cli.supervisor`, which starts it again when it dies.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable

import uvloop

from axis.agencies.directory import Directory
from axis.app import open_keys
from axis.background_tasks import LOOK_SECONDS
from axis.cli.child_processes import stop_when_told
from axis.clock import Clock
from axis.database import Database, StoreFailing
from axis.database.store import open_store
from axis.database.store_facts import clock_setting, version
from axis.database.writer_server import WriterServer
from axis.ledger.key import key_finder
from axis.ledger.recorder import Recorder
from axis.sandbox.app import ensure_authority, require_sandbox
from axis.settings import Settings
from axis.store_secrets import open_secret

PROBE_SECONDS = 1.0

_log = logging.getLogger("axis.serve")


class _Follower:
    """Follows changes of the store: business time, injected faults, what is remembered of agencies."""

    def __init__(self, database: Database, clock: Clock, directory: Directory) -> None:
        self._database = database
        self._clock = clock
        self._directory = directory

    def look(self) -> None:
        """Read clock and faults, and forget what was read before the store's version."""
        with self._database.read() as tx:
            found = version(tx)
            self._clock.move(*clock_setting(tx))
            self._database.faults.follow(tx)
        self._directory.forget(found)


def run_writer(
    settings: Settings, path: str, *, sandbox: bool, fronts: int, ready: Callable[[], None], life: int
) -> None:
    """Write until SIGTERM, or until `life` (a file descriptor) says that the supervisor has gone.

    `ready` is called once items are taken.
    """
    database = open_store(settings, sandbox=sandbox)
    try:
        clock, signer = open_keys(database, settings)
        if sandbox:
            with database.read() as tx:
                require_sandbox(tx)
                secret = open_secret(tx, settings)
            ensure_authority(database, settings, clock, secret)
        directory = Directory()
        recorder = Recorder(database, signer, clock, key_finder(settings, signer.name))
        follower = _Follower(database, clock, directory)
        serving = _serve(database, recorder, directory, follower, path, fronts, ready, life)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serving)
    finally:
        database.close()


async def _serve(
    database: Database,
    recorder: Recorder,
    directory: Directory,
    follower: _Follower,
    path: str,
    fronts: int,
    ready: Callable[[], None],
    life: int,
) -> None:
    stopping = asyncio.Event()
    stop_when_told(asyncio.get_running_loop(), life, stopping.set)
    server = WriterServer(database, recorder, {"directory": directory}, follower.look, fronts=fronts)
    async with server.listening(path):
        chores = (
            asyncio.create_task(_repeat(LOOK_SECONDS, follower.look)),
            asyncio.create_task(_repeat(PROBE_SECONDS, database.probe)),
        )
        ready()
        await stopping.wait()
        for chore in chores:
            chore.cancel()
        await asyncio.gather(*chores, return_exceptions=True)
        await asyncio.to_thread(database.close)  # what is queued is written, and answered


async def _repeat(seconds: float, work: Callable[[], None]) -> None:
    while True:
        with contextlib.suppress(StoreFailing):
            await asyncio.to_thread(work)
        await asyncio.sleep(seconds)
