"""Over HTTP: a scenario in which old and new agencies meet, on a new hub and again on the same."""

import json
import signal
from collections import Counter
from decimal import Decimal
from importlib.resources import files

import pytest

from nodes import hub_process as hubs
from nodes.cli import main
from nodes.planner import plan
from nodes.scenario_reader import find

SMALL = ["--scale", "0.001"]


def run_twice(tmp_path, capsys, *arguments):
    """The results of the same run made twice on one hub, with the hub's own counts of calls by door."""
    results = []
    with hubs.running(tmp_path / "hub") as hub:
        token = tmp_path / "auditor"
        token.write_text(hubs.command(hub, "token", "create", "--auditor", "test"))
        sandbox = ["--sandbox", hub.sandbox_url, "--sandbox-token-file", str(hub.sandbox_token_file)]
        given = ["--hub", hub.url, *sandbox, "--auditor-token-file", str(token)]
        for _ in range(2):
            before = signal.getsignal(signal.SIGTERM)
            assert main([*arguments, *SMALL, "--json", *given]) == 0
            signal.signal(signal.SIGTERM, before)
            results.append(json.loads(capsys.readouterr().out))
        lines = [json.loads(line) for line in hub.log.read_text().splitlines() if line.startswith("{")]
    looked = ("GET", "/v1/documents")  # a run sees first what the hub holds
    calls = [(line["method"], line["route"]) for line in lines if "route" in line]
    return results, Counter(route for method, route in calls if (method, route) != looked)


@pytest.mark.slow
def test_old_and_new_agencies_meet_every_figure_and_a_run_made_again_adds_nothing(tmp_path, capsys):
    (first, again), routes = run_twice(tmp_path, capsys, "simulate", "two-doors")
    made = plan(find("two-doors"), Decimal("0.001"), 1)
    old = made.scenario.old_doors
    assert first["old_doors"] == sorted(old)
    assert first["met"]
    assert again["met"]
    assert first["localities"] == again["localities"]
    returned = first["statuses_returned"]
    assert returned["measured"] == returned["expected"] > 0
    assert returned["waiting"] == 0
    assert again["traffic"]["statuses"] == 0
    fetched = sum(code in old for document in made.documents for code in document.recipients)
    assert routes["/vxp/getEdoc"] == fetched + returned["measured"]
    by_rest = sum(document.sender not in old for document in made.documents)
    assert routes["/v1/documents"] == 2 * by_rest
    assert again["traffic"]["repeated"] == by_rest


@pytest.mark.slow
def test_the_centre_may_speak_the_old_protocol_too(tmp_path, capsys):
    text = files("nodes").joinpath("scenarios/two-doors.toml").read_text(encoding="utf-8")
    scenario = tmp_path / "centre.toml"
    text = text.replace('door = "rest" ', 'door = "vxp" ').replace("to = 2019-06-14", "to = 2019-06-05")
    scenario.write_text(text, encoding="utf-8")
    (first, again), routes = run_twice(tmp_path, capsys, "simulate", str(scenario), "--old-doors", "6")
    assert len(first["old_doors"]) == 8
    assert first["met"]
    assert again["met"]
    assert routes["/v1/documents"] == routes["/v1/inbox"] == 0
