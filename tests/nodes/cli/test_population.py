"""`nodes population`: who looked up whom, in lines and in JSON, and persons with their codes."""

import json
from contextlib import closing

import pytest

from nodes.cli import main
from nodes.systems.population import POPULATION
from nodes.systems.register import open_register

PERSON = ("000000000001", None, "Nguyễn", "Văn", "Đức", "1", "1980", "{}", "{}", "{}", "11111111")


@pytest.fixture
def register(tmp_path):
    path = tmp_path / "population.sqlite"
    with closing(open_register(path, POPULATION.tables)) as made:
        made.execute("INSERT INTO persons VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", PERSON)
        for number, account in enumerate(("h24.1", "h24.1", "h24.2")):
            row = ("2024-03-04T17:00:00+07:00", f"H24-{number}", "1.000110", "TH-1", "", "H24", account)
            row += ("Đăng ký, cấp lại", PERSON[0], "NGUYEN VAN DUC", "1980", "000.00.00.H24", "1/TĐ-TC", "a")
            made.execute(f"INSERT INTO look_ups VALUES (NULL{', ?' * len(row)})", row)
        made.execute("INSERT INTO answers VALUES (1, '2024-03-04', 'refused', 'officer-named')")
    return path


def test_officers_and_persons_are_listed_the_most_first(register, capsys):
    assert main(["population", str(register)]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.split()[:5] == ["2", "000.00.00.H24", "h24.1", "officer", "-"]
    assert "refused  Đăng ký, cấp lại" in first
    assert second.split()[2] == "h24.2"
    assert main(["population", str(register), "--json", "--most", "1"]) == 0
    (use,) = json.loads(capsys.readouterr().out)["items"]
    assert (use["count"], use["number"], use["purposes"]) == (2, PERSON[0], ["Đăng ký, cấp lại"])


def test_logins_are_listed_with_their_codes(register, capsys):
    assert main(["population", str(register), "--logins"]) == 0
    assert capsys.readouterr().out.split() == [PERSON[0], "11111111", "3", "look-ups"]
    assert main(["population", str(register), "--logins", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["items"]
    assert told == [{"number": PERSON[0], "code": "11111111", "look_ups": 3}]


def test_a_file_that_is_no_population_register_is_refused(tmp_path, capsys):
    with closing(open_register(tmp_path / "other.sqlite", "")):
        assert main(["population", str(tmp_path / "other.sqlite")]) == 2
    assert main(["population", str(tmp_path / "none.sqlite")]) == 2
    assert "found no population register" in capsys.readouterr().err
