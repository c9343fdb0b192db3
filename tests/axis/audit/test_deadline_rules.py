"""The audit's rules of deadlines, written by themselves, come to what the hub's do."""

from datetime import date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from axis.audit.deadline_rules import ANSWERS, has_deadlines, last_to_answer, last_to_send, microseconds
from axis.clock import from_datetime
from axis.protocol import deadlines
from axis.protocol.manifest_rules import PRIORITIES
from axis.protocol.working_calendar import VIET_NAM

DAYS = st.dates(date(2018, 12, 1), date(2027, 1, 31))
MOMENTS = st.datetimes(datetime(2018, 12, 1), datetime(2027, 1, 31), timezones=st.just(VIET_NAM))  # noqa: DTZ001 - with one
PRIORITY = st.sampled_from(PRIORITIES)


@given(DAYS, DAYS, PRIORITY)
@example(date(2020, 3, 4), date(2020, 3, 5), "normal")
@example(date(2020, 3, 5), date(2020, 3, 4), "normal")
@example(date(9999, 12, 31), date(9999, 12, 31), "normal")
@example(date(1, 1, 1), date(1, 1, 1), "urgent")
def test_both_say_by_when_to_send(signed_on: date, issued_on: date, priority: str) -> None:
    said = (signed_on.isoformat(), issued_on.isoformat(), priority)
    assert last_to_send(*said) == from_datetime(deadlines.send_due(*said))


@given(MOMENTS, PRIORITY)
@example(datetime(2019, 6, 3, 11, 30, tzinfo=VIET_NAM), "urgent")
@example(datetime(2019, 6, 3, 16, 59, 59, 999_999, tzinfo=VIET_NAM), "normal")
@example(datetime(2019, 6, 3, 17, tzinfo=VIET_NAM), "normal")
@example(datetime(2019, 5, 4, 6, tzinfo=VIET_NAM), "urgent")
def test_both_say_by_when_to_answer(arrived: datetime, priority: str) -> None:
    assert last_to_answer(arrived.isoformat(), priority) == from_datetime(
        deadlines.answer_due(arrived, priority)
    )


def test_both_know_which_statuses_answer_and_what_has_deadlines() -> None:
    assert set(ANSWERS) == deadlines.ANSWERS
    for action in ("new", "update", "replace", "recall"):
        for document_type in ("cong-van", "thong-diep"):
            leaf = {"action": action, "type": document_type}
            assert has_deadlines(leaf) == deadlines.has_deadlines(action, document_type)


@pytest.mark.parametrize("at", ["2019-06-03", "2019-06-03T02:11:09", "soon"])
def test_a_time_without_zone_is_none(at: str) -> None:
    with pytest.raises(ValueError):
        microseconds(at)
