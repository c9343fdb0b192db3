"""Across modules: a hub runs on the store of a later release where each migration says that it may."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, text
from support.old_protocol_exchange import LETTER, A, OldAxis, S

import migrations
from axis.database import Database
from axis.database import migrate as migrating
from axis.database.migrate import StoreOutdatedError, fits, migrate, require_current, revision
from axis.database.store_facts import OLDEST_HUB, get_fact
from axis.ledger.tables import ledger_head

NOW = migrations.HEAD
Release = Callable[..., None]

MIGRATION = '''"""Add a table and a column."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None
{says}


def upgrade() -> None:
    op.create_table("new_{revision}", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("tokens", sa.Column("new_{revision}", sa.String(10)))
'''


def later(number: int) -> str:
    """The revision so many after this release's."""
    return f"{int(NOW) + number:04d}"


def oldest_now() -> str:
    """The oldest revision whose hubs run on the tables of this release."""
    names = sorted((Path(migrations.__file__).parent / "versions").glob("*.py"), reverse=True)
    bound = next(each for each in names if "OLDER_HUBS_RUN = True" not in each.read_text(encoding="utf-8"))
    return bound.name[:4]


@pytest.fixture
def upgrade(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Release:
    """Migrate the store with releases to come: for each whether hubs of the one before may run on it."""

    def run(*older_hubs_run: bool) -> None:
        scripts = tmp_path / "migrations"
        shutil.copytree(Path(migrations.__file__).parent, scripts)
        for number, runs in enumerate(older_hubs_run, 1):
            says = "OLDER_HUBS_RUN = True" if runs else ""
            written = MIGRATION.format(revision=later(number), before=later(number - 1), says=says)
            (scripts / f"versions/{later(number)}_next.py").write_text(written, encoding="utf-8")
        with monkeypatch.context() as next_release:
            next_release.setattr(migrations, "HEAD", later(len(older_hubs_run)))
            next_release.setattr(migrating, "SCRIPTS", scripts)
            assert migrate(database)

    return run


def test_a_hub_that_runs_goes_on_and_another_of_its_release_starts(
    database: Database, database_url: str, upgrade: Release, tmp_path: Path
) -> None:
    axis = OldAxis(database_url, tmp_path)
    try:
        first = axis.sent(LETTER)
        upgrade(True, True)
        assert axis.rest[A].get("/readyz").status_code == 200
        assert axis.sent(LETTER) == first
        axis.sent_over_rest(number="2/A")
    finally:
        axis.close()
    require_current(database)
    assert not migrate(database), "what is newer is left as it is"
    with database.read() as tx:
        assert (revision(tx), get_fact(tx, OLDEST_HUB)) == (later(2), oldest_now())
        assert tx.execute(select(ledger_head.c.size)).scalar_one() == 2


def test_a_hub_does_not_run_past_a_migration_that_does_not_say_so(
    database: Database, database_url: str, upgrade: Release, tmp_path: Path
) -> None:
    axis = OldAxis(database_url, tmp_path)
    try:
        upgrade(True, False, True)
        with database.read() as tx:
            assert get_fact(tx, OLDEST_HUB) == later(2)
            with pytest.raises(StoreOutdatedError, match="newer release"):
                fits(tx)
        assert axis.rest[S].get("/readyz").status_code == 503
    finally:
        axis.close()
    for opening in (require_current, migrate):
        with pytest.raises(StoreOutdatedError, match=f"revision {later(3)}.*this one \\({NOW}\\) cannot run"):
            opening(database)


def test_a_newer_store_that_says_nothing_is_refused(database: Database) -> None:
    def change(tx):
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        tx.execute(text("DELETE FROM store WHERE key = 'oldest_hub'"))

    database.write(change)
    with pytest.raises(StoreOutdatedError, match="newer release"):
        require_current(database)


def test_an_older_store_wants_to_be_migrated(database: Database) -> None:
    database.write(lambda tx: tx.execute(text("UPDATE alembic_version SET version_num = '0001'")) and None)
    with pytest.raises(StoreOutdatedError, match="run `axis migrate`"):
        require_current(database)
    with database.read() as tx:
        assert not fits(tx)


def test_revisions_are_numbers_in_order() -> None:
    names = sorted(path.name for path in (Path(migrations.__file__).parent / "versions").glob("*.py"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert names[-1].startswith(f"{NOW}_"), json.dumps(names)
