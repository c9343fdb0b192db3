"""Fixtures of all tests: stores of both kinds, made by the migrations, and sockets to loopback alone."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from support import effort, environment, statements
from support.postgres import MigratedDatabase, fresh_database, running_server

from axis.database import Database, open_database
from axis.database.migrate import migrate

environment.clean()
effort.set_up()
statements.keep()
_OF_STORES = ("database_url", "world", "strict_world")
"""The fixtures that are there once for each kind of store."""
_real_connect = socket.socket.connect


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the stores that a test asks nothing of, and begin with the files that hold slow tests.

    Begun last, they would keep one process busy alone.
    """
    left_out = {item for item in items if _is_on_another_store(item)}
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def _is_on_another_store(item: pytest.Item) -> bool:
    asked = item.get_closest_marker("stores")
    case = getattr(item, "callspec", None)
    if asked is None or case is None:
        return False
    return any(case.params.get(each, asked.args[0]) not in asked.args for each in _OF_STORES)


def _loopback_only(self: socket.socket, address):
    if self.family != socket.AF_UNIX and address[0] not in {"127.0.0.1", "::1", "localhost"}:
        raise AssertionError(f"a test reached for {address}: tests speak to loopback alone")
    return _real_connect(self, address)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    monkeypatch.setattr(socket.socket, "connect", _loopback_only)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the tests."""
    with running_server() as address:
        yield address


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite store with all its tables, made once by the migrations; tests take copies."""
    path = tmp_path_factory.mktemp("template") / "axis.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_database(postgres_server: str) -> Iterator[MigratedDatabase]:
    """A PostgreSQL database with all its tables, made once by the migrations; each test finds it as new."""
    with fresh_database(postgres_server) as url:
        _migrate(url)
        database = MigratedDatabase(postgres_server, make_url(url).database or "")
        yield database
        database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a store, once of each kind: with tables where the test asks for `database`, else empty."""
    migrated = "database" in request.fixturenames
    if request.param == "sqlite":
        if migrated:
            shutil.copyfile(request.getfixturevalue("migrated_file"), tmp_path / "axis.db")
        yield f"sqlite:///{tmp_path}/axis.db"
        return
    if migrated:
        yield request.getfixturevalue("migrated_database").url()
        return
    with fresh_database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A store of each kind with all its tables."""
    store = open_database(database_url)
    yield store
    store.close()


def _migrate(url: str) -> None:
    store = open_database(url)
    migrate(store, sandbox=True)
    store.close()
