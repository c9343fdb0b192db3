"""`axis fsck`: a store that was only used is whole, and a document that was altered is named."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from support.exchange import Exchange

from axis.cli import fsck, main
from axis.compliance.reconciliation.ledger_health import describe_health
from axis.documents.tables import manifests


@pytest.mark.usefixtures("used")
def test_a_store_that_was_only_used_is_found_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fsck"]) == 0
    assert capsys.readouterr().out == "nothing differs\n"
    assert main(["fsck", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"differences": [], "complete": True}


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


def test_how_much_was_found_is_kept_for_whoever_asks_the_hub(
    used: Exchange, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def health() -> dict[str, Any]:
        with used.database.read() as tx:
            found: dict[str, Any] = describe_health(tx)["checked"]
        return found

    assert main(["fsck"]) == 0
    whole = health()
    assert (whole["size"], whole["differences"], whole["complete"]) == (3, 0, True)
    used.database.write(lambda tx: tx.execute(update(manifests).values(content=b"{}")))
    capsys.readouterr()
    assert main(["fsck", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert health()["differences"] == len(answer["differences"]) > 0
    monkeypatch.setattr(fsck, "NAMED", 1)
    assert main(["fsck"]) == 1
    assert (health()["differences"], health()["complete"]) == (1, False)

    def full(*_given: object, **_named: object) -> None:
        raise OperationalError("INSERT", {}, Exception("disk is full"))

    monkeypatch.setattr(fsck, "keep_check", full)
    capsys.readouterr()
    assert main(["fsck"]) == 1
    captured = capsys.readouterr()
    assert "the store is damaged" in captured.out
    assert "could not be kept" in captured.err
