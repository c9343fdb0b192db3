"""The programs of `docs/examples/`, each run against a hub: what they send arrives and is answered."""

import re
import shutil
import subprocess
import sys

import httpx
import pytest
from support.environment import inherited
from support.hub import HubProcess, running_hub
from support.tree import ROOT
from support.waiting import GUARD_SECONDS

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


def test_the_collection_calls_routes_that_exist(hub):
    paths = httpx.get(f"{hub.url}/openapi.json", trust_env=False, timeout=GUARD_SECONDS).json()["paths"]
    text = (EXAMPLES / "calls.http").read_text(encoding="utf-8")
    calls = re.findall(r"^(GET|POST) \{\{axis\}\}([^?\n]+)", text, re.MULTILINE)
    assert len(calls) > 5
    for method, path in calls:
        wanted = re.sub(r"\{\{\w+\}\}", "{}", path)
        same = {re.sub(r"\{\w+\}", "{}", each): operations for each, operations in paths.items()}
        assert method.lower() in same[wanted], path
