"""What a scenario may say of its systems."""

import pytest

from nodes.errors import ScenarioInvalid
from nodes.scenario_reader import find, read

BEFORE = 'name = "x"\nagency = [{ code = "H50" }]\nperiod = { from = 2024-01-01, to = 2024-03-29 }\n'
ONE_STOP = '[[one_stop]]\nagency = "H50"\nreceived = 10\nresolved_in_time = 8\n'


def test_quang_tri_has_the_published_figures():
    (one_stop,) = find("quang-tri-2024").one_stops
    assert (one_stop.code, one_stop.reports_to) == ("000.00.00.H50", "000.00.00.G22")
    resolved = one_stop.resolved_in_time + one_stop.resolved_overdue + one_stop.resolved_without_deadline
    assert (one_stop.received, resolved) == (150_969, 140_394)
    assert one_stop.open_in_time + one_stop.open_overdue + one_stop.open_without_deadline == 5_932
    assert one_stop.services == (1_197, 562, 777, 207)


def test_the_portal_of_the_first_months_has_the_published_figures():
    (portal,) = find("portal-first-months").portals
    assert (portal.accounts, portal.statuses) == (47_377, 945_000)
    named = [code for code in portal.connected if code in portal.ministries]
    assert (len(named), len(portal.ministries), len(portal.connected) - len(named)) == (9, 22, 63)


PORTAL = '[[portal]]\nprovinces = ["H50", "H24"]\nstatuses = 19\n'


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            ("statuses = 19", "statuses = 18"),
            r"portal\[1\]\.statuses: found 18, expected at least 19: 18 of units",
        ),
        (('"H50", "H24"', '"H50"'), r"portal\[1\]\.statuses: found 19, expected 18, what its units tell"),
        (('["H50", "H24"]', "[]"), r"portal\[1\]\.provinces: found none, expected at least one"),
        (('"H50", "H24"', '"H24"'), r"reports_to: found .*G22 for .*H50, which is not connected to .*G22"),
        (('"H50", "H24"', '"H50", "G12"'), r"portal\[1\]\.provinces: found G12, expected a province"),
        (
            ('"H24"]', '"H24", "H24"]'),
            r"portal\[1\]\.provinces: found H24 twice, expected each province once",
        ),
        (
            ("[[portal]]\n", '[[portal]]\nministries = ["H01"]\n'),
            r"ministries: found H01, expected a ministry",
        ),
        (("[[portal]]\n", '[[portal]]\nagency = "H24"\n'), r"agency: found .*H24, expected another agency"),
        (
            ('"H50" }', '"H50" }, { code = "H24", door = "vxp" }'),
            r"portal\[1\]\.provinces: found .*H24, which",
        ),
        ((PORTAL, PORTAL * 2), r"portal\[2\]\.agency: found .*G22, expected each agency once"),
    ],
)
def test_a_portal_that_cannot_come_out_is_refused_with_its_place(change, told):
    good = BEFORE + ONE_STOP + PORTAL
    read(good)
    with pytest.raises(ScenarioInvalid, match=told):
        read(good.replace(*change))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("received = 10", "received = 7"), r"one_stop\[1\]\.received: found 7, expected at least 8"),
        (('"H50"\nr', '"H99"\nr'), r"one_stop\[1\]\.agency: found 'H99', expected the code of a known"),
        (("= 8\n", "= 8\nfully_online = 11\n"), r"fully_online: found 11, expected at most 10"),
        (("= 8\n", "= 8\nportal_full = 11\n"), r"portal_full: found 11, expected at most 10"),
        (("to = 2024-03-29", "to = 2024-01-31"), r"period\.to: found \d+ working days, expected at least 40"),
        (("= 8\n", "= 8\n[habits]\ncertificate_days = 30\n"), r"certificate_days: found 30"),
        (
            ('"H50" }', '"H50", door = "vxp" }'),
            r"one_stop\[1\]\.agency: found 000\.00\.00\.H50, which speaks the.*: agency\[1\]\.door = .rest",
        ),
        (
            ("= 8\n", '= 8\n[centre]\ndoor = "vxp"\n'),
            r"one_stop\[1\]\.reports_to: found 000\.00\.00\.G22, which speaks the old.*centre\.door",
        ),
        (
            (ONE_STOP, ONE_STOP * 2),
            r"one_stop\[2\]\.agency: found 000\.00\.00\.H50, expected each agency once",
        ),
    ],
)
def test_what_cannot_come_out_is_refused_with_its_place(change, told):
    read(BEFORE + ONE_STOP)
    with pytest.raises(ScenarioInvalid, match=told):
        read((BEFORE + ONE_STOP).replace(*change))


CABINET = """
name = "x"
agency = [{ code = "H50" }]
period = { from = 2019-06-03, to = 2019-06-07 }
centre.ministries = ["G01"]
[cabinet]
leaders = 2
[[cabinet.ballot]]
question = "V/v"
meeting = "Phiên họp"
opens = 2019-06-04
closes = 2019-06-05
agree = 3
in_room = 2
"""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("agree = 3", "agree = 5"), r"cabinet\.ballot\[1\]\.agree: found 5 ballots, expected at most 4"),
        (("in_room = 2", "in_room = 4"), r"in_room: found 4, expected at most 3"),
        (('meeting = "Phiên họp"\n', ""), r"in_room: found 2, expected at most 0; none without a meeting"),
        (("opens = 2019-06-04", "opens = 2019-06-01"), r"opens: found 2019-06-01, expected a working day"),
        (("closes = 2019-06-05", "closes = 2019-06-03"), r"closes: found 2019-06-03, expected a day from"),
        (("closes = 2019-06-05", "closes = 2019-06-07"), r"closes: found 2019-06-07, expected a day with"),
        (
            ("in_room = 2\n", 'in_room = 2\nprime_minister = "other"\n'),
            r"prime_minister: found other, expected one of",
        ),
        (("in_room = 2", "in_room = 2\nlate = 2"), r"late: found 2, expected at most 1, who did not vote"),
        (("in_room = 2", "in_room = 2\nrepeated = 4"), r"repeated: found 4, expected at most 3"),
        (("in_room = 2", "in_room = 2\nforged = 5"), r"forged: found 5, expected at most 4"),
        (
            ("leaders = 2", 'leaders = 2\nministries = ["G02"]'),
            r"ministries\[1\]: found 000\.00\.00\.G02, expected",
        ),
        (("leaders = 2", 'leaders = 2\nministries = ["X"]'), r"cabinet\.ministries\[1\]: found 'X'"),
        (('["G01"]', "[]"), r"centre\.ministries: found none, expected at least one ministry"),
        (("[cabinet]", "habits.certificate_days = 9\n[cabinet]"), r"certificate_days: found 9"),
    ],
)
def test_a_ballot_that_cannot_come_out_is_refused_with_its_place(change, told):
    cabinet = read(CABINET).cabinet
    assert (cabinet.secretariat, cabinet.heads) == ("000.00.00.G22", ("000.00.00.G22", "000.00.00.G01"))
    with pytest.raises(ScenarioInvalid, match=told):
        read(CABINET.replace(*change))


POPULATION = """
name = "x"
agency = [{ code = "H24" }, { code = "H50" }]
period = { from = 2024-03-04, to = 2024-03-08 }
[population]
persons = 10
[[population.unit]]
agency = "H24"
look_ups = 8
mismatched = 1
[[population.unit]]
agency = "H50"
look_ups = 1
officers = 1
"""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            ("mismatched = 1", "mismatched = 2"),
            r"unit\[1\]\.look_ups: found 8 and 2 mismatched, expected fewer",
        ),
        (('agency = "H50"', 'agency = "H24"'), r"unit\[2\]\.agency: found 000\.00\.00\.H24, expected each"),
        (('agency = "H50"', 'agency = "H99"'), r"unit\[2\]\.agency: found 'H99', expected the code"),
        (("officers = 1", "officers = 1\nforeign_account = 1"), r"foreign_account: found 1, expected none"),
        (("[population]", '[population]\nagency = "X"'), r"population\.agency: found 'X'"),
        (("[population]", "habits.certificate_days = 9\n[population]"), r"certificate_days: found 9"),
        (('"H50" }', '"H50", door = "vxp" }'), r"population\.unit\[2\]\.agency: .* the old protocol"),
    ],
)
def test_look_ups_that_cannot_come_out_are_refused_with_their_place(change, told):
    population = read(POPULATION).population
    assert (population.code, [unit.code for unit in population.units]) == (
        "000.00.00.G01",
        ["000.00.00.H24", "000.00.00.H50"],
    )
    with pytest.raises(ScenarioInvalid, match=told):
        read(POPULATION.replace(*change))
