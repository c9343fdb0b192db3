"""A province behind a hub of its own: one run through both hubs, one of which is killed on the way."""

import json
import os
import signal
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import pytest

from nodes import workers
from nodes.cli import main, own_two_hubs
from nodes.errors import HubFailed, ScenarioInvalid
from nodes.planner import plan
from nodes.scenario_reader import find, read
from nodes.simulation import simulate
from nodes.stage import NO_POWERS, Stage
from nodes.unit_comparison import compare_units

SMALL = """
name = "small"
[period]
from = 2025-02-28
to = 2025-03-03
[province_hub]
of = "H43"
[[agency]]
code = "H43"
documents = 4
share = 0.5
[[agency]]
code = "H24"
documents = 2
[volume]
received_at_least = 4
[mix]
newer_codes = 0.5
recalls = 0.2
[units]
of = "2025-01"
provinces = ["H43"]
sent_at_least = 2
across_at_least = 8
[population]
agency = "G12"
persons = 5
[[population.unit]]
agency = "H43"
look_ups = 2
[[fault]]
name = "altered-manifest"
agency = "H43"
"""


@pytest.fixture
def killed(monkeypatch):
    """Has the province's hub killed after the first day; holds its process's ids before."""
    ids = []

    def simulated(made, stage, *, progress, **rest):
        def tell(traffic, day):
            progress(traffic, day)
            if not ids:
                ids.append(stage.province.site.powers.process.process.pid)
                os.kill(ids[0], signal.SIGKILL)

        return simulate(made, stage, progress=tell, **rest)

    monkeypatch.setattr(workers, "simulate", simulated)
    return ids


@pytest.mark.slow
@pytest.mark.stores("sqlite")
def test_a_run_of_two_processes_through_two_hubs_counts_right_on_both_though_one_is_killed(
    tmp_path, capsys, killed
):
    scenario = tmp_path / "small.toml"
    scenario.write_text(SMALL)
    before = signal.getsignal(signal.SIGTERM)
    options = ["--report", str(tmp_path / "report.html"), "--record", str(tmp_path / "record"), "--json"]
    options += ["--workers", "2"]
    code = main(["simulate", str(scenario), *options])
    signal.signal(signal.SIGTERM, before)
    report = json.loads(capsys.readouterr().out)
    assert (code, report["met"], len(killed)) == (0, True, 1), report
    two = report["two_hubs"]
    assert two["met"]
    assert two["pairs"]
    assert all(pair["national"] == pair["province"] for pair in two["pairs"])
    way = two["example"]
    assert way["national"]["manifest_sha256"] == way["province"]["manifest_sha256"]
    assert way["national"]["indication"] == "TOTAL-PASSED"
    assert all(codes for codes in way["province"]["statuses"].values())
    figures = {each["name"]: each["measured"] for system in report["systems"] for each in system["figures"]}
    assert figures["messages tra-cuu-dan-cu, as the hub counted"] == 2, (
        "from the province, at the national hub"
    )
    assert figures["messages ket-qua-tra-cuu-dan-cu, as the hub counted"] == 2
    assert figures["look-ups without a reply"] == 0, "replies came back through the relay"
    assert report["measured"]["hub"]["province"].startswith("http://127.0.0.1:")
    written = [json.loads(line) for line in (tmp_path / "record").read_text().splitlines()]
    senders = {json.loads(line["manifest"])["from"] for line in written if line["line"] == "document"}
    assert {"000.", "H43."} <= {sender[:4] for sender in senders}, "codes of both forms"
    assert "province&#x27;s hub" in (tmp_path / "report.html").read_text()


def test_what_two_hubs_cannot_have_is_refused_with_the_reason(capsys):
    for option in (["--part", "1/2"], ["--old-doors", "1"], ["--hub", "http://127.0.0.1:9"]):
        assert main(["simulate", "three-levels", *option]) == 2
        told = capsys.readouterr().err
        assert option[0] in told
        assert "is for one hub" in told
    assert main(["simulate", "first-day", "--province-database", "sqlite://"]) == 2


def test_the_folder_for_registers_reaches_a_run_on_two_hubs(tmp_path, monkeypatch):
    process = SimpleNamespace(url="", sandbox_url="", sandbox_token_file=None)
    hub = SimpleNamespace(process=process, sandbox=None, powers=NO_POWERS.__class__)
    below = SimpleNamespace(codes=frozenset())
    stages = []

    def simulated(_plan, stage, *_rest, **_options):
        stages.append(stage)
        raise HubFailed("enough")

    monkeypatch.setattr(own_two_hubs, "carried_out", simulated)
    monkeypatch.setattr(own_two_hubs, "make_token", lambda *_: "")
    monkeypatch.setattr(own_two_hubs, "opened", lambda *_: nullcontext(hub))
    monkeypatch.setattr(own_two_hubs, "joined", lambda *_: nullcontext(below))
    monkeypatch.setattr(own_two_hubs, "progress_of", lambda *_: nullcontext())
    (tmp_path / "small.toml").write_text(SMALL)
    assert main(["simulate", str(tmp_path / "small.toml"), "--registers", str(tmp_path / "kept")]) != 0
    assert [stage.registers for stage in stages] == [tmp_path / "kept"]


def test_one_hub_is_refused_before_anything_is_sent():
    made = plan(read(SMALL), find("three-levels").scale, 1)
    with pytest.raises(ScenarioInvalid, match="found one hub, expected two"):
        simulate(made, Stage("http://127.0.0.1:9", None), auditor=None, progress=None)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('of = "H43"\n[[', 'of = "H05"\n[[', "province_hub.of: found 000.00.00.H05, expected a province"),
        ('provinces = ["H43"]', 'provinces = ["H05"]', "expected one of the agencies"),
        ('of = "2025-01"', 'of = "2025-07"\ndepartments = true', "units.departments: found departments with"),
    ],
)
def test_a_province_without_part_in_it_is_refused(old, new, told):
    assert old in SMALL
    with pytest.raises(ScenarioInvalid, match=told):
        read(SMALL.replace(old, new, 1))


def test_letters_of_faults_to_units_are_expected_of_them():
    small = read(SMALL.replace('name = "altered-manifest"', 'name = "unsigned"\ncount = 20'))
    made = plan(small, find("three-levels").scale, 1)
    to_units = sum(fault.recipient in small.units.codes for fault in made.faults)
    without = compare_units(Silent(), replace(made, faults=()))
    received = [sum(each.expected.received for each in compare_units(Silent(), made))]
    assert received == [sum(each.expected.received for each in without) + to_units]
    assert to_units


class Silent:
    """A hub that has counted nothing."""

    def statistics(self, _kind, **_query):
        return {"items": []}
