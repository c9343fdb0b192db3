"""A store of its own for each test of a command, and a way to run commands on it."""

import os

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from support.exchange import A, B, C, Exchange

from axis.cli import main
from axis.database import Database


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """A store of its own in an empty folder."""
    for name in [name for name in os.environ if name.startswith("AXIS_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AXIS_DATABASE_URL", f"sqlite:///{tmp_path}/data/axis.db")
    monkeypatch.setenv("AXIS_PUBLIC_URL", "http://axis.test")
    return tmp_path


@pytest.fixture
def axis(environment, capsys):  # noqa: ARG001 - the environment is set for what it runs
    """Run a command in that folder and return what it printed."""

    def run(*arguments, status=0) -> str:
        assert main(arguments) == status, capsys.readouterr().err
        printed = capsys.readouterr()
        return printed.out if status == 0 else printed.err

    return run


@pytest.fixture
def hai_phong(axis):
    """The directory with one agency."""
    axis("agency", "add", "H24", "--name", "Ủy ban nhân dân thành phố Hải Phòng")


@pytest.fixture
def used(database: Database, database_url: str, tmp_path, monkeypatch: pytest.MonkeyPatch) -> Exchange:
    """A store with three documents, named by the environment."""
    exchange = Exchange(database)
    exchange.send(A, (B,), signed="both")
    exchange.send(A, (B, C), signed="unsigned")
    exchange.send(C, (A,), signed="organisation")
    key = tmp_path / "key.pem"
    key.write_bytes(exchange.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    monkeypatch.setenv("AXIS_DATABASE_URL", database_url)
    monkeypatch.setenv("AXIS_LEDGER_KEY_FILE", str(key))
    return exchange
