"""`nodes measuring` shows a register's indicators, makes a new one, and refuses what is none."""

import json
import sqlite3

import pytest

from nodes.cli import main


@pytest.fixture
def register(tmp_path):
    """A new register, with one step told."""
    path = tmp_path / "measuring.sqlite"
    assert main(["measuring", str(path), "--new"]) == 0
    with sqlite3.connect(path) as opened:
        opened.execute("INSERT INTO procedures VALUES ('000.00.00.H26', '1.003560', 'Cấp lại', 'full', 0)")
        opened.execute(
            "INSERT INTO dossiers VALUES"
            " ('000.00.00.H26-240105-0001', '000.00.00.H26', '1.003560', 2, 1, ?, ?, 'tracking', 1, 0, 0)",
            ("2024-01-05T08:00:00+07:00", "2024-01"),
        )
        opened.execute("UPDATE units SET first_told = '2024-01-05' WHERE code = '000.00.00.H26'")
    opened.close()
    return str(path)


def test_units_are_listed_ranked_and_those_not_connected_named(register, capsys):
    capsys.readouterr()
    assert main(["measuring", register, "--month", "2024-01"]) == 0
    shown = capsys.readouterr().out
    assert (
        "1  000.00.00.H26          1 dossiers          1 online  100.0 % fully online  target 30.0 % met"
        in shown
    )
    assert "not connected: 90" in shown
    assert main(["measuring", "--json", register]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["items"][0]["fully_online"], told["items"][0]["target_met"]) == (1, True)
    assert len(told["not_connected"]) == 90
    assert main(["measuring", "--json", register, "--sites"]) == 0
    assert json.loads(capsys.readouterr().out)["items"][0]["site"] == "1"


def test_what_is_no_register_or_month_is_refused(register, tmp_path, capsys):
    (tmp_path / "text").write_text("text")
    for given, told in (
        ([str(tmp_path / "text")], "found no register of a measuring system"),
        ([str(tmp_path / "missing")], "found no register of a measuring system"),
        ([register, "--month", "2024-13"], "--month: found 2024-13, expected a month"),
        ([register, "--port", "1", "--sites"], "--sites is not for --port"),
    ):  # fmt: skip
        assert main(["measuring", *given]) == 2
        assert told in capsys.readouterr().err
    assert main(["measuring", register, "--new"]) == 1
    assert "found a register, expected none" in capsys.readouterr().err
