"""What the import linter cannot see: who reads the environment, commits, has SQL, asks for the time."""

import ast
import re
from pathlib import Path

import pytest
from support import project


def uses(path: Path, *wanted: str) -> list[str]:
    """The dotted names of `wanted` that a file uses, such as `os.environ` or `datetime.now`."""
    parsed = ast.parse(path.read_text(encoding="utf-8"))
    dotted = [ast.unparse(node) for node in ast.walk(parsed) if isinstance(node, ast.Attribute)]
    named = [
        f"{node.module}.{alias.name}"
        for node in ast.walk(parsed)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    return [
        name
        for name in (*dotted, *named)
        if any(name == want or name.endswith(f".{want}") for want in wanted)
    ]


def users_of(folders: tuple[str, ...], *wanted: str) -> set[str]:
    return {project.name(path) for path in project.python_files(*folders) if uses(path, *wanted)}


def reads_of_the_environment(source: str) -> int:
    """How often a source touches the environment other than by handing it whole to the settings."""
    parsed = ast.parse(source)
    spelled = [ast.unparse(node) for node in ast.walk(parsed) if isinstance(node, ast.Attribute | ast.Call)]
    touched = sum(text in {"os.environ", "os.getenv"} for text in spelled)
    return touched - spelled.count("from_environment(os.environ)")


def test_settings_alone_reads_the_environment() -> None:
    readers = {
        project.name(path)
        for path in project.python_files("axis", "charts", "signing")
        if reads_of_the_environment(path.read_text(encoding="utf-8"))
    }
    assert readers - {"axis/settings.py"} == set()


@pytest.mark.parametrize(
    ("source", "reads"),
    [("os.environ['A']", 1), ("os.getenv('A')", 1), ("from_environment(os.environ)", 0)],
)
def test_reading_the_environment_is_told_from_handing_it_on(source: str, reads: int) -> None:
    assert reads_of_the_environment(source) == reads


def test_the_pure_core_asks_neither_clock_nor_chance_nor_network() -> None:
    impure = users_of(
        ("signing",),
        "datetime.now", "datetime.utcnow", "date.today", "time.time", "time.time_ns",
        "os.urandom", "socket.socket", "subprocess.run", "subprocess.Popen",
    )  # fmt: skip
    protocol = {name for name in users_of(("axis",), "datetime.now", "time.time") if "/protocol/" in name}
    assert impure | protocol == set()


def test_rooms_never_commit() -> None:
    """An audit's own file is none of the hub's store: it lies with the auditor."""
    committers = users_of(("axis",), "commit", "rollback")
    assert {name for name in committers if not name.startswith(("axis/database/", "axis/audit/"))} == set()


def test_such_uses_would_be_seen(tmp_path: Path) -> None:
    sample = tmp_path / "sample.py"
    sample.write_text(
        "import os\nfrom datetime import datetime\nos.environ['A']\ndatetime.now()\n", encoding="utf-8"
    )
    assert uses(sample, "os.environ", "datetime.now") == ["os.environ", "datetime.now"]


def test_the_guide_draws_the_floors_as_the_import_linter_has_them() -> None:
    guide = (project.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    drawn = [
        set(re.findall(r"`(\w+)`", rooms))
        for _, rooms in re.findall(r"^\| (\d+) \| ([^|]+) \|", guide, re.MULTILINE)
    ]
    (layers,) = [
        contract["layers"]
        for contract in project.pyproject()["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    ]
    assert drawn == [set(re.findall(r"\w+", layer)) for layer in layers]


def has_sql(path: Path) -> bool:
    """Whether a file makes or runs statements."""
    made = {f"sqlalchemy.{word}" for word in ("select", "insert", "update", "delete", "text", "exists")}
    return bool(set(uses(path, *made)) or uses(path, "execute"))


def test_routes_commands_pages_and_the_protocol_have_no_sql() -> None:
    without = [
        path
        for path in project.python_files("axis")
        if path.name in {"routes.py", "schemas.py"}
        or path.relative_to(project.ROOT).parts[1] in {"app.py", "cli", "protocol", "web"}
    ]
    assert [project.name(path) for path in without if has_sql(path)] == []
    assert has_sql(project.ROOT / "axis/ledger/queries.py")
