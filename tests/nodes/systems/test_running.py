"""Across modules: a one-stop system sends its messages over a real hub, which verifies and counts them."""

from nodes.cli import main

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
    registers = tmp_path / "registers"
    assert main(["simulate", str(tmp_path / "small.toml"), "--registers", str(registers)]) == 0
    shown = capsys.readouterr().out
    assert "one-stop of 000.00.00.H50" in shown
    assert "messages trang-thai-ho-so, as the hub counted" in shown
    assert "✗" not in shown
    assert [path.name for path in registers.glob("*.sqlite")] == ["one-stop-000.00.00.H50.sqlite"]
    assert main(["simulate", str(tmp_path / "small.toml"), "--registers", str(registers)]) != 0
    assert "found a register, expected none" in capsys.readouterr().err


def test_a_folder_for_registers_is_refused_where_a_scenario_has_no_systems(tmp_path, capsys):
    assert main(["simulate", "first-day", "--registers", str(tmp_path)]) != 0
    assert "is for a scenario with systems" in capsys.readouterr().err
