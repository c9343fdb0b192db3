"""When an office works: by which moments it answers, and on which days a scenario goes on."""

from datetime import UTC, date, datetime, time

import pytest

from axis.protocol.working_calendar import VIET_NAM, next_working_moment
from nodes.working_time import WorkingTime

HOURS = WorkingTime()
MOMENTS = [
    ("2019-06-03T09:00", "2019-06-03T09:00"),  # a Monday, at work
    ("2019-06-03T06:00", "2019-06-03T07:00"),
    ("2019-06-03T12:00", "2019-06-03T13:30"),  # the break at noon
    ("2019-06-03T17:00", "2019-06-04T07:00"),
    ("2019-06-07T18:00", "2019-06-10T07:00"),  # Friday evening
    ("2019-06-08T12:00", "2019-06-10T07:00"),  # Saturday
    ("2019-04-29T20:00", "2019-05-02T07:00"),  # two holidays
    ("2019-05-03T17:00", "2019-05-04T07:00"),  # a Saturday that was worked for a Monday
    ("2020-01-22T17:00", "2020-01-30T07:00"),  # Tết
]


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=VIET_NAM)


@pytest.mark.parametrize(("moment", "opens"), MOMENTS)
def test_the_office_opens_next_when_the_hubs_calendar_says(moment, opens):
    assert HOURS.next_open(at(moment)) == at(opens) == next_working_moment(at(moment))
    assert HOURS.is_open(at(moment)) == (moment == opens)


def test_hours_are_those_of_viet_nam_whatever_zone_a_moment_is_given_in():
    assert HOURS.is_open(datetime(2019, 6, 3, 1, 0, tzinfo=UTC))
    assert not HOURS.is_open(datetime(2019, 6, 3, 12, 0, tzinfo=UTC))


def test_an_office_may_keep_other_hours():
    late = WorkingTime(opens=time(13), closes=time(19))
    assert late.next_open(at("2019-06-03T09:00")) == at("2019-06-03T13:30")
    assert late.next_open(at("2019-06-03T18:00")) == at("2019-06-03T18:00")
    assert late.next_open(at("2019-06-03T19:00")) == at("2019-06-04T13:30")


def test_working_days_later_skip_what_is_no_working_day():
    assert HOURS.later(at("2019-06-06T15:00"), 2) == at("2019-06-10T15:00")
    assert HOURS.later(at("2019-06-08T12:00"), 0) == at("2019-06-10T07:00")


def test_who_always_works_is_never_waited_for():
    always = WorkingTime(always=True)
    sunday_night = at("2019-06-09T02:00")
    assert always.next_open(sunday_night) == sunday_night
    assert always.later(sunday_night, 0) == sunday_night


def test_a_day_off_and_a_day_worked_of_its_own_change_the_calendars():
    own = WorkingTime(holidays=frozenset({date(2019, 5, 3)}), worked=frozenset({date(2019, 5, 5)}))
    days = [day.isoformat() for day in own.days(date(2019, 4, 28), date(2019, 5, 6))]
    assert days == ["2019-05-02", "2019-05-04", "2019-05-05", "2019-05-06"]
