"""A sandbox over a store of each kind, called in-process."""

import base64
import os

import pytest
from support.asgi import AsgiClient

from axis.clock import Clock
from axis.database.store_facts import clock_setting
from axis.ledger.key import make_key, open_key
from axis.ledger.setup import open_ledger
from axis.sandbox.app import create_sandbox, open_sandbox
from axis.settings import Settings


class Watching:
    """Follows the store's clock and faults, as the hub's watch does, and counts."""

    def __init__(self, database, clock):
        self.database, self.clock, self.looks = database, clock, 0

    def look_everywhere(self) -> None:
        self.looks += 1
        with self.database.read() as tx:
            self.clock.move(*clock_setting(tx))
            self.database.faults.follow(tx)


@pytest.fixture
def settings(database_url, tmp_path) -> Settings:
    (tmp_path / "secret.key").write_bytes(base64.b64encode(os.urandom(32)))
    make_key(tmp_path / "ledger-key.pem")
    return Settings(
        database_url=database_url,
        secret_key_file=tmp_path / "secret.key",
        ledger_key_file=tmp_path / "ledger-key.pem",
        sandbox_token_file=tmp_path / "sandbox-token",
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watching(database, clock) -> Watching:
    return Watching(database, clock)


@pytest.fixture
def sandbox(database, settings, clock, watching):
    key = open_key(settings.ledger_key_file, None)
    database.write(lambda tx: open_ledger(tx, key, settings.public_url, clock.now()))
    return open_sandbox(database, settings, clock, watching)


@pytest.fixture
def tester(sandbox, settings) -> AsgiClient:
    """The sandbox's operator."""
    token = settings.sandbox_token_file.read_text(encoding="utf-8").strip()
    return AsgiClient(create_sandbox(sandbox), headers={"Authorization": f"Bearer {token}"})
