"""A recorded run on another hub: every outcome is the record's, and one that is not is told."""

import json
import signal

import pytest
from support.scenarios import SCENARIO

from nodes import hub_process as hubs
from nodes.cli import main
from nodes.client import Client
from nodes.recording import canonical_json
from nodes.sandbox import reset


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with hubs.running(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture
def nodes(hub, tmp_path, capsys):
    """Run a command on the emptied hub; return its exit code, JSON and standard error."""

    def run(*arguments):
        with Client(hub.sandbox_url, hub.sandbox_token()) as sandbox:
            reset(sandbox)
        token = tmp_path / "auditor"
        token.write_text(hubs.command(hub, "token", "create", "--auditor", "test"))
        sandbox = ["--sandbox", hub.sandbox_url, "--sandbox-token-file", str(hub.sandbox_token_file)]
        before = signal.getsignal(signal.SIGTERM)
        code = main([*arguments, "--json", "--hub", hub.url, *sandbox, "--auditor-token-file", str(token)])
        signal.signal(signal.SIGTERM, before)
        printed = capsys.readouterr()
        return code, json.loads(printed.out)

    return run


def test_the_same_run_gives_the_same_record_and_a_replay_the_same_outcomes(nodes, tmp_path):
    scenario, records = tmp_path / "three.toml", [tmp_path / "first", tmp_path / "again"]
    scenario.write_text(SCENARIO)
    reports = []
    for record in records:
        code, report = nodes("simulate", str(scenario), "--record", str(record))
        assert code == 0
        reports.append({name: value for name, value in report.items() if name != "measured"})
    assert records[0].read_bytes() == records[1].read_bytes()
    assert reports[0] == reports[1]

    code, told = nodes("replay", str(records[0]))
    assert (code, told["differences"]) == (0, [])
    assert told["documents"] == reports[0]["traffic"]["documents"]
    assert told["answers"] == reports[0]["traffic"]["statuses"]
    assert (told["faults"], told["faults_left_out"], told["figures"]) == (2, 0, 2)

    lines = [json.loads(line) for line in records[0].read_text().splitlines()]
    changed = {line["line"]: line for line in lines}
    changed["document"]["outcome"]["indication"] = "TOTAL-FAILED"
    changed["fault"]["outcome"] = ["201 TOTAL-PASSED"]
    changed["answer"]["outcome"]["refused"] = "status-not-allowed"
    changed["figures"]["sent"] += 1
    records[1].write_text("".join(canonical_json(line) + "\n" for line in lines))
    code, told = nodes("replay", str(records[1]))
    assert code == 1
    kinds = sorted(difference["what"].partition(" ")[0] for difference in told["differences"])
    assert kinds == ["document", "fault", "sent", "status"]


def test_keys_of_ones_own_must_be_there_for_everybody(tmp_path, capsys):
    record = tmp_path / "record"
    run = {"line": "run", "version": 1, "seed": 1, "from": "2019-06-03", "to": "2019-06-03"}
    record.write_text(json.dumps(run | {"agencies": ["000.00.00.H62"]}))
    keys = ["--hub", "http://127.0.0.1:9", "--keys", str(tmp_path)]
    assert main(["replay", str(record), *keys]) == 2
    assert "H62" in capsys.readouterr().err
