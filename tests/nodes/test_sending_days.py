"""On which days an agency sends."""

from collections import Counter
from datetime import date
from random import Random

from nodes.scenario_reader import read
from nodes.sending_days import SendingDays

SCENARIO = read(
    """
    name = "days"
    period = { from = 2020-01-13, to = 2020-01-31 }
    agency = [{ code = "H62", absent = [{ from = 2020-01-15, to = 2020-01-30 }] }, { code = "H23" }]
    peak = [{ from = 2020-01-20, to = 2020-01-22, weight = 5 }]
    """
)


def test_an_agency_sends_on_working_days_and_not_while_it_is_away():
    days = SendingDays(SCENARIO)
    assert [day.day for day in days.of("000.00.00.H62")] == [13, 14, 31]
    assert [day.day for day in days.of("000.00.00.H23")] == [13, 14, 15, 16, 17, 20, 21, 22, 30, 31]


def test_a_day_of_a_peak_is_chosen_as_often_as_its_weight_says():
    days, rng = SendingDays(SCENARIO), Random(1)
    counts = Counter(days.choose("000.00.00.H23", None, rng) for _ in range(22_000))
    assert set(counts) == set(days.of("000.00.00.H23"))
    for day, count in counts.items():
        weight = 5 if date(2020, 1, 20) <= day <= date(2020, 1, 22) else 1
        assert abs(count - 1000 * weight) < 200
