"""Times are written in one form, whatever the moment."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from axis.clock import Microseconds, from_datetime, parse_rfc3339, rfc3339, to_datetime

MOMENTS = st.datetimes(timezones=st.just(dt.UTC)).map(from_datetime)


@given(MOMENTS)
def test_a_moment_is_written_as_its_date_and_time_of_utc(moment: Microseconds) -> None:
    at = to_datetime(moment).replace(tzinfo=None)
    assert rfc3339(moment) == at.isoformat(timespec="microseconds") + "Z"
    assert parse_rfc3339(rfc3339(moment)) == moment


def test_microseconds_are_written_out() -> None:
    assert rfc3339(Microseconds(1_559_527_869_123_456)) == "2019-06-03T02:11:09.123456Z"
    assert rfc3339(Microseconds(0)) == "1970-01-01T00:00:00.000000Z"
    assert rfc3339(Microseconds(-1)) == "1969-12-31T23:59:59.999999Z"
