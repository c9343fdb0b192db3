"""The command line: help, exit codes, JSON; against a hub that answers from a script."""

import json
import signal
import subprocess
import sys
from decimal import Decimal
from hashlib import sha256
from types import SimpleNamespace

import pytest
from support.arrivals import item
from support.stub_hub import Say, problem, stub_hub
from support.waiting import GUARD_SECONDS, wait_until

from nodes.cli import main, parser
from nodes.cli.own_hub import _look_further
from nodes.scenario_reader import shipped

COMMANDS = ["demo", "simulate", "scenarios", "faults", "replay", "send", "inbox", "serve", "sandbox", "clock"]


@pytest.fixture
def token(tmp_path):
    file = tmp_path / "token"
    file.write_text("axis_secret\n")
    return str(file)


@pytest.fixture(autouse=True)
def _signals_as_they_were():
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "--json" in capsys.readouterr().out


def test_the_module_runs_as_the_command_does():
    done = subprocess.run(
        [sys.executable, "-m", "nodes", "scenarios"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "task-force-2019" in done.stdout


def test_scenarios_are_listed_as_json_too(capsys):
    assert main(["scenarios", "--json"]) == 0
    listed = {scenario["name"]: scenario for scenario in json.loads(capsys.readouterr().out)["items"]}
    assert listed.keys() == set(shipped())
    assert listed["task-force-2019"]["sent"] == 86_000
    assert (listed["task-force-2019"]["old_doors"], listed["two-doors"]["old_doors"]) == (0, 4)


@pytest.mark.parametrize(
    "arguments",
    [
        ["simulate", "no-such-scenario"],
        ["simulate", "task-force-2019", "--scale", "2"],
        ["simulate", "task-force-2019", "--hub", "http://127.0.0.1:9"],
        ["simulate", "task-force-2019", "--sandbox", "http://127.0.0.1:9"],
        ["inbox", "--token-file", "no-such-file"],
        ["send", "--token-file", "no-such-file"],
        ["inbox"],
        ["send", "--from", "H24", "--to", "G22", "--number", "1/A", "--subject", "x"],
        ["simulate", "two-doors", "--old-doors", "7"],
        ["demo", "--old-doors", "-1"],
    ],
)
def test_wrong_usage_ends_with_2_and_a_sentence(arguments, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("nodes: ")


VXP = ["--door", "vxp", "--system", "H24", "--secret-file", "no-such-file"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["inbox", "--door", "vxp"], "--system and --secret-file"),
        (["inbox", *VXP], "no-such-file"),
        (["inbox", *VXP, "--token-file", "t"], "--token-file is not for --door vxp"),
        (["inbox", *VXP, "--after", "c"], "--after is not for --door vxp"),
        (["inbox", "--token-file", "t", "--done"], "--done needs --door vxp"),
        (["inbox", "--token-file", "t", "--statuses"], "--statuses needs --door vxp"),
        (["send", "--token-file", "t", "--system", "H24"], "--system needs --door vxp"),
        (["send", "--token-file", "t", "--message", "m"], "--message needs --door vxp"),
        (["send", *VXP, "--manifest", "m"], "--manifest is not for --door vxp"),
        (["send", *VXP, "--receipt", "r"], "--receipt is not for --door vxp"),
        (["send", *VXP, "--message", "m", "--number", "1/A"], "--number stands in the --message"),
        (["send", *VXP, "--message", "m", "f.pdf"], "FILE stands in the --message"),
        (["send", *VXP, "--message", __file__], "test_cli.py"),
        (["send", *VXP], "--from"),
    ],
)
def test_options_of_one_door_are_refused_at_the_other(arguments, told, capsys):
    assert main(arguments) == 2
    assert told in capsys.readouterr().err


LETTER = ["--from", "H24", "--to", "G22", "--number", "1/A", "--subject", "x"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--sign-pdf"], "--sign-pdf"),
        (["--action", "recall"], "0 are named"),
        (["--type", "no-such-type"], "no-such-type"),
        (["--issued-on", "yesterday"], "yesterday"),
    ],
)
def test_what_edxml_cannot_say_is_wrong_usage(more, told, capsys):
    assert main(["send", *VXP, *LETTER, *more]) == 2
    assert told in capsys.readouterr().err


def test_a_full_directory_is_not_used_for_a_run(tmp_path, capsys):
    (tmp_path / "axis.db").write_text("precious")
    assert main(["demo", "--directory", str(tmp_path)]) == 2
    assert "new or empty" in capsys.readouterr().err
    assert (tmp_path / "axis.db").read_text() == "precious"


def test_a_document_is_sent_and_its_receipt_kept(token, tmp_path, capsys):
    verdict = {"indication": None, "sub_indication": None, "signed_by": "none", "sentence": "Nobody signed."}
    sent = {
        "id": "d1",
        "accepted_at": "2019-06-03T02:00:00Z",
        "repeated": False,
        "verdict": verdict,
        "deliveries": [{"id": "d1.0", "to": "000.00.00.G22"}],
        "receipt": "proof\n",
    }
    file = tmp_path / "Công văn.pdf"
    file.write_bytes(b"%PDF")
    receipt = tmp_path / "receipt"
    with stub_hub(Say(201, sent)) as hub:
        options = ["--hub", hub.url, "--token-file", token, "--receipt", str(receipt), "--json"]
        words = ["--from", "H24", "--to", "G22", "--number", "1/UBND", "--subject", "V/v thử"]
        code = main(["send", *options, *words, str(file)])
    assert code == 0
    assert json.loads(capsys.readouterr().out)["deliveries"][0]["to"] == "000.00.00.G22"
    assert receipt.read_text() == "proof\n"
    assert b'"from":"000.00.00.H24"' in hub.asked[0].body


def test_a_refusal_ends_with_1_and_as_json_it_is_json(token, tmp_path, capsys):
    manifest = tmp_path / "manifest.json"
    manifest.write_text("{}")
    with stub_hub(problem(409, "number-taken", request_id="r7")) as hub:
        code = main(["send", "--hub", hub.url, "--token-file", token, "--manifest", str(manifest), "--json"])
    assert code == 1
    told = json.loads(capsys.readouterr().out)["error"]
    assert (told["code"], told["request_id"]) == ("number-taken", "r7")


def inbox_hub(*names, content=b"content"):
    """A hub with one document whose attachments all hold `content` and claim the digest of b"content"."""
    digest = sha256(b"content").hexdigest()
    listed = [{"name": name, "media_type": "x/y", "size": 7, "sha256": digest} for name in names]
    items = [item(attachments=listed)]

    def answer(asked):
        if asked.path.startswith("/v1/inbox"):
            return Say(200, {"items": [] if "after" in asked.path else items, "next": "c1"})
        return Say(200, content)

    return stub_hub(otherwise=answer)


def saved_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_an_inbox_is_listed_to_its_end_and_its_files_saved_where_they_belong(token, tmp_path, capsys):
    folder = tmp_path / "saved"
    with inbox_hub("../../escape.pdf", "Báo cáo.pdf") as hub:
        options = ["--hub", hub.url, "--token-file", token, "--save", str(folder)]
        code = main(["inbox", *options, "--all", "--json"])
    assert code == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0]["number"] == "1/UBND-VX"
    assert lines[-1] == {"next": "c1"}
    assert saved_in(folder) == ["d/0-.._.._escape.pdf", "d/1-Báo cáo.pdf", "d/manifest.json"]


def test_a_file_that_is_not_the_one_that_was_signed_is_not_kept_under_its_name(token, tmp_path, capsys):
    folder = tmp_path / "saved"
    with inbox_hub("a.pdf", content=b"another") as hub:
        code = main(["inbox", "--hub", hub.url, "--token-file", token, "--save", str(folder)])
    assert code == 1
    assert "not the one its manifest names" in capsys.readouterr().err
    assert "d/0-a.pdf" not in saved_in(folder)


def test_a_clock_is_read_and_moved(token, capsys):
    with stub_hub(otherwise=lambda _: Say(200, {"at": "2019-06-03T02:00:00Z", "moved": True})) as hub:
        options = ["--sandbox", hub.url, "--sandbox-token-file", token]
        assert main(["clock", *options]) == 0
        assert main(["clock", *options, "--set", "2019-06-03T09:00:00+07:00"]) == 0
        assert main(["clock", *options, "--real"]) == 0
        assert main(["clock", *options, "--set", "2019-06-03T09:00:00+07:00", "--factor", "60"]) == 0
        assert main(["clock", *options, "--factor", "60"]) == 0
        assert main(["clock", *options, "--real", "--factor", "60"]) == 2
    assert [asked.method for asked in hub.asked] == ["GET", "PUT", "PUT", "PUT", "PUT"]
    assert json.loads(hub.asked[1].body) == {"at": "2019-06-03T02:00:00.000000Z"}
    assert json.loads(hub.asked[2].body) == {"at": None}
    assert json.loads(hub.asked[3].body) == {"at": "2019-06-03T02:00:00.000000Z", "factor": 60}
    assert json.loads(hub.asked[4].body) == {"factor": 60}
    assert "moved" in capsys.readouterr().out


def test_a_time_without_a_zone_is_wrong_usage(token, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["clock", "--sandbox", "x", "--sandbox-token-file", token, "--set", "2019-06-03T09:00"])
    assert ended.value.code == 2
    assert "zone" in capsys.readouterr().err


def test_a_node_is_served_once(token, capsys):
    def answer(asked):
        if asked.path.startswith("/v1/inbox"):
            return Say(200, {"items": [] if "after" in asked.path else [item()], "next": "c1"})
        if asked.path.startswith("/v1/events"):
            return Say(200, {"items": [], "next": "e1"})
        return Say(200, {"items": [{"status": 201, "code": one["code"]} for one in json.loads(asked.body)]})

    with stub_hub(otherwise=answer) as hub:
        code = main(
            ["serve", "--hub", hub.url, "--token-file", token, "--once", "--refused-share", "0", "--json"]
        )
    assert code == 0
    codes = [json.loads(line)["code"] for line in capsys.readouterr().out.splitlines()]
    assert codes[:2] == ["01", "03"]


def test_a_served_node_ends_cleanly_when_told_to(token):
    def answer(asked):
        key = "c1" if asked.path.startswith("/v1/inbox") else "e1"
        return Say(200, {"items": [], "next": key})

    with stub_hub(otherwise=answer) as hub:
        process = subprocess.Popen(
            [sys.executable, "-m", "nodes", "serve", "--hub", hub.url, "--token-file", token],
            stderr=subprocess.PIPE,
        )  # fmt: skip
        wait_until(lambda: len(hub.asked) >= 2 or process.poll() is not None, "the node to ask")
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=GUARD_SECONDS)
    assert process.returncode == 130
    assert b"Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["demo"], "nodes demo --scale 0.01 --seed 1 --stay"),
        (["simulate", "two-doors"], "nodes simulate two-doors --scale 0.01 --seed 1 --stay"),
        (["simulate", "./my own.toml"], "nodes simulate './my own.toml' --scale 0.01 --seed 1 --stay"),
    ],
)
def test_a_run_hints_at_its_own_command(arguments, hint):
    parsed = parser().parse_args(arguments)
    scenario = SimpleNamespace(government_office="000.00.00.G22", first="", last="")
    plan = SimpleNamespace(scenario=scenario, scale=Decimal("0.01"), seed=1)
    assert hint in _look_further(plan, SimpleNamespace(url="http://127.0.0.1:1"), "axis_", parsed)
