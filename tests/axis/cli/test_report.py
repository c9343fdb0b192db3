"""`axis report`, `axis reconcile` and `axis fsck`, on a store that was used."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import update
from support.exchange import A, B, C, Exchange

from axis.cli import main
from axis.counters.tables import counters
from axis.database import Database
from axis.documents.tables import manifests


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


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize("command", ["reconcile", "fsck"])
def test_a_store_that_was_only_used_is_found_whole(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command]) == 0
    assert capsys.readouterr().out == "nothing differs\n"
    assert main([command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"differences": [], "complete": True}


def test_reconcile_names_a_counter_that_lies(used: Exchange, capsys: pytest.CaptureFixture[str]) -> None:
    used.database.write(
        lambda tx: tx.execute(update(counters).where(counters.c.recipient == "").values(both=5))
    )
    assert main(["reconcile"]) == 1
    assert (
        f"2019-06-03 {A} → anyone cong-van both: 5, counted again from ledger: 1" in capsys.readouterr().out
    )


def test_fsck_names_a_document_that_was_altered(used: Exchange, capsys: pytest.CaptureFixture[str]) -> None:
    used.database.write(lambda tx: tx.execute(update(manifests).values(content=b"{}")))
    assert main(["fsck", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert any(each["where"].endswith("manifest") for each in answer["differences"])


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_fsck_keeps_its_exit_status_when_nobody_reads_on(used: Exchange, options: list[str]) -> None:
    used.database.write(lambda tx: tx.execute(update(manifests).values(content=b"{}")))
    reading, writing = os.pipe()
    os.close(reading)
    try:
        command = [sys.executable, "-m", "axis", "fsck", *options]
        ended = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, b"")


@pytest.mark.usefixtures("used")
def test_the_report_shows_rates_and_what_they_mean(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--from", "2019-06-01", "--to", "2019-06-30"]) == 0
    text = capsys.readouterr().out
    assert "50.0 %" in text
    assert "100.0 %" in text
    assert "signed ÷ sent" in text
    assert main(["report", "--csv", "--recipient", "G22"]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["agency"], row["name"], row["sent"], row["rate"]) == (A, f"Cơ quan {A}", "2", "0.5")
    assert main(["report", "--json", "--to", "2019-06-02"]) == 0
    assert json.loads(capsys.readouterr().out)["items"] == []


@pytest.mark.usefixtures("used")
def test_a_day_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--from", "2019-02-30"]) == 2
    assert "query:from" in capsys.readouterr().err
