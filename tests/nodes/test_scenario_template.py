"""The file that a new scenario begins with."""

import re

import pytest

from nodes.cli import main
from nodes.scenario_reader import find, read
from nodes.scenario_template import template


def test_a_new_scenario_is_good_as_it_stands_and_with_every_line_in_force():
    scenario = read(template("mine"))
    assert scenario.name == "mine"
    assert [locality.phases[0].thousandths for locality in scenario.localities] == [400, 1000, 1000]
    everything = re.sub(r"^# (?=\[|[a-z_]+ = )", "", template("mine"), flags=re.MULTILINE)
    assert everything != template("mine")
    changed = read(everything)
    assert [phase.thousandths for phase in changed.localities[0].phases] == [400, 900]
    assert (changed.localities[0].documents, changed.sent, changed.received) == (50, 100, 200)


def test_new_writes_a_file_once_and_check_finds_it_good(tmp_path, capsys):
    file = tmp_path / "mine.toml"
    assert main(["scenarios", "new", str(file)]) == 0
    assert find(str(file)).name == "mine"
    assert main(["scenarios", "check", str(file)]) == 0
    assert "mine is good" in capsys.readouterr().out
    assert main(["scenarios", "new", str(file)]) == 2
    assert "File exists" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["Mine.toml", "a b.toml", "nowhere/mine.toml"])
def test_a_file_that_could_not_be_run_is_not_written(tmp_path, name, capsys):
    assert main(["scenarios", "new", str(tmp_path / name)]) == 2
    assert not (tmp_path / name).exists()
    assert capsys.readouterr().err
