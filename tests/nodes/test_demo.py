"""Across modules: the demonstration, whole: a hub process, a country's traffic, and its figures."""

import json
import re
import signal
import subprocess
import sys
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import httpx
import pytest
import sqlalchemy
from support.waiting import GUARD_SECONDS

from nodes import hub_process as hubs
from nodes.cli import main
from nodes.errors import HubFailed
from nodes.planner import plan
from nodes.scenario_reader import find
from nodes.volumes import least_documents

SMALL = ["--scale", "0.002"]


def is_up(url):
    try:
        return httpx.get(f"{url}/livez", trust_env=False, timeout=GUARD_SECONDS).is_success
    except httpx.TransportError:
        return False


@pytest.mark.slow
def test_the_demonstration_gives_back_the_published_shares_and_stays_until_told_to_end(tmp_path):
    command = [sys.executable, "-m", "nodes", "demo", *SMALL, "--stay", "--directory", str(tmp_path / "kept")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip())
            if "/v1/statistics/" in line:
                break
        printed = "\n".join(lines)
        token = re.search(r"Bearer (axis_\S+)'", printed)[1]
        url = re.search(r"'(http://[^']+)'", printed)[1]
        answer = httpx.get(
            url, headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=GUARD_SECONDS
        )
        opened = re.search(r"^(http://\S+/sign-in\?code=\S+)$", printed, re.MULTILINE)[1]
        signed_in = httpx.get(opened, trust_env=False, timeout=GUARD_SECONDS)
        process.send_signal(signal.SIGTERM)
        told = process.stderr.read()
    assert process.returncode == 0
    for place, share in (("Vĩnh Phúc", "17.9 %"), ("Hải Dương", "35.5 %"), ("Bắc Giang", "100 %")):
        (line,) = (line for line in lines if place in line)
        assert line.count(share) >= 2
        assert line.endswith("met")
    assert "Every expected figure was met exactly." in lines
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/")
    assert "100%  541 of 541" in told
    assert "\r" not in told
    rates = {item["agency"]: item["rate"] for item in answer.json()["items"]}
    assert round(rates["000.00.00.H62"], 3) == 0.179
    assert not is_up(url.partition("/v1")[0])
    assert (tmp_path / "kept" / "axis.db").exists()


@pytest.mark.slow
def test_a_run_made_again_on_the_same_hub_adds_nothing_and_still_meets_everything(tmp_path, capsys):
    text = files("nodes").joinpath("scenarios/task-force-2019.toml").read_text(encoding="utf-8")
    scenario = tmp_path / "eight-days.toml"
    scenario.write_text(text.replace("to = 2019-08-20", "to = 2019-03-20"), encoding="utf-8")
    with hubs.running(tmp_path / "hub") as hub:
        token = tmp_path / "auditor"
        token.write_text(hubs.command(hub, "token", "create", "--auditor", "test"))
        sandbox = ["--sandbox", hub.sandbox_url, "--sandbox-token-file", str(hub.sandbox_token_file)]
        given = ["--hub", hub.url, *sandbox, "--auditor-token-file", str(token)]
        arguments = ["simulate", str(scenario), *SMALL, "--json", *given]
        results = []
        for _ in range(2):
            before = signal.getsignal(signal.SIGTERM)
            assert main(arguments) == 0
            signal.signal(signal.SIGTERM, before)
            results.append(json.loads(capsys.readouterr().out))
    first, again = results
    documents = len(plan(find(str(scenario)), Decimal("0.002"), 1).documents)
    assert (first["traffic"]["documents"], first["traffic"]["repeated"]) == (documents, 0)
    assert first["traffic"]["statuses"] >= first["traffic"]["deliveries"]
    assert first["traffic"]["statuses_refused"] == 0
    assert again["traffic"]["repeated"] == documents
    assert first["localities"] == again["localities"]
    assert again["met"]
    assert first["sent"]["expected"] == sum(
        least_documents(locality.thousandths) for locality in find(str(scenario)).localities
    )


def test_a_hub_that_cannot_start_says_why(tmp_path):
    broken = tmp_path / "hub"
    broken.mkdir()
    (broken / "axis.db").write_text("this is no database, and long enough to be looked at as one" * 100)
    with pytest.raises(HubFailed, match="the hub ended with"), hubs.running(broken):
        pass


def test_settings_meant_for_another_hub_do_not_reach_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("AXIS_DATABASE_URL", "postgresql+psycopg://elsewhere/precious")
    monkeypatch.setenv("AXIS_UNSIGNED", "reject")
    with hubs.running(tmp_path / "hub") as hub:
        assert "AXIS_UNSIGNED" not in hub.environment
        assert hub.environment["AXIS_DATABASE_URL"] == f"sqlite:///{Path(tmp_path).resolve()}/hub/axis.db"
        assert (tmp_path / "hub" / "axis.db").exists()
        assert is_up(hub.url)
    assert not is_up(hub.url)


@pytest.mark.slow
@pytest.mark.stores("postgresql")
def test_a_run_may_have_its_store_in_a_database(tmp_path, database_url, capsys):
    before, kept = signal.getsignal(signal.SIGTERM), tmp_path / "kept"
    arguments = ["--directory", str(kept), "--database", database_url]
    assert main(["simulate", "first-day", *arguments]) == 0
    signal.signal(signal.SIGTERM, before)
    printed = capsys.readouterr().out
    assert f"AXIS_LEDGER_KEY_FILE={kept}/ledger-key.pem" in printed
    assert database_url not in printed
    engine = sqlalchemy.create_engine(database_url, poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text("SELECT count(*) FROM documents")).scalar_one() == 1
