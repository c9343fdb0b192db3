"""`make check` runs every tool, `make test` runs `make check`, and exceptions from rules have reasons."""

import os
import re
import subprocess
import sys

import pytest
from support import environment, project
from support.documentation_pages import blocks


def steps_of(target: str) -> list[str]:
    """What make would run for a target."""
    dry = subprocess.run(["make", "-n", target], cwd=project.ROOT, capture_output=True, check=True, text=True)
    return [line.removeprefix(".venv/bin/") for line in dry.stdout.splitlines()]


@pytest.mark.parametrize("tool", ["ruff check .", "ruff format --check .", "mypy", "lint-imports"])
def test_make_check_runs(tool: str) -> None:
    assert tool in steps_of("check")


def test_make_test_runs_the_checks_and_then_all_tests() -> None:
    check, test = steps_of("check"), steps_of("test")
    assert [step.strip() for step in test] == [
        *(step.strip() for step in check),
        "pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder",
    ]


def test_the_integration_server_runs_the_very_command_of_the_readme() -> None:
    of_readme = [block.text.strip() for block in blocks("README.md") if block.text.startswith("make ")]
    last = (project.ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()[-1]
    assert last == of_readme[-1] == "make test"


FROM_OUTSIDE = {
    "MAKEFLAGS": "w -j4 -- ARGS=-x PYTHON=none",
    "MFLAGS": "-w -j4",
    "MAKELEVEL": "1",
    "GNUMAKEFLAGS": "--trace",
    "ARGS": "-x",
    "PYTHON": "none",
    "AXIS_DATABASE_URL": "sqlite:////nowhere",
    "GIT_DIR": "/nowhere",
    "COLUMNS": "20",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def test_how_make_was_started_changes_nothing_for_the_tests() -> None:
    """Asked of tests of another process, that starts as an outer make would start it."""
    these = ["test_checks.py", "test_set_up.py", "test_clean_tree.py"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider", "-k", "not how_make_was_started"]
        + [f"tests/house/{name}" for name in these],
        cwd=project.ROOT,
        env={**os.environ, **FROM_OUTSIDE},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_the_environment_of_tests_holds_nothing_of_an_outer_make() -> None:
    assert {name for name in FROM_OUTSIDE if environment.is_foreign(name)} == set(FROM_OUTSIDE)
    assert not any(environment.is_foreign(name) for name in os.environ)
    assert not environment.is_foreign("PATH")


def test_every_target_of_make_is_in_its_help() -> None:
    makefile = (project.ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    shown = subprocess.run(
        ["make", "help"], cwd=project.ROOT, capture_output=True, check=True, text=True
    ).stdout
    inner = {"for-run", "for-test"}  # steps of the others
    assert set(re.findall(r"^  make (\S+)", shown, re.MULTILINE)) == set(phony[1].split()) - inner


def test_types_are_checked_strictly_in_all_our_packages() -> None:
    settings = project.pyproject()["tool"]["mypy"]
    assert settings["strict"] is True
    assert set(settings["packages"]) == set(project.OURS)


def test_all_rules_of_the_linter_are_on_and_each_exception_in_settings_has_its_reason() -> None:
    assert project.pyproject()["tool"]["ruff"]["lint"]["select"] == ["ALL"]
    text = (project.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    ignored = re.search(r"^ignore = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert ignored
    assert [line for line in ignored[1].splitlines() if "#" not in line] == []


def without_reason(source: str) -> list[int]:
    """Lines that silence a tool and do not say why; a run of such lines says it once, on its first."""
    silenced = re.compile(r"# (?:noqa|type: ignore)\b")
    reasoned = re.compile(r"# (?:noqa: [A-Z]+\d+(?:, ?[A-Z]+\d+)*(?: -)?|type: ignore\[[a-z, -]+\] +#) \S")
    bare, explained = [], False
    for number, line in enumerate(source.splitlines(), start=1):
        if silenced.search(line):
            explained = explained or reasoned.search(line) is not None
            if not explained:
                bare.append(number)
        else:
            explained = False
    return bare


def test_each_exception_in_code_has_its_reason() -> None:
    sources = {
        project.name(path): path.read_text(encoding="utf-8")
        for path in project.python_files(*project.OURS, "migrations")
    }
    assert {name: lines for name, source in sources.items() if (lines := without_reason(source))} == {}


def test_an_exception_without_a_reason_would_be_seen() -> None:
    source = "a = 1  # noqa: E1 - because\nb = 2  # noqa: E1\nc = 3\nd = 4  # noqa" + ": E1\n"
    assert without_reason(source) == [4]
