"""The documentation as tests read it: blocks of a page, a shell that runs them, examples held to answers."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from support.environment import inherited
from support.hub import free_port
from support.project import ROOT
from support.waiting import GUARD_SECONDS, wait_until

FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
DONE = "the block is done"


@dataclass(frozen=True)
class Block:
    """A fenced block of a page, under its heading."""

    language: str
    heading: str
    text: str


def blocks(page: str) -> list[Block]:
    """Every block of a page of this project, in order."""
    text = read(page)
    found = []
    for match in FENCE.finditer(text):
        headings = HEADING.findall(FENCE.sub("", text[: match.start()]))
        found.append(Block(match["language"], headings[-1], match["text"]))
    return found


def read(page: str) -> str:
    """A page's text."""
    return (ROOT / page).read_text(encoding="utf-8")


class Shell:
    """One bash in an empty folder, with this interpreter's commands on its path; it ends at the first fault.

    When it ends, all that its blocks started ends too, so that nobody reads on from a hub in the background.

    Addresses and ports of the pages' hub are replaced by a free port of loopback.
    """

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        with (folder / ".errors").open("ab") as errors:
            self._process = subprocess.Popen(
                ["bash"],
                cwd=folder,
                env=inherited() | settings | {"PATH": path, "no_proxy": "*", "LC_ALL": "C.UTF-8"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
                start_new_session=True,
            )
        self.run("set -eo pipefail")

    @property
    def url(self) -> str:
        """Where the pages' hub answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def errors(self) -> str:
        """Standard error of all that ran, the hub's log included."""
        return (self.folder / ".errors").read_text(encoding="utf-8")

    def run(self, text: str) -> str:
        """Run a block and return what it printed. Raises `AssertionError` when a command of it fails."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        text = localised(text, self.port)
        with _watched(process) as watched:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(f"{text}\nprintf '\\n%s\\n' '{DONE}'\n")
                process.stdin.flush()
            printed = []
            for line in process.stdout:
                if line == f"{DONE}\n":
                    return "".join(printed).removesuffix("\n")
                printed.append(line)
        reason = f"this took longer than {GUARD_SECONDS:.0f} s" if watched.hung else "this ended the shell"
        raise AssertionError(f"{reason}:\n{text}\n{''.join(printed)}\n{self.errors[-4_000:]}")

    def ask(self, path: str, token: str) -> Any:
        """What the pages' hub answers to a GET with the token of a file."""
        authorization = f"Bearer {(self.folder / token).read_text(encoding='utf-8').strip()}"
        answer = httpx.get(
            self.url + path, headers={"Authorization": authorization}, trust_env=False, timeout=GUARD_SECONDS
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def close(self) -> None:
        """End the shell and all it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        wait_until(lambda: not _lives(self._process), "the shell and all it started to end")
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


@contextlib.contextmanager
def shell(folder: Path, **settings: str) -> Iterator[Shell]:
    """A shell that is closed in the end, with whatever it started."""
    opened = Shell(folder, **settings)
    try:
        yield opened
    finally:
        opened.close()


def localised(text: str, port: int) -> str:
    """A block with its hub on another port, and with the project where it really lies."""
    text = text.replace(". .venv/bin/activate\n", "")
    text = text.replace("mkdir -p first-steps && cd first-steps\n", "")  # the test has a folder of its own
    text = re.sub(r"\baxis serve\b", f"axis serve --port {port}", text)
    text = re.sub(r"\baxis ready\b", f"axis ready --url http://127.0.0.1:{port}", text)
    text = re.sub(r"--wait \d+", f"--wait {GUARD_SECONDS:.0f}", text)
    text = text.replace(" tests/support/", f" {ROOT}/tests/support/")
    return text.replace("127.0.0.1:8000", f"127.0.0.1:{port}")


def json_values(text: str) -> list[Any]:
    """The JSON values among printed text, in order; other lines are passed over."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while (start := re.compile(r"[{\[]").search(text, at)) is not None:
        try:
            value, at = decoder.raw_decode(text, start.start())
            found.append(value)
        except ValueError:
            at = start.end()
    return found


def differences(shown: Any, actual: Any, where: str = "") -> list[str]:
    """Where an example does not fit an answer.

    An ellipsis inside an example's text stands for any text, alone also for any value; members may be left
    out, and so may items of a list behind an ellipsis.
    """
    if shown == "…":
        return []
    if isinstance(shown, dict) and isinstance(actual, dict):
        missing = [f"{where}/{name} is not there" for name in shown if name not in actual]
        return missing + [
            fault
            for name, value in shown.items()
            if name in actual
            for fault in differences(value, actual[name], f"{where}/{name}")
        ]
    if isinstance(shown, list) and isinstance(actual, list):
        open_end = "…" in shown
        items = shown[: shown.index("…")] if open_end else shown
        if len(actual) < len(items) or (len(actual) > len(items) and not open_end):
            return [f"{where} has {len(actual)} items, shown are {len(items)}"]
        pairs = enumerate(zip(items, actual, strict=False))
        return [fault for place, (a, b) in pairs for fault in differences(a, b, f"{where}/{place}")]
    if isinstance(shown, str) and isinstance(actual, str) and fits(shown, actual):
        return []
    return [] if shown == actual else [f"{where} is {actual!r}, shown is {shown!r}"]


def fits(shown: str, actual: str) -> bool:
    """Whether a text is the one shown, with anything in place of each ellipsis."""
    pattern = ".*".join(re.escape(part) for part in shown.split("…"))
    return re.fullmatch(pattern, actual, re.DOTALL) is not None


def _lives(process: subprocess.Popen[str]) -> bool:
    """Whether anything of the shell's group is left."""
    process.poll()
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True


@dataclass
class _Watched:
    """What was seen of a shell while a block ran in it."""

    hung: bool = False


@contextlib.contextmanager
def _watched(process: subprocess.Popen[str]) -> Iterator[_Watched]:
    """Kill all that a shell started once the shell has ended, or hangs, so that its reader sees the end.

    A hub in the background holds the shell's output open.
    """
    watched, done = _Watched(), threading.Event()

    def watch() -> None:
        try:
            wait_until(lambda: done.is_set() or process.poll() is not None, "the block")
        except AssertionError:
            watched.hung = True
        if not done.is_set():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield watched
    finally:
        done.set()
        watching.join()
