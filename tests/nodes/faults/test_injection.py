"""Faults on a real hub: each is answered as documented, and nothing else is refused."""

import json
import signal

import pytest
from support.altered_statistics import PLAN, result_of
from support.stub_hub import Say, stub_hub

from nodes.cli import main
from nodes.client import Client
from nodes.comparison import refusals
from nodes.comparison_table import table
from nodes.faults.catalogue import CATALOGUE
from nodes.faults.injection import FaultResult
from nodes.planner import plan
from nodes.scenario_reader import find


@pytest.fixture(autouse=True)
def _signals_as_they_were():
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


BAD_DAY = plan(find("bad-day"), find("bad-day").scale, 1)


@pytest.mark.slow
def test_on_the_worst_day_every_fault_is_answered_as_documented_and_every_figure_holds(capsys):
    assert main(["simulate", "bad-day", "--seed", "3", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {fault["name"] for fault in told["faults"] if fault["met"]} == set(CATALOGUE)
    wanted = sum(len(fault.refusals) for fault in CATALOGUE.values())
    assert told["refusals"] == {"expected": wanted, "missed": [], "not_injected": [], "met": True}
    assert all(locality["met"] for locality in told["localities"])


def test_a_hub_of_somebody_else_is_refused_before_anything_is_sent(tmp_path, capsys):
    token = tmp_path / "token"
    token.write_text("axis_secret")
    given = ["--sandbox", "http://127.0.0.1:9", "--sandbox-token-file", str(token)]
    given += ["--auditor-token-file", str(token), "--hub", "http://127.0.0.1:9"]
    assert main(["simulate", "first-day", "--fault", "hub-killed", *given]) == 2
    assert "hub-killed needs a hub of the run's own" in capsys.readouterr().err


def test_a_refusal_that_is_missed_and_one_that_nobody_injected_are_told():
    recorded = [
        {"from": fault.sender, "code": code} for fault in BAD_DAY.faults for code in fault.fault.refusals
    ]
    pages = [
        Say(body={"items": recorded[1:4], "next": "more"}),
        Say(
            body={
                "items": [*recorded[4:], {"from": "000.00.00.G22", "code": "digest-mismatch"}],
                "next": None,
            }
        ),
    ]
    with stub_hub(*pages) as hub, Client(hub.url, "axis_a") as auditor:
        found = refusals(auditor, BAD_DAY)
    assert found.expected == len(recorded)
    assert found.missed == (f"{recorded[0]['from']} {recorded[0]['code']}",)
    assert found.alarms == ("000.00.00.G22 digest-mismatch",)
    assert not found.met


def test_a_fault_that_is_answered_otherwise_fails_the_run_and_is_shown_with_what_was_expected():
    planned = next(fault for fault in BAD_DAY.faults if fault.name == "altered-manifest")
    good = FaultResult(planned, planned.fault.outcome)
    bad = FaultResult(planned, ("201 TOTAL-PASSED",))
    assert (good.met, bad.met) == (True, False)
    assert result_of(faults=(good,)).met
    result = result_of(faults=(good, bad))
    assert not result.met
    text = table(PLAN, result)
    assert "201 TOTAL-PASSED  EXPECTED 403 signature-rejected HASH_FAILURE" in text
    assert "NOT every expected figure was met." in text
