"""Across modules: the tables in the code are those that migrations make; a store of each is read back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.engine import Inspector
from support.postgres import fresh_database

import axis.app  # noqa: F401 - every room hangs its tables on the metadata
from axis.database import Database, metadata

WORDS = ("document_words", "ix_documents_words")
"""Beginnings: the full-text index of each database, for which SQLAlchemy has no words of its own."""


@pytest.fixture
def declared(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[Connection]:
    """A store of the same kind, made from the tables in the code without any migration."""
    if database.dialect == "sqlite":
        url = f"sqlite:///{tmp_path}/declared.db"
        yield from _made(url)
        return
    with fresh_database(request.getfixturevalue("postgres_server")) as url:
        yield from _made(url)


@pytest.fixture
def migrated(database: Database) -> Iterator[Connection]:
    """A store that the migrations made."""
    with database._readers.connect() as connection:
        yield connection


def _made(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    with engine.begin() as connection:
        metadata.create_all(connection)
        yield connection
    engine.dispose()


def shape(connection: Connection) -> dict[str, Any]:
    """What there is, by table: columns, keys, constraints and indexes, in no order."""
    found = inspect(connection)
    names = set(found.get_table_names()) - {"alembic_version"}
    return {name: _table(found, name) for name in names if not name.startswith(WORDS)}


def _table(found: Inspector, name: str) -> dict[str, Any]:
    columns = {
        each["name"]: (str(each["type"]), each["nullable"], each["default"])
        for each in found.get_columns(name)
    }
    return {
        "columns": columns,
        "primary key": found.get_pk_constraint(name),
        "foreign keys": _by_name(found.get_foreign_keys(name)),
        "unique": _by_name(found.get_unique_constraints(name)),
        "checks": _by_name(found.get_check_constraints(name)),
        "indexes": {
            key: {**index, "dialect_options": _plain(index.get("dialect_options", {}))}
            for key, index in _by_name(found.get_indexes(name)).items()
            if not key.startswith(WORDS)
        },
    }


def _plain(options: Any) -> dict[str, str]:
    """Conditions of indexes as text: two are never equal as they are."""
    return {name: str(value) for name, value in options.items()}


def _by_name(items: Any) -> dict[str, dict[str, Any]]:
    return {each["name"]: dict(each) for each in items}


def test_stores_made_from_code_and_by_migrations_are_the_same(
    declared: Connection, migrated: Connection
) -> None:
    made, wanted = shape(migrated), shape(declared)
    assert made.keys() == wanted.keys()
    for name, table in wanted.items():
        for part, there in table.items():
            assert made[name][part] == there, f"{part} of {name}"


def test_alembic_finds_nothing_to_migrate(migrated: Connection) -> None:
    options = {"compare_type": True, "compare_server_default": True}
    context = MigrationContext.configure(migrated, opts=options)
    found = [each for each in compare_metadata(context, metadata) if not _is_of_words(each)]
    assert found == []


def _is_of_words(difference: Any) -> bool:
    return isinstance(difference, tuple) and str(getattr(difference[1], "name", "")).startswith(WORDS)


def test_a_difference_in_each_part_is_seen(migrated: Connection) -> None:
    before = shape(migrated)
    assert before["systems"]["indexes"], "an index with a condition"
    changes = {
        "columns": "ALTER TABLE refusals ADD COLUMN more text DEFAULT 'a'",
        "indexes": "CREATE INDEX more ON refusals (code) WHERE code IS NOT NULL",
    }
    for part, change in changes.items():
        migrated.exec_driver_sql(change)
        assert shape(migrated)["refusals"][part] != before["refusals"][part]
    migrated.rollback()
