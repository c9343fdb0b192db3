"""Working days and office hours in Viet Nam."""

from datetime import UTC, date, datetime, time

import pytest

from axis.protocol.working_calendar import (
    VIET_NAM,
    at_time,
    is_working_day,
    next_working_day,
    next_working_moment,
)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=VIET_NAM)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2019-06-03", True),  # a Monday
        ("2019-06-08", False),  # a Saturday
        ("2019-06-09", False),
        ("2019-05-04", True),  # a Saturday, worked for the Monday before
        ("2019-04-29", False),
        ("2019-01-05", True),  # worked for the last day of the year before
        ("2018-12-31", False),
        ("2019-02-04", False),  # Tết
        ("2019-02-08", False),
        ("2019-02-11", True),
        ("2019-04-15", False),  # in lieu of Hùng Kings' day, a Sunday
        ("2020-01-23", False),  # Tết as it was set, two days before the new year
        ("2020-01-30", True),
        ("2026-01-10", True),
        ("2026-01-02", False),
        ("2026-11-24", False),  # the newest holiday
        ("2051-01-02", True),  # past the table: weekends alone
    ],
)
def test_whether_offices_work_on_a_day(day, works):
    assert is_working_day(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("day", "following"),
    [
        ("2019-06-03", "2019-06-04"),
        ("2019-06-07", "2019-06-10"),
        ("2019-02-01", "2019-02-11"),  # over Tết
        ("2019-05-03", "2019-05-04"),  # to a Saturday
        ("2018-12-28", "2019-01-02"),
        ("9999-12-30", "9999-12-31"),
        ("9999-12-31", "9999-12-31"),  # there is no other
    ],
)
def test_the_next_working_day(day, following):
    assert next_working_day(date.fromisoformat(day)) == date.fromisoformat(following)


@pytest.mark.parametrize(
    ("moment", "begins"),
    [
        ("2019-06-03T09:00", "2019-06-03T09:00"),
        ("2019-06-03T06:59:59.999999", "2019-06-03T07:00"),
        ("2019-06-03T11:29:59.999999", "2019-06-03T11:29:59.999999"),
        ("2019-06-03T11:30", "2019-06-03T13:30"),
        ("2019-06-03T16:59:59.999999", "2019-06-03T16:59:59.999999"),
        ("2019-06-03T17:00", "2019-06-04T07:00"),
        ("2019-06-04T00:00", "2019-06-04T07:00"),
        ("2019-06-07T23:30", "2019-06-10T07:00"),
        ("2019-05-03T20:00", "2019-05-04T07:00"),  # the Saturday is worked
        ("2019-04-26T17:30", "2019-05-02T07:00"),  # a swap and two holidays
    ],
)
def test_when_offices_work_next(moment, begins):
    assert next_working_moment(at(moment)) == at(begins)


def test_hours_are_those_of_viet_nam_whatever_zone_a_moment_is_given_in():
    assert next_working_moment(datetime(2019, 6, 3, 10, 0, tzinfo=UTC)) == at("2019-06-04T07:00")
    assert at_time(date(2019, 6, 3), time(7)) == datetime(2019, 6, 3, tzinfo=UTC)
