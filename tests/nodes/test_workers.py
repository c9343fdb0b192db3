"""One run in one process, in several, and in parts: the same manifests, outcomes and report."""

import json
import signal
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from types import SimpleNamespace

import pytest
from support.hub import running_hub
from support.scenarios import SCENARIO

from nodes.cli import main
from nodes.client import Client
from nodes.comparison_table import as_json
from nodes.meeting import SharedMeeting
from nodes.parts import Part
from nodes.planner import plan
from nodes.recording import Recorder, canonical_json, merged, read_record
from nodes.sandbox import make_token, reset
from nodes.scenario_reader import find
from nodes.simulation import simulate
from nodes.stage import Stage
from nodes.workers import Place, Work, Workers, _absorb


def without_measured(report):
    return {name: value for name, value in report.items() if name not in {"measured", "command"}}


def run_alone(hub, scenario, record, *options):
    """The report of a run by the command line on the emptied hub."""
    token = hub.folder / "sandbox-token"
    with Client(hub.sandbox_url, token.read_text().strip()) as sandbox:
        reset(sandbox)
        (hub.folder / "auditor").write_text(make_token(sandbox, "auditor"))
    given = ["--hub", hub.url, "--sandbox", hub.sandbox_url, "--sandbox-token-file", str(token)]
    given += ["--auditor-token-file", str(hub.folder / "auditor"), "--record", str(record), "--json"]
    before = signal.getsignal(signal.SIGTERM)
    code = main(["simulate", str(scenario), *given, *options])
    signal.signal(signal.SIGTERM, before)
    return code


def run_in_parts(hub, scenario, of):
    """The reports of all parts, and the lines of their records, on the emptied hub."""
    place = Place(hub.sandbox_url, hub.folder / "sandbox-token")
    with place.client() as sandbox:
        reset(sandbox)
    made = plan(find(str(scenario)), Decimal(1), 1)

    def carry_out(number):
        part, recorder = Part(number, of), Recorder()
        with place.client() as sandbox, place.client() as meeting_at:
            outcome = simulate(
                made,
                Stage(hub.url, sandbox),
                auditor=lambda: Client(hub.url, make_token(sandbox, "auditor")),
                meet=lambda tell: SharedMeeting(meeting_at, "parts", part, tell),
                recorder=recorder,
                progress=lambda _traffic, _day: None,
            )
        lines = recorder.lines(outcome.plan, outcome.result, part)
        report = as_json(outcome.plan, outcome.result, outcome.traffic)
        return json.loads(json.dumps(report)), "".join(canonical_json(line) + "\n" for line in lines)

    with ThreadPoolExecutor(of) as pool:
        return list(zip(*pool.map(carry_out, range(1, of + 1)), strict=True))


@pytest.mark.slow
@pytest.mark.stores("sqlite")
def test_one_process_two_and_three_parts_give_the_same_run(tmp_path, database_url, capsys):
    scenario = tmp_path / "three.toml"
    scenario.write_text(SCENARIO)
    with running_hub(tmp_path, database_url) as hub:
        assert run_alone(hub, scenario, tmp_path / "one") == 0
        report = without_measured(json.loads(capsys.readouterr().out))
        assert run_alone(hub, scenario, tmp_path / "two", "--workers", "2") == 0
        assert without_measured(json.loads(capsys.readouterr().out)) == report
        reports, records = run_in_parts(hub, scenario, 3)
    assert report["met"]
    record = (tmp_path / "one").read_text()
    assert (tmp_path / "two").read_text() == record
    assert [without_measured(each) for each in reports] == [report] * 3
    together = merged([read_record(text) for text in records])
    assert "".join(canonical_json(line) + "\n" for line in together.lines()) == record


def process(exitcode):
    return SimpleNamespace(exitcode=exitcode, pid=7)


def test_a_process_that_ended_with_a_failure_is_named():
    running, done, killed = (process(code) for code in (None, 0, -9))
    assert Workers(((Part(2, 3), running), (Part(3, 3), done))).ended() is None
    told = Workers(((Part(2, 3), done), (Part(3, 3), killed))).ended()
    assert told == "part 3/3, process 7, ended with -9"


def test_a_part_that_was_killed_leaves_no_record_and_that_is_noted(tmp_path):
    place = Place("http://127.0.0.1:9", tmp_path / "token")
    work = Work(None, Decimal(1), 1, Part(2, 2), "", place, 4, tmp_path / "record")
    recorder = Recorder()
    _absorb(recorder, work)
    work.record.write_text('{"line":"run","ver')
    _absorb(recorder, work)
    assert recorder.missing == ["2/2", "2/2"]
