"""Fixtures of all tests: stores of both kinds, made by the migrations, and sockets to loopback alone."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.postgres import fresh_database, running_server

from axis.database import Database, open_database
from axis.database.migrate import migrate

_real_connect = socket.socket.connect


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


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty store, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/axis.db"
        return
    with fresh_database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A store of each kind with all its tables."""
    store = open_database(database_url)
    migrate(store, sandbox=True)
    yield store
    store.close()
