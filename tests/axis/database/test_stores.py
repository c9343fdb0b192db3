"""Across modules: each test finds its PostgreSQL store as the migrations left it."""

from sqlalchemy import text
from support.postgres import MigratedDatabase

from axis.database import open_database
from axis.database.store_facts import get_fact, set_fact


def test_what_a_test_wrote_is_gone_and_what_the_migrations_wrote_is_there(
    migrated_database: MigratedDatabase,
) -> None:
    store = open_database(migrated_database.url())
    store.write(lambda tx: set_fact(tx, "left", "behind"))
    store.write(lambda tx: tx.execute(text("DELETE FROM alembic_version")))
    again = open_database(migrated_database.url())  # while the first is still open
    with again.read() as tx:
        assert get_fact(tx, "left") is None
        assert get_fact(tx, "sandbox") is not None
        assert tx.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
    again.close()
    store.close()


def test_after_a_test_that_changed_a_table_there_is_a_new_database(
    migrated_database: MigratedDatabase,
) -> None:
    changes = (
        "ALTER TABLE refusals ADD COLUMN more text",
        "DROP TABLE refusals",
        "CREATE TABLE more (id text)",
        "ALTER TABLE store ADD CHECK (key <> 'a')",
        "CREATE INDEX more ON store (value)",
    )
    before = migrated_database.url()
    assert migrated_database.url() == before
    for change in changes:
        store = open_database(before)
        store.write(lambda tx, change=change: tx.execute(text(change)))
        store.close()
        after = migrated_database.url()
        assert after != before, change
        before = after
