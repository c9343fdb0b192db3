"""Scenarios: what is shipped, and what a broken file is told."""

from datetime import date
from importlib.resources import files

import pytest

from nodes.errors import ScenarioInvalid
from nodes.known_agencies import agencies, agency
from nodes.scenario import find, read, shipped, with_old_doors

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
        ("share = 0.179", "share = 0.1795", "three decimals"),
        ("share = 0.179", "share = 1.5", "between 0 and 1"),
        ('code = "H62"', 'code = "H99"', "H99"),
        ('code = "H62"', 'code = "H23"', "twice"),
        ('code = "H62"', 'code = "G22"', "government_office"),
        ("weight = 9", "weight = 0", "weight"),
        ("to = 2019-08-20", "to = 2019-01-01", "ends before"),
        ("sent_at_least = 86_000", "sent_at_least = 0", "above zero"),
        ("sent_at_least = 86_000", "", "sent_at_least is missing"),
        ("centre_recipients = [8,", "centre_recipients = [9,", "centre_recipients"),
        ("[period]", "[period", "not TOML"),
        ("[period]", 'invented = "yes"\n[period]', "invented"),
        ('title = "Eight', 'titel = "Eight', "title is missing"),
        ('code = "H62"', 'code = "H62"\ndoor = "fax"', "door of H62"),
        ("[habits]", '[centre]\ndoor = "fax"\n[habits]', "door of centre"),
        ("[habits]", "[centre]\nministries = []\n[habits]", "ministries"),
        ("[habits]", '[centre]\nministries = ["H01"]\n[habits]', "must name ministries"),
        ("[habits]", '[centre]\nministries = ["G12", "000.00.00.G12"]\n[habits]', "stands twice"),
    ],
)
def test_a_broken_scenario_is_told_what_is_wrong(found, instead, told):
    assert found in TEXT
    with pytest.raises(ScenarioInvalid, match=told):
        read(TEXT.replace(found, instead))


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
    scenario = read(TEXT.replace("[habits]", '[centre]\ndoor = "vxp"\nministries = ["G12"]\n[habits]'))
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
