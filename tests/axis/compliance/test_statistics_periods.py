"""A period is cut into whole months and single days."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axis.compliance.statistics_periods import Span, spans_of
from axis.protocol.errors import QueryInvalid

DAYS = st.dates(dt.date(2018, 11, 1), dt.date(2020, 3, 15)).map(dt.date.isoformat)
ALL_DAYS = [(dt.date(2018, 10, 1) + dt.timedelta(n)).isoformat() for n in range(600)]


def covered(spans: list[Span]) -> list[str]:
    return sorted(
        day
        for day in ALL_DAYS
        for span in spans
        if span.first <= (day if span.grain == "d" else day[:7]) <= span.last
    )


@given(st.one_of(st.none(), DAYS), st.one_of(st.none(), DAYS), st.booleans())
def test_spans_cover_each_day_of_the_period_exactly_once(first: str | None, last: str | None, by_day: bool):
    if first is not None and last is not None and first > last:
        with pytest.raises(QueryInvalid):
            spans_of(first, last, by_day=by_day)
        return
    spans = spans_of(first, last, by_day=by_day)
    expected = [day for day in ALL_DAYS if (first or "0") <= day <= (last or "9")]
    assert covered(spans) == expected
    assert len(spans) <= 3
    assert not by_day or {span.grain for span in spans} == {"d"}


def test_whole_months_are_read_as_months() -> None:
    assert spans_of("2019-03-12", "2019-08-20", by_day=False) == [
        Span("d", "2019-03-12", "2019-03-31"),
        Span("d", "2019-08-01", "2019-08-20"),
        Span("m", "2019-04", "2019-07"),
    ]
    assert spans_of("2019-04-01", "2019-04-30", by_day=False) == [Span("m", "2019-04", "2019-04")]


def test_the_last_month_of_all_is_followed_by_none() -> None:
    spans = spans_of("9999-12-05", None, by_day=False)
    assert covered(spans) == []


@pytest.mark.parametrize("text", ["2019-02-30", "2019-13-01", "20190603", "0", "2019-6-3"])
def test_what_is_no_day_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(QueryInvalid) as refusal:
        spans_of(None, text, by_day=False)
    assert refusal.value.places[0].pointer == "query:to"
