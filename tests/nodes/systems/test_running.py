"""Across modules: a one-stop system sends its messages over a real hub, which verifies and counts them."""

from support.altered_statistics import PLAN, result_of

from nodes.cli import main
from nodes.cli.own_hub import code_of
from nodes.comparison_table import as_json, table
from nodes.report_page import report_page
from nodes.simulation import Outcome
from nodes.systems.running import SystemResult
from nodes.systems.system import Figure
from nodes.traffic import Traffic

SCENARIO = """
name = "small"
agency = [{ code = "H50", documents = 2 }]
period = { from = 2024-01-01, to = 2024-03-10 }
[[one_stop]]
agency = "H50"
received = 20
resolved_in_time = 12
resolved_overdue = 2
open_in_time = 3
open_overdue = 2
"""


def test_messages_are_signed_counted_and_registers_kept(tmp_path, capsys):
    (tmp_path / "small.toml").write_text(SCENARIO)
    registers, report = tmp_path / "registers", ["--report", str(tmp_path / "report.html")]
    assert main(["simulate", str(tmp_path / "small.toml"), "--registers", str(registers), *report]) == 0
    shown = capsys.readouterr().out
    assert "one-stop of 000.00.00.H50" in shown
    assert "messages trang-thai-ho-so, as the hub counted" in shown
    assert "✗" not in shown
    assert shown.index("one-stop of") < shown.index("Every expected figure was met exactly.")
    page = (tmp_path / "report.html").read_text()
    assert "one-stop, UBND tỉnh Quảng Trị" in page
    assert "messages trang-thai-ho-so, as the hub counted" in page
    assert [path.name for path in registers.glob("*.sqlite")] == ["one-stop-000.00.00.H50.sqlite"]
    assert main(["simulate", str(tmp_path / "small.toml"), "--registers", str(registers)]) != 0
    assert "found a register, expected none" in capsys.readouterr().err


def test_a_figure_that_a_register_misses_fails_the_run_wherever_it_is_told():
    missed = SystemResult("one-stop", "000.00.00.H50", (Figure("received", 1, 2),), "ab")
    outcome = Outcome(PLAN, result_of(), Traffic(), 1.0, "1", (missed,))
    assert not outcome.met
    page = report_page(outcome, command="x", nodes_version="1")
    for told in (table(PLAN, outcome.result, (missed,)), page):
        assert "NOT every expected figure was met." in told
    assert as_json(PLAN, outcome.result, Traffic(), (missed,))["met"] is False
    assert code_of(outcome) == 1


def test_a_province_with_a_system_gets_no_old_door(tmp_path, capsys):
    (tmp_path / "small.toml").write_text(SCENARIO)
    assert main(["simulate", str(tmp_path / "small.toml"), "--old-doors", "1"]) != 0
    assert "found 000.00.00.H50 among them, expected agencies without systems" in capsys.readouterr().err


def test_a_folder_for_registers_is_refused_where_a_scenario_has_no_systems(tmp_path, capsys):
    assert main(["simulate", "first-day", "--registers", str(tmp_path)]) != 0
    assert "is for a scenario with systems" in capsys.readouterr().err
