"""Setting up says what is wrong, does nothing twice, and trusts nothing that was interrupted."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import project

KEY = 'echo "$(pwd) $(cat requirements/run.txt requirements/test.txt pyproject.toml | cksum)"'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shutil.copytree(project.ROOT / "requirements", tmp_path / "requirements")
    shutil.copy(project.ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def set_up(checkout: Path, what: str, python: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout / "requirements/install", what],
        env={"PATH": "/usr/bin:/bin", "PYTHON": python},
        capture_output=True,
        check=False,
        text=True,
    )


def stamp(checkout: Path, what: str) -> None:
    key = subprocess.run(["sh", "-c", KEY], cwd=checkout, capture_output=True, check=True, text=True).stdout
    (checkout / ".venv").mkdir()
    (checkout / f".venv/installed-{what}").write_text(key, encoding="utf-8")


def disguised(checkout: Path, disguise: str) -> str:
    """A command that answers as this Python would after running `disguise`."""
    command = checkout / "python-in-disguise"
    program = f"import sys; {disguise}; exec(sys.argv[1])"
    command.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{program}' \"$2\"\n", encoding="utf-8")
    command.chmod(0o755)
    return str(command)


def test_a_python_that_is_too_old_is_named_with_its_version(checkout: Path) -> None:
    outcome = set_up(checkout, "run", disguised(checkout, "sys.version_info = (3, 9, 2)"))
    assert outcome.returncode != 0
    assert "python-in-disguise: 3.9 is too old" in outcome.stderr
    assert not (checkout / ".venv").exists()


def test_a_python_without_its_venv_module_is_told_apart(checkout: Path) -> None:
    outcome = set_up(checkout, "run", disguised(checkout, 'sys.modules["ensurepip"] = None'))
    assert outcome.returncode != 0
    assert "lacks its venv module" in outcome.stderr


def test_a_python_that_is_not_there_is_said_not_to_run(checkout: Path) -> None:
    outcome = set_up(checkout, "test", "no-such-python")
    assert outcome.returncode != 0
    assert "no-such-python: does not run" in outcome.stderr


@pytest.mark.parametrize(("done", "asked"), [("run", "run"), ("test", "test"), ("test", "run")])
def test_what_is_done_is_not_done_again(checkout: Path, done: str, asked: str) -> None:
    stamp(checkout, done)
    assert set_up(checkout, asked, "no-such-python").returncode == 0


def test_running_does_not_suffice_for_testing(checkout: Path) -> None:
    stamp(checkout, "run")
    assert set_up(checkout, "test", "no-such-python").returncode != 0


@pytest.mark.parametrize("changed", ["requirements/run.txt", "requirements/test.txt", "pyproject.toml"])
def test_a_changed_file_asks_for_setting_up_again(checkout: Path, changed: str) -> None:
    stamp(checkout, "test")
    with (checkout / changed).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert set_up(checkout, "test", "no-such-python").returncode != 0


def test_what_was_interrupted_is_not_trusted(checkout: Path) -> None:
    stamp(checkout, "test")
    (checkout / ".venv/unfinished").touch()
    assert set_up(checkout, "test", "no-such-python").returncode != 0
