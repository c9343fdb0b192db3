"""The programs of `docs/examples/`, each run against a hub: what they send arrives and is answered."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.environment import inherited
from support.http_files import read_collection
from support.hub import HubProcess, running_hub
from support.project import ROOT
from support.waiting import GUARD_SECONDS

from signing import cms, keys
from signing.certificates import load_certificates

EXAMPLES = ROOT / "docs" / "examples"
PROGRAMS = {
    "send.sh": ("bash", ("bash", "curl", "openssl", "jq")),
    "send.py": (sys.executable, ()),
    "Send.java": ("java", ("java", "javac", "openssl")),
}
"""What runs each, and the tools that it needs beside."""
SENDER, RECIPIENT = "000.00.00.H62", "000.00.00.G22"


@pytest.fixture(scope="module")
def hub(tmp_path_factory) -> HubProcess:
    folder = tmp_path_factory.mktemp("hub")
    with running_hub(folder, f"sqlite:///{folder}/axis.db") as hub:
        items = hub.provision(
            {"code": SENDER, "name": "UBND tỉnh Vĩnh Phúc", "organisation": {"key": "p256"}},
            {"code": RECIPIENT, "name": "Văn phòng Chính phủ", "organisation": {"key": "p256"}},
        )
        (folder / "sender.token").write_text(items[SENDER]["token"] + "\n")
        (folder / "recipient.token").write_text(items[RECIPIENT]["token"] + "\n")
        (folder / "cert.pem").write_text(items[SENDER]["organisation"]["certificate"])
        (folder / "key.pem").write_text(items[SENDER]["organisation"]["key"])
        yield hub


def _run(hub: HubProcess, program: str, **more: str) -> subprocess.CompletedProcess[str]:
    command, tools = PROGRAMS[program]
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} is not on this machine")
    return subprocess.run(
        [command, str(EXAMPLES / program)],
        env=inherited() | {"AXIS": hub.url, "no_proxy": "*", "LC_ALL": "C.UTF-8", **more},
        cwd=hub.folder,
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=GUARD_SECONDS,
    )


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_program_sends_reads_the_inbox_and_answers(hub, program):
    done = _run(hub, program, NUMBER=f"1/{program}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == ["sent: TOTAL-PASSED", "inbox: Công văn số 1.pdf", "status: 03"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_program_shows_why_it_was_refused(hub, program):
    done = _run(hub, program, NUMBER=f"2/{program}", TO="H99")
    assert done.returncode != 0
    assert "sent:" not in done.stdout
    assert "unknown-recipient" in done.stderr


def test_the_page_lists_every_example():
    listed = re.findall(
        r"^\| \[([^]]+)\]", (EXAMPLES / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sorted(listed) == sorted(path.name for path in EXAMPLES.iterdir() if path.name != "README.md")


@pytest.mark.parametrize("program", ["send.sh", "send.py", "Send.java", "Send.cs"])
def test_every_program_goes_through_the_same_steps(program):
    text = (EXAMPLES / program).read_text(encoding="utf-8")
    for name in (
        "AXIS",
        "FROM",
        "TO",
        "NUMBER",
        "Công văn số 1.pdf",
        "/v1/documents",
        "/v1/inbox",
        "/statuses",
    ):
        assert name in text, name


def _write_document(folder: Path, number: str) -> None:
    """Write what the collection sends: a manifest, its signature and the file, as the programs make them."""
    name, content = "Công văn số 1.pdf", b"%PDF-1.7\n%%EOF\n"
    digest = hashlib.sha256(content).hexdigest()
    file = {"name": name, "media_type": "application/pdf", "size": len(content), "sha256": digest}
    manifest = json.dumps(
        {
            "from": SENDER, "to": [RECIPIENT], "number": number, "issued_on": "2026-06-03",
            "type": "cong-van", "subject": "V/v gửi, nhận văn bản điện tử", "attachments": [file],
        },
        ensure_ascii=False,
    ).encode()  # fmt: skip
    certificate, *chain = load_certificates((folder / "cert.pem").read_bytes())
    key = keys.from_pem((folder / "key.pem").read_bytes())
    signature = cms.sign(manifest, certificate, key, chain=chain, signing_time=datetime.now(UTC))
    for file_name, written in (("manifest.json", manifest), ("manifest.p7s", signature), (name, content)):
        (folder / file_name).write_bytes(written)


def test_the_collection_plays_from_its_first_call_to_its_last(hub):
    variables, calls = read_collection((EXAMPLES / "calls.http").read_text(encoding="utf-8"))
    assert set(variables) == {"axis", "sender", "recipient", "document", "delivery"}
    _write_document(hub.folder, "1/calls.http")
    values = {"axis": hub.url} | {
        name: (hub.folder / f"{name}.token").read_text().strip() for name in ("sender", "recipient")
    }
    answers = {}
    for call in calls:
        answer = call.play(values, hub.folder)
        assert answer.is_success, (call.title, answer.text)
        if answer.headers["content-type"].startswith("application/json"):
            answers[call.method, re.sub(r"^\{\{axis\}\}|\?.*", "", call.url)] = answer.json()
        match call.url:
            case "{{axis}}/v1/documents":
                values["document"] = answer.json()["id"]
            case url if "/v1/inbox" in url:
                values["delivery"] = next(
                    each["id"] for each in answer.json()["items"] if each["document"] == values["document"]
                )
    assert answers["GET", "/v1/agencies"]["items"][0]["code"] == RECIPIENT
    assert answers["POST", "/v1/documents"]["verdict"]["indication"] == "TOTAL-PASSED"
    assert answers["POST", "/v1/deliveries/{{delivery}}/statuses"]["code"] == "03"
    document = answers["GET", "/v1/documents/{{document}}"]
    assert document["manifest"]["attachments"][0]["name"] == "Công văn số 1.pdf"
    events = answers["GET", "/v1/events"]["items"]
    assert any((each["document"], each["code"]) == (values["document"], "03") for each in events)
