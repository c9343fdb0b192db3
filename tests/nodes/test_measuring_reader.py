"""What a scenario may say of its measuring system."""

import pytest

from nodes.errors import ScenarioInvalid
from nodes.scenario import PUBLISHED_TARGETS
from nodes.scenario_reader import find, read

BEFORE = (
    'name = "x"\nagency = [{ code = "H50" }]\nperiod = { from = 2024-01-01, to = 2024-03-29 }\n'
    '[centre]\nministries = ["G12", "G14"]\n'
)
ONE_STOP = '[[one_stop]]\nagency = "H50"\nreceived = 10\nresolved_in_time = 8\n'
MEASURING = (
    '[measuring]\nministries = ["G12"]\nprovinces = ["H62", "H24"]\nnot_connected = ["H24"]\ndossiers = 5\n'
)


def test_agencies_of_one_stop_systems_are_measured_too():
    measuring = read(BEFORE + ONE_STOP + MEASURING).measuring
    assert [code[-3:] for code in measuring.units] == ["G12", "H62", "H24", "H50"]
    assert measuring.targets == PUBLISHED_TARGETS
    assert measuring.not_connected == {"000.00.00.H24"}


def test_the_shipped_scenario_has_the_published_figures():
    measuring = find("measuring-2024").measuring
    assert len(measuring.units) - len(measuring.not_connected) == 67
    assert len(measuring.not_connected) == 16
    assert measuring.fully_online / measuring.dossiers == 0.42


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("dossiers = 5", "dossiers = 1"), r"measuring\.dossiers: found 1, expected at least 2, one for"),
        (("= 5\n", "= 5\nfully_online = 6\n"), r"measuring\.fully_online: found 6, expected at most 5"),
        (('["G12"]\np', '["H12"]\np'), r"measuring\.ministries: found 000\.00\.00\.H12, expected a ministry"),
        (('"H62", "H24"]', '"G10"]'), r"measuring\.provinces: found 000\.00\.00\.G10, expected a province"),
        (('= ["H24"]', '= ["H50"]'), r"measuring\.not_connected: found 000\.00\.00\.H50, expected a unit"),
        (("= 5\n", '= 5\nagency = "G18"\n'), r"measuring\.agency: found 000\.00\.00\.G18, expected an"),
        (("= 5\n", '= 5\nreports_to = "G98"\n'), r"measuring\.reports_to: found 'G98', expected the code of"),
        (("= 5\n", "= 5\n" + "[[measuring.target]]\nyear = 2024\nministries = 1\nprovinces = 1\n" * 2),
         r"measuring\.target: found \[2024, 2024\], expected each year once"),
        (('= ["G12", "G14"]', '= ["G14"]\ndoor = "vxp"'), r"agency: found 000.*old protocol"),
    ],
)  # fmt: skip
def test_what_cannot_come_out_is_refused_with_its_place(change, told):
    assert change[0] in BEFORE + MEASURING + ONE_STOP
    with pytest.raises(ScenarioInvalid, match=told):
        read((BEFORE + MEASURING + ONE_STOP).replace(*change))


def test_nobody_to_measure_is_refused():
    with pytest.raises(ScenarioInvalid, match=r"measuring: found nobody to measure"):
        read(BEFORE + "[measuring]\n")
