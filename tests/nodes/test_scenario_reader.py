"""Scenarios: what is shipped, and what a broken file is told."""

import json
from datetime import date
from importlib.resources import files

import pytest

from nodes.cli import main
from nodes.errors import ScenarioInvalid
from nodes.known_agencies import agencies, agency
from nodes.scenario import with_old_doors
from nodes.scenario_reader import find, read, shipped

TEXT = files("nodes").joinpath("scenarios/task-force-2019.toml").read_text(encoding="utf-8")


def test_the_published_figures_are_those_that_were_published():
    scenario = find("task-force-2019")
    shares = {locality.code[-3:]: locality.thousandths for locality in scenario.localities}
    assert shares == {
        "H26": 990, "H24": 990, "H44": 737, "H55": 990, "H05": 990, "H02": 1000, "H62": 179, "H23": 355,
    }  # fmt: skip
    assert (scenario.sent, scenario.received) == (86_000, 263_000)
    assert (scenario.first, scenario.last) == (date(2019, 3, 12), date(2019, 8, 20))
    assert scenario.government_office == "000.00.00.G22"


def test_what_was_not_published_is_said_to_be_assumed():
    published = {locality.code[-3:]: locality.published for locality in find("task-force-2019").localities}
    assert published["H44"] == "no figure"
    assert published["H26"] == "almost 100 %"


def test_a_scenario_of_ones_own_is_read_from_a_path(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(TEXT.replace('"task-force-2019"', '"mine"'), encoding="utf-8")
    assert find(str(file)).name == "mine"
    assert "mine" not in shipped()


@pytest.mark.parametrize(
    ("found", "instead", "told"),
    [
        ("share = 0.179", "share = 0.1795", "agency[7].share: found 0.1795, expected at most three decimals"),
        ("share = 0.179", "share = 1.5", "share: found 1.5, expected at most 1, the whole: 40 % is 0.4"),
        ("share = 0.179", 'share = "a lot"', "agency[7].share: found 'a lot', expected a number"),
        ("share = 0.179", "documents = 20\nshare = 0.179", "at least 28: no fewer can print 17.9 %"),
        ("share = 0.179", "documents = 20\nshare = 0.179", "share = 0.176 (3 of 17)"),
        ('code = "H62"', 'code = "H622"', "'H622', expected the code of a known agency; perhaps H62, UBND"),
        ('code = "H62"', 'code = "vĩnh phúc"', "; perhaps H62, UBND tỉnh Vĩnh Phúc"),
        ('code = "H62"', 'code = "?"', "found '?', expected the code of a known agency"),
        ('code = "H62"', 'code = "H26"', "found 000.00.00.H26, expected another code: agency[1] has it"),
        ('code = "H62"', 'code = "G22"', "another agency than the Government Office"),
        ("weight = 9", "weight = 0", "agency[7].weight: found 0, expected at least 1"),
        ("to = 2019-08-20", "to = 2019-01-01", "found 2019-01-01, expected a day from 2019-03-12 on"),
        ("sent_at_least = 86_000", "sent_at_least = 0", "volume.sent_at_least: found 0, expected at least 1"),
        ("centre_recipients = [8,", "centre_recipients = [9,", "found 9 recipients, expected at most 8"),
        ("[period]", "[period", "not TOML"),
        ("[period]", 'invented = "yes"\n[period]', "invented: found 'yes', expected true or false"),
        ('title = "Eight', 'titel = "Eight', "titel: found an unknown key, expected title"),
        ("from = 2019-03-12", "", "period.from: found nothing, expected a value"),
        ('code = "H62"', 'code = "H62"\ndoor = "fax"', "found 'fax', expected 'rest' or 'vxp'"),
        ('ministries = "all"', "ministries = []", "expected at least one ministry"),
        ('ministries = "all"', 'ministries = ["H01"]', "found H01, expected a ministry"),
        ('ministries = "all"', 'ministries = ["G12", "000.00.00.G12"]', "expected each ministry once"),
        ("[habits]", "[habits]\nopens = 07:30:00\ncloses = 07:00:00", "a time after 07:30"),
        ("[habits]", "[habits]\nopens = 12:00:00\ncloses = 13:00:00", "a time after 13:30"),
        ("to = 2019-08-20", "to = 2019-08-20\nholidays = [2019-05-04]\nworked = [2019-05-04]", "not among"),
        ("weight = 9", "weight = 9\n[[agency.change]]\nfrom = 2019-09-01\nshare = 1", "up to 2019-08-20"),
    ],
)  # fmt: skip
def test_a_broken_scenario_is_told_what_is_wrong_and_where(found, instead, told):
    assert found in TEXT
    text = TEXT.replace(found, instead)
    with pytest.raises(ScenarioInvalid) as refused:
        read(text, "mine.toml")
    assert told in str(refused.value)
    line = {fault.line for fault in refused.value.faults}
    first = next(
        number
        for number, (old, new) in enumerate(zip(TEXT.splitlines(), text.splitlines(), strict=False), 1)
        if old != new
    )
    assert not line or min(abs(each - first) for each in line) <= 3


def test_everything_that_is_wrong_is_told_at_once_in_order_of_the_lines():
    text = """name = "Bad"
period = {from = 2019-06-08, to = 2019-06-09}
tytle = "x"
[[agency]]
code = "H62"
share = 2
[[agency]]
code = "H623"
"""
    with pytest.raises(ScenarioInvalid) as refused:
        read(text)
    assert [(fault.line, fault.key) for fault in refused.value.faults] == [
        (1, "name"),
        (2, "period.to"),
        (3, "tytle"),
        (6, "agency[1].share"),
        (8, "agency[2].code"),
    ]
    assert "at least up to 2019-06-10" in str(refused.value)


def test_a_table_in_the_place_of_a_list_of_them_is_told_how_it_is_written():
    text = 'name = "one"\n[period]\nfrom = 2024-03-04\nto = 2024-03-15\n[agency]\ncode = "H62"\n'
    with pytest.raises(ScenarioInvalid, match=r"scenario:5: agency: .* \[\[agency\]\], in double brackets"):
        read(text)


def test_a_name_a_period_and_agencies_are_enough():
    text = 'name = "x"\nagency = [{code = "H62"}]\n[period]\nfrom = 2019-06-03\nto = 2019-06-14\n'
    scenario = read(text)
    assert (scenario.sent, scenario.received, scenario.scale) == (20, 40, 1)
    assert scenario.is_invented
    assert scenario.participants == ("000.00.00.G22", "000.00.00.G12", "000.00.00.H62")


def test_habits_that_change_divide_the_period_without_a_gap():
    (learner, *others) = find("campaign").localities
    assert [phase.thousandths for phase in learner.phases] == [179, 420, 736, 950, 1000]
    assert learner.phases[0].first == date(2019, 8, 1)
    assert learner.phases[0].last == date(2019, 9, 2)
    assert learner.phases[1].first == date(2019, 9, 3)
    assert learner.phases[-1].last == date(2019, 12, 31)
    assert learner.thousandths is None
    assert [locality.thousandths for locality in others] == [355, 990]


def test_check_tells_the_errors_as_json_too(tmp_path, capsys):
    file = tmp_path / "bad.toml"
    file.write_text(TEXT.replace("share = 0.179", "share = 2"), encoding="utf-8")
    assert main(["scenarios", "check", str(file), "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert told["good"] is False
    assert [(error["key"], error["found"]) for error in told["errors"]] == [("agency[7].share", "2")]


def test_the_file_of_a_shipped_scenario_is_shown(capsys):
    assert main(["scenarios", "show", "task-force-2019"]) == 0
    assert capsys.readouterr().out == TEXT


def test_everybody_speaks_rest_unless_the_scenario_says_otherwise():
    assert find("task-force-2019").old_doors == frozenset()
    assert not find("task-force-2019").is_invented


def test_the_scenario_of_two_doors_has_half_of_its_agencies_on_each_and_says_it_is_invented():
    scenario = find("two-doors")
    assert len(scenario.participants) == 8
    assert {code[-3:] for code in scenario.old_doors} == {"H26", "H24", "H05", "H62"}
    assert scenario.is_invented
    assert "invented" in files("nodes").joinpath("scenarios/two-doors.toml").read_text(encoding="utf-8")


def test_the_centre_speaks_through_one_door():
    scenario = read(TEXT.replace('ministries = "all"', 'door = "vxp"\nministries = ["G12"]'))
    assert scenario.old_doors == {"000.00.00.G22", "000.00.00.G12"}


def test_the_first_localities_can_be_made_old_ones():
    scenario = with_old_doors(find("task-force-2019"), 3)
    assert {code[-3:] for code in scenario.old_doors} == {"H26", "H24", "H44"}
    assert with_old_doors(find("two-doors"), 5).old_doors > find("two-doors").old_doors
    assert with_old_doors(find("two-doors"), 0) == find("two-doors")
    for count in (-1, 9):
        with pytest.raises(ScenarioInvalid, match="8 localities"):
            with_old_doors(find("task-force-2019"), count)


def test_a_scenario_nobody_knows_is_answered_with_those_that_are_known():
    with pytest.raises(ScenarioInvalid, match="task-force-2019"):
        find("no-such-scenario")


def test_the_registry_holds_the_first_level_with_its_vietnamese_names():
    assert len(agencies()) == 91
    assert agency("H62").name == "UBND tỉnh Vĩnh Phúc"
    assert agency("000.00.00.H62").place == "Vĩnh Phúc"
    assert agency("H26").place == "Hà Nội"
    assert agency("G22").kind == "government_office"
    assert agency("G12").place == "Bộ Tài chính"
