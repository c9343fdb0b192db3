"""`axis vxp`: systems of the old protocol, as an operator makes and revokes them."""

import json
import re

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from support import axis_processes
from support.exchange import A, B, Exchange

from axis.agencies.callers import Caller
from axis.agencies.systems import PURPOSE, list_systems
from axis.cli import main
from axis.clock import real_now
from axis.database.secret_key import open_secret_key
from axis.deliveries.queues import count_open
from axis.settings import Settings
from axis.vxp.failed_calls import Failures

SECRET = re.compile("[0-9a-f]{64}")


@pytest.fixture
def exchange(database, database_url, tmp_path, monkeypatch):
    """A store with three agencies, named by the environment, and its keys."""
    exchange = Exchange(database)
    key = tmp_path / "key.pem"
    key.write_bytes(exchange.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "secret.key").write_bytes(b"A" * 43 + b"=")
    monkeypatch.setenv("AXIS_DATABASE_URL", database_url)
    monkeypatch.setenv("AXIS_LEDGER_KEY_FILE", str(key))
    monkeypatch.setenv("AXIS_SECRET_KEY_FILE", str(tmp_path / "secret.key"))
    return exchange


@pytest.fixture
def axis(capsys):
    """Run a command and return what it printed: on standard error where it was refused."""

    def run(*arguments, status=0) -> str:
        assert main(arguments) == status, capsys.readouterr().err
        printed = capsys.readouterr()
        assert status or not printed.err
        return printed.out if status == 0 else printed.err

    return run


def test_adding_prints_the_secret_alone_and_the_store_keeps_it_encrypted(exchange, axis, tmp_path):
    secret = axis("vxp", "system", "add", "H24").removesuffix("\n")
    assert SECRET.fullmatch(secret)
    with exchange.database.read() as tx:
        (system,) = list_systems(tx)
    assert (system.agency, system.may_register) == (A, False)
    assert secret.encode() not in system.secret
    key = open_secret_key(Settings(secret_key_file=tmp_path / "secret.key", database_url="postgresql://"))
    assert key.decrypt(system.secret, PURPOSE) == secret.encode()
    assert secret not in axis("vxp", "system", "list")
    assert secret not in axis("vxp", "system", "list", "--json")


def test_one_agency_has_one_system_until_it_is_revoked(exchange, axis):  # noqa: ARG001
    first = json.loads(axis("vxp", "system", "add", "H24", "--json"))
    assert first.keys() == {"system", "secret"}
    assert first["system"] == A
    assert "revoke it first" in axis("vxp", "system", "add", A, status=2)
    assert "revoked" in axis("vxp", "system", "revoke", "H24")
    assert "no system that still holds" in axis("vxp", "system", "revoke", "H24", status=2)
    second = json.loads(axis("vxp", "system", "add", "H24", "--may-register", "--json"))
    assert second["secret"] != first["secret"]
    items = json.loads(axis("vxp", "system", "list", "--json"))["items"]
    assert [(item["system"], item["may_register"], item["revoked_at"] is None) for item in items] == [
        (A, False, False),
        (A, True, True),
    ]
    rows = axis("vxp", "system", "list").splitlines()
    assert "revoked" in rows[1]
    assert "holds" in rows[2]
    assert "registers" in rows[2]


def test_a_system_is_of_an_agency_in_the_directory(exchange, axis):  # noqa: ARG001
    assert "not in the directory" in axis("vxp", "system", "add", "H77", status=2)
    assert axis("vxp", "system", "list", "--json") == '{"items": []}\n'


def test_what_waits_for_the_agency_is_queued(exchange, axis):
    answered = exchange.send(A, (B,))
    exchange.send(A, (B,))
    exchange.give(B, answered.delivery(), "03")
    axis("vxp", "system", "add", "G22")
    with exchange.database.read() as tx:
        assert count_open(tx, Caller("agency", B, True, None, "vxp:test"), "edoc") == 1


def test_failures_are_shown_with_what_they_mean(exchange, axis):
    failures = Failures(exchange.database)
    failures.note(A, "sendEdoc", "timestamp", "22112026T081754+0468", real_now())
    failures.flush()
    text = axis("vxp", "failures")
    assert re.search(rf"{A} +sendEdoc +timestamp +1 +20\S+Z +22112026T081754\+0468", text)
    (item,) = json.loads(axis("vxp", "failures", "--json"))["items"]
    assert (item["system"], item["fault"], item["count"]) == (A, "timestamp", 1)
    assert "window" in item["meaning"]


@pytest.mark.parametrize(
    ("host", "public_url", "warned"),
    [
        ("0.0.0.0", "http://axis.example.vn", True),
        ("127.0.0.1", "http://axis.example.vn", False),
        ("localhost", "http://axis.example.vn", False),
        ("0.0.0.0", "https://axis.example.vn", False),
    ],
)
def test_serving_plain_http_to_others_is_warned_of_in_one_line(tmp_path, host, public_url, warned):
    (tmp_path / "axis.db").write_text("no database, so that nothing is listened on for others")
    environment = {
        "AXIS_DATABASE_URL": f"sqlite:///{tmp_path}/axis.db",
        "AXIS_PUBLIC_URL": public_url,
    }
    ended = axis_processes.run(["serve", "--host", host, "--port", "0"], environment, tmp_path)
    assert ended.returncode == 2
    assert "the store cannot be used" in ended.stderr
    lines = [line for line in ended.stderr.splitlines() if "plain HTTP" in line]
    assert len(lines) == warned
    if warned:
        line = json.loads(lines[0])
        assert line["level"] == "warning"
        assert "signs neither operation nor body" in line["message"]
        assert "AXIS_PUBLIC_URL" in line["message"]
