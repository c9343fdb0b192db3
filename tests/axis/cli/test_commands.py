"""Across modules: what holds for every command: usage, refusals in one line, settings, `python -m axis`."""

import json
import subprocess
import sys

import pytest

from axis.cli import main

pytestmark = pytest.mark.usefixtures("environment")


@pytest.mark.parametrize(
    "arguments",
    [
        ("token", "create", "--agency", "H99"),
        ("token", "create", "--auditor", "x", "--subtree"),
        ("token", "create", "--relay", "two words"),
        ("ca", "issue", "--agency", "H24", "--out", "out"),
        ("ca", "issue", "--agency", "H24", "--person", "An", "--out", "out"),
        ("ca", "revoke", "abc"),
    ],
)
@pytest.mark.usefixtures("hai_phong")
def test_what_cannot_be_done_is_said_in_one_line(axis, arguments):
    said = axis(*arguments, status=2)
    assert said.startswith("axis: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("dance",),
        ("token", "create"),
        ("token", "create", "--agency", "no code!"),
        ("token", "create", "--auditor", "x", "--expires", "0"),
        ("agency", "add", "H24"),
        ("ca", "issue", "--agency", "H24", "--key", "dsa", "--out", "x"),
    ],
)
def test_what_is_not_understood_ends_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: axis" in capsys.readouterr().err


def test_a_setting_that_is_none_is_named(axis, monkeypatch):
    monkeypatch.setenv("AXIS_UNSIGNED", "maybe")
    assert "AXIS_UNSIGNED" in axis("agency", "list", status=2)


def test_python_m_axis_is_the_same_command():
    command = [sys.executable, "-m", "axis", "agency", "list", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"items": []}
