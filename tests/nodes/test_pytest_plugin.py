"""The plugin for other people's tests: the example project passes with it, in a pytest of its own."""

import subprocess
import sys
from importlib import import_module

import pytest
from support import project
from support.environment import inherited
from support.waiting import GUARD_SECONDS

from nodes.errors import FaultUnavailable
from nodes.hub_for_tests import HubForTests

EXAMPLE = project.ROOT / "docs" / "examples" / "pytest"
PAGE = (project.ROOT / "docs" / "testing.md").read_text(encoding="utf-8")


def run_pytest(folder, *arguments):
    """Run pytest in a folder with our plugin and no other; its output."""
    command = [sys.executable, "-m", "pytest", "-p", "nodes.pytest_plugin", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, *arguments],
        cwd=folder,
        env=inherited() | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=GUARD_SECONDS,
    )


def test_the_example_project_passes():
    done = run_pytest(EXAMPLE, "-q", "-c", "/dev/null", "--rootdir", str(EXAMPLE), "-W", "error")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout


def test_every_fixture_is_there_and_explained(tmp_path):
    (tmp_path / "test_nothing.py").write_text("")
    listed = run_pytest(tmp_path, "--fixtures", "-c", "/dev/null", "--rootdir", str(tmp_path)).stdout
    for name in ("axis_hub", "axis_province", "axis_clock", "axis_faults", "axis_scenario"):
        assert f"\n{name} " in listed
        assert f"| `{name}` |" in PAGE


def test_it_is_declared_under_the_name_that_pytest_looks_for():
    entry = project.pyproject()["project"]["entry-points"]["pytest11"]
    assert entry == {"axis": "nodes.pytest_plugin"}
    assert import_module(entry["axis"]).axis_hub


def test_the_example_of_the_page_is_one_of_the_projects_tests():
    block = PAGE.partition("```python\n")[2].partition("```")[0]
    tests = (EXAMPLE / "test_document_system.py").read_text(encoding="utf-8")
    lines = [
        line.strip() for line in block.splitlines() if "DocumentSystem(" not in line and "def " not in line
    ]
    assert [line for line in lines if line not in tests] == []


def test_a_fault_that_nobody_knows_is_told_which_was_perhaps_meant():
    with pytest.raises(FaultUnavailable, match=r"no fault is called 'unsinged'.*perhaps unsigned"):
        HubForTests(None, None).inject("unsinged", None, None, None)
