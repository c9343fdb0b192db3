"""Working days and hours in Viet Nam."""

from datetime import UTC, date, datetime

import pytest

from nodes.calendar import VIET_NAM, WorkingTime, working_days

HOURS = WorkingTime(holidays=frozenset({date(2019, 4, 30), date(2019, 5, 1)}))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=VIET_NAM)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2019-06-03T09:00", "2019-06-03T09:00"),  # a Monday, at work
        ("2019-06-03T06:00", "2019-06-03T07:30"),
        ("2019-06-03T17:00", "2019-06-04T07:30"),
        ("2019-06-07T18:00", "2019-06-10T07:30"),  # Friday evening
        ("2019-06-08T12:00", "2019-06-10T07:30"),  # Saturday
        ("2019-04-29T20:00", "2019-05-02T07:30"),  # two holidays
    ],
)
def test_the_office_opens_next(moment, opens):
    assert HOURS.next_open(at(moment)) == at(opens)


def test_hours_are_those_of_viet_nam_whatever_zone_a_moment_is_given_in():
    assert HOURS.is_open(datetime(2019, 6, 3, 1, 0, tzinfo=UTC))
    assert not HOURS.is_open(datetime(2019, 6, 3, 12, 0, tzinfo=UTC))


def test_working_days_later_skip_what_is_no_working_day():
    assert HOURS.later(at("2019-06-06T15:00"), 2) == at("2019-06-10T15:00")
    assert HOURS.later(at("2019-06-08T12:00"), 0) == at("2019-06-10T07:30")


def test_who_always_works_is_never_waited_for():
    always = WorkingTime(always=True)
    sunday_night = at("2019-06-09T02:00")
    assert always.next_open(sunday_night) == sunday_night
    assert always.later(sunday_night, 0) == sunday_night


def test_the_working_days_of_the_first_half_of_may_2019():
    days = list(working_days(date(2019, 4, 29), date(2019, 5, 6), HOURS.holidays))
    assert days == [date(2019, 4, 29), date(2019, 5, 2), date(2019, 5, 3), date(2019, 5, 6)]
