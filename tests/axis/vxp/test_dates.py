"""The old protocol's days and stamps are read and written in Viet Nam's time."""

import datetime as dt

import pytest

from axis.clock import parse_rfc3339
from axis.protocol.vxp import OPERATIONS, Call
from axis.vxp.dates import days_of, moments_of, stamp
from axis.vxp.replies import Refused


def asking(**parameters):
    return Call("x", OPERATIONS["getSentEdocList"], parameters, dt.datetime.now(dt.UTC), "00")


def test_a_stamp_is_viet_nams_time_without_a_zone():
    assert stamp(parse_rfc3339("2026-01-14T20:05:09.999Z")) == "2026/01/15 03:05:09"


@pytest.mark.parametrize(
    "form", ["2026/01/15", "2026-01-15", "15/01/2026", "15-01-2026", "15012026", "2026/1/15"]
)
@pytest.mark.parametrize("time", ["", " 23:59:59", "T00:00:00", " 07:30"])
def test_a_day_is_read_in_any_form_that_clients_write(form, time):
    assert days_of(asking(fromDate=form + time, toDate=f" {form}{time} ")) == (dt.date(2026, 1, 15),) * 2


def test_no_day_is_no_bound():
    assert days_of(asking(fromDate="")) == (None, None)
    assert moments_of(asking()) == (None, None)


def test_both_days_are_whole():
    after, before = moments_of(asking(fromDate="2026/01/15", toDate="2026/01/15 00:00:00"))
    assert after == parse_rfc3339("2026-01-15T00:00:00+07:00")
    assert before == parse_rfc3339("2026-01-16T00:00:00+07:00")


def test_the_last_day_of_all_is_read():
    assert moments_of(asking(toDate="9999/12/31"))[1] is not None


@pytest.mark.parametrize(
    "text",
    ["2026/02/30", "2026-01/15", "yesterday", "2026/01/15 24:00:00", "1/1/26", "00000000", "٢٠٢٦/01/15"],
)
@pytest.mark.parametrize("name", ["fromDate", "toDate"])
def test_what_is_no_day_is_refused_by_name(name, text):
    with pytest.raises(Refused) as caught:
        days_of(asking(**{name: text}))
    assert caught.value.code == "20"
    assert name in caught.value.description
    assert text in caught.value.description
