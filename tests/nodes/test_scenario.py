"""A scenario as values: its period in phases, and who is away when."""

from datetime import date

from nodes.scenario import Behaviour, Peak, phases

FIRST, LAST = date(2019, 3, 1), date(2019, 6, 30)


def test_a_period_without_changes_is_one_phase():
    (phase,) = phases(FIRST, LAST, 400, [])
    assert (phase.first, phase.last, phase.thousandths) == (FIRST, LAST, 400)


def test_a_phase_ends_on_the_day_before_the_next_change():
    changes = [(date(2019, 4, 1), 700), (date(2019, 6, 1), 950)]
    assert [(each.first, each.last, each.thousandths) for each in phases(FIRST, LAST, 400, changes)] == [
        (FIRST, date(2019, 3, 31), 400),
        (date(2019, 4, 1), date(2019, 5, 31), 700),
        (date(2019, 6, 1), LAST, 950),
    ]


def test_more_is_sent_on_the_days_of_a_peak_both_ends_included():
    behaviour = Behaviour(types=(("cong-van", 1),), peaks=(Peak(date(2019, 4, 1), date(2019, 4, 3), 5),))
    days = [date(2019, 3, 31), date(2019, 4, 1), date(2019, 4, 3), date(2019, 4, 4)]
    assert [behaviour.weight_of(day) for day in days] == [1, 5, 5, 1]
