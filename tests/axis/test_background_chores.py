"""What is done in the background is done often enough, and what is done for all by one process."""

from typing import Any

import pytest
from sqlalchemy import insert, select

from axis.background_chores import background_chores
from axis.background_tasks import Chore
from axis.clock import Clock
from axis.database import Database
from axis.exports.tables import exports
from axis.objects.store import Objects
from axis.outbound.guarded_http import public_addresses
from axis.settings import Settings

pytestmark = pytest.mark.stores("sqlite")


def done_by(name: str) -> Any:
    """A part of the hub whose every method says its name."""

    class Part:
        def __getattr__(self, method: str) -> Any:
            return lambda *_: f"{name}.{method}"

    return Part()


@pytest.fixture
def chores(database: Database) -> dict[str, Chore]:
    trust, failures, last_calls = done_by("trust"), done_by("failures"), done_by("last_calls")
    recorder, metrics = done_by("recorder"), done_by("metrics")
    parts = (trust, recorder, (failures, last_calls), metrics)
    listed = background_chores(Settings(), Objects(database), Clock(), *parts, public_addresses)
    assert len({chore.name for chore in listed}) == len(listed)
    return {chore.name: chore for chore in listed}


def test_a_changed_trust_folder_is_seen_within_a_second_by_every_process(chores: dict[str, Chore]) -> None:
    chore = chores["trust folder"]
    assert chore.every_seconds <= 1
    assert not chore.by_holder
    assert chore.work() == "trust.reload_changed_files"


def test_what_a_process_remembers_by_itself_is_done_by_every_process(chores: dict[str, Chore]) -> None:
    own = {name for name, chore in chores.items() if not chore.by_holder}
    assert {"probe", "probe of objects", "trust folder", "failures", "stopped judging"} <= own
    assert chores["failures"].work() == "failures.flush"


def test_the_store_is_swept_and_documents_judged_again_by_one_process(chores: dict[str, Chore]) -> None:
    for_all = {name for name, chore in chores.items() if chore.by_holder}
    assert {"revocation lists", "revocation data", "rejudge", "objects", "ended jobs"} <= for_all


def test_exports_go_with_the_jobs_that_made_them(database: Database, chores: dict[str, Chore]) -> None:
    made: dict[str, object] = {column.name: "a" for column in exports.columns} | {"size": 1, "made_at": 1}
    database.write(lambda tx: tx.execute(insert(exports).values(made)))
    chores["ended jobs"].work()
    with database.read() as tx:
        assert tx.execute(select(exports.c.job)).all() == []
