"""Lines are prepared in processes, and by this one where there are none, or where they died."""

import asyncio
from collections.abc import Iterator

import pytest
from support.waiting import until

from axis.intake.bulk_preparation import Item, Unprepared
from axis.intake.bulk_workers import BulkWorkers
from axis.judging.judge import Trust
from axis.settings import Settings

LINES = [b'{"manifest": "e30="}', b"{}"]


@pytest.fixture
def workers(database, database_url) -> Iterator[BulkWorkers]:
    settings = Settings(database_url=database_url)
    trust = Trust(database, settings)
    workers = BulkWorkers(settings, trust)
    yield workers
    workers.close()
    trust.close()


def told(items: list[Item]) -> list[str]:
    return [type(item).__name__ for item in items]


@pytest.mark.slow
def test_lines_are_read_before_the_processes_are_there_and_after_they_died(workers):
    async def run() -> None:
        expected = [Unprepared.__name__, "ManifestMissing"]
        assert told(await workers.prepare(LINES, 1, "en")) == expected
        await until(lambda: workers._started == workers.count, "the processes to start")
        for _ in range(workers.count + 1):
            assert told(await workers.prepare(LINES, 1, "en")) == expected
        for worker in list(workers._workers._idle.queue):
            worker.process.kill()
            worker.process.join()
        for _ in range(workers.count + 1):
            assert told(await workers.prepare(LINES, 1, "en")) == expected

    asyncio.run(run())
