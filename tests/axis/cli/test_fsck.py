"""`axis fsck`: a store that was only used is whole, and a document that was altered is named."""

import json
import os
import subprocess
import sys

import pytest
from sqlalchemy import update
from support.exchange import Exchange

from axis.cli import main
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
