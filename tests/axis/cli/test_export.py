"""`axis export` writes a whole list beside the store, complete or not at all."""

import csv
import hashlib
import json

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from support.exchange import A, B, Exchange

from axis.cli import main
from axis.database import open_database
from axis.database.migrate import migrate


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A store with three documents, and its ledger's key."""
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path}/axis.db"
    monkeypatch.setenv("AXIS_DATABASE_URL", url)
    monkeypatch.setenv("AXIS_LEDGER_KEY_FILE", str(tmp_path / "ledger-key.pem"))
    database = open_database(url)
    migrate(database)
    exchange = Exchange(database)
    for signed in ("organisation", "unsigned", "unsigned"):
        exchange.send(A, (B,), signed=signed)
    database.close()
    pem = exchange.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "ledger-key.pem").write_bytes(pem)
    (tmp_path / "ledger-key.pem").chmod(0o600)
    return tmp_path


def test_a_list_goes_to_a_file_and_its_manifest_beside_it(folder, capsys):
    assert (
        main(["export", "documents", "--format", "csv", "--out", "d.csv", "--filter", "indication=none"]) == 0
    )
    assert capsys.readouterr().out.startswith("d.csv: 2 rows, ")
    with (folder / "d.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["signed_by"] for row in csv.DictReader(file)] == ["none", "none"]
    said = json.loads((folder / "d.csv.manifest").read_text(encoding="utf-8").splitlines()[1])
    assert said["sha256"] == hashlib.sha256((folder / "d.csv").read_bytes()).hexdigest()
    assert said["filter"] == {"indication": "none"}


def test_it_answers_in_json(folder, capsys):
    arguments = [
        "export",
        "entries",
        "--format",
        "ndjson",
        "--out",
        "e.ndjson",
        "--from",
        "2019-06-03",
        "--json",
    ]
    assert main(arguments) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["rows"] == 3
    assert answer["size"] == (folder / "e.ndjson").stat().st_size


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["documents", "--format", "zip", "--out", "x"], "/format"),
        (["documents", "--format", "csv", "--out", "x", "--filter", "colour=red"], "/filter/colour"),
        (["documents", "--format", "csv", "--out", "ledger-key.pem"], "is there already"),
    ],
)
def test_what_cannot_be_done_leaves_nothing_behind(folder, capsys, arguments, told):
    before = sorted(folder.iterdir())
    assert main(["export", *arguments]) == 2
    assert told in capsys.readouterr().err
    assert [
        each for each in sorted(folder.iterdir()) if each not in before and "axis.db" not in each.name
    ] == []
