"""No test is about the speed of the machine: none looks at a clock, and all that wait have the one guard."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import project

CLOCKS = {"monotonic", "perf_counter", "process_time", "thread_time"}
HOME = "tests/support/waiting.py"
WAITING = {"wait", "result", "communicate"}
"""Methods whose first argument is how long to wait."""
OF_HTTPX = {"get", "post", "put", "delete", "request", "stream", "Client"}
"""What waits five seconds unless told otherwise; a client within this process waits for ever."""


def is_number(node: ast.expr) -> bool:
    """Whether a time is written out on the spot; nought is no waiting."""
    return any(isinstance(part, ast.Constant) and part.value for part in ast.walk(node))


def faults(source: str) -> Iterator[str]:
    """Each place of a source that would depend on how fast something goes."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
            yield f"line {node.lineno} looks at a clock"
        if not isinstance(node, ast.Call):
            continue
        given = [keyword.value for keyword in node.keywords if keyword.arg == "timeout"]
        called = ast.unparse(node.func)
        name = called.rpartition(".")[2]
        if name in WAITING:
            given += node.args[:1]
        if name == "wait_for":
            given += node.args[1:2]
        if called == "asyncio.timeout":
            given += node.args
        if any(is_number(each) for each in given):
            yield f"line {node.lineno} waits for a time of its own"
        if called.removeprefix("httpx.") in OF_HTTPX and called.startswith("httpx.") and not given:
            yield f"line {node.lineno} waits for as long as httpx thinks fit"


def test_no_test_depends_on_speed() -> None:
    found = {
        project.name(path): list(faults(path.read_text(encoding="utf-8")))
        for path in project.python_files("tests")
        if project.name(path) not in {HOME, project.name(Path(__file__))}
    }
    assert {name: places for name, places in found.items() if places} == {}


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("assert time.monotonic() - begun < 5", 1),
        ("subprocess.run(command, timeout=60)", 1),
        ("process.wait(20)", 1),
        ("await asyncio.wait_for(reading, 10)", 1),
        ("httpx.get(url)", 1),
        ("httpx.Client(timeout=GUARD_SECONDS); process.wait(GUARD_SECONDS); gate.wait()", 0),
        ("httpx.AsyncClient(transport=transport); poll(timeout=0)", 0),
    ],
)
def test_what_depends_on_speed_is_seen(source: str, count: int) -> None:
    assert len(list(faults(source))) == count
