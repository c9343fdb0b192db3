"""`axis jobs list|show|cancel`, on a store with jobs in several states."""

import json

import pytest
from support.jobs import ask, counting, runner_of, state_of

from axis.cli import main
from axis.database import Database
from axis.jobs.kinds import Kind, Step
from axis.protocol.errors import NotFound, Place


def refuse(_task) -> Step:
    raise NotFound(Place("/filter", "nothing", "something"))


@pytest.fixture
def asked(database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A job that is done, one that failed, and one that waits."""
    monkeypatch.setenv("AXIS_DATABASE_URL", database_url)
    done, failed = ask(database, 2), ask(database, kind="refusing")
    runner = runner_of(database, counting(), Kind("refusing", refuse))
    while runner.run_one():
        pass
    return {"done": done, "failed": failed, "queued": ask(database)}


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["jobs", *arguments]) == 0
    return capsys.readouterr().out


def test_jobs_are_listed_newest_first_all_or_by_state(
    asked: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    lines = run(capsys, "list").splitlines()
    assert lines[0].split() == ["ID", "KIND", "STATE", "DONE", "CREATED"]
    assert [line.split()[0] for line in lines[1:]] == [asked["queued"], asked["failed"], asked["done"]]
    assert "2 of 2" in lines[3]
    (item,) = json.loads(run(capsys, "list", "--state", "failed", "--json"))["items"]
    assert (item["id"], item["problem"]["code"]) == (asked["failed"], "not-found")
    assert len(run(capsys, "list", "--limit", "1").splitlines()) == 2


def test_a_job_is_shown_with_its_result_and_its_problem(
    asked: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert json.loads(run(capsys, "show", asked["done"], "--json"))["result"] == {"steps": 2}
    text = run(capsys, "show", asked["failed"])
    assert "failed" in text
    assert "There is nothing here" in text


def test_a_job_is_cancelled_once(
    database: Database, asked: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "cancel", asked["queued"])
    assert state_of(database, asked["queued"])["state"] == "cancelled"
    assert main(["jobs", "cancel", asked["queued"]]) == 2
    assert "The job has ended" in capsys.readouterr().err
    assert main(["jobs", "cancel", "nothing"]) == 2
    assert "There is nothing here" in capsys.readouterr().err
