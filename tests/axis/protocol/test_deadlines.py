"""By when a document has to be sent, and a delivery answered."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axis.protocol.deadlines import ANSWERS, answer_due, has_deadlines, is_urgent, send_due
from axis.protocol.errors import AxisError
from axis.protocol.manifest_rules import PRIORITIES
from axis.protocol.statuses import NAMES, DeliveryState, next_state, outcome
from axis.protocol.working_calendar import VIET_NAM, is_working_day


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=VIET_NAM)


@pytest.mark.parametrize(
    ("signed_on", "issued_on", "priority", "due"),
    [
        # Decision 28/2018: the next working morning
        ("2019-06-03", "2019-06-03", "normal", "2019-06-04T11:30"),
        ("2019-06-07", "2019-06-07", "normal", "2019-06-10T11:30"),  # a Friday
        ("2019-06-08", "2019-06-07", "normal", "2019-06-10T11:30"),  # signed on a Saturday
        ("2019-02-01", "2019-02-01", "normal", "2019-02-11T11:30"),  # before Tết
        ("2019-05-03", "2019-05-03", "normal", "2019-05-04T11:30"),  # before a Saturday that was worked
        ("2018-12-28", "2018-12-28", "normal", "2019-01-02T11:30"),  # a swap, and New Year's day
        ("2020-03-04", "2020-03-04", "normal", "2020-03-05T11:30"),  # the last day of the decision
        (
            "2020-03-06",
            "2020-03-04",
            "normal",
            "2020-03-09T11:30",
        ),  # its date decides, not the day of signing
        # Decree 30/2020: the next working day
        ("2020-03-05", "2020-03-05", "normal", "2020-03-06T17:00"),
        ("2020-03-04", "2020-03-05", "normal", "2020-03-05T17:00"),
        ("2026-01-01", "2026-01-01", "normal", "2026-01-05T17:00"),
        # urgent: an hour after the day of signing, under either
        ("2019-06-07", "2019-06-07", "urgent", "2019-06-08T01:00"),
        ("2020-03-05", "2020-03-05", "express_timed", "2020-03-06T01:00"),
        (
            "2019-02-03",
            "2019-02-03",
            "very_urgent",
            "2019-02-04T01:00",
        ),  # no office is open, and it is urgent
        # the ends of the calendar
        ("0001-01-01", "0001-01-01", "normal", "0001-01-02T11:30"),
        ("9999-12-31", "9999-12-31", "normal", "9999-12-31T17:00"),
        ("9999-12-31", "9999-12-31", "urgent", "9999-12-31T23:59:59.999999"),
    ],
)
def test_by_when_a_document_has_to_be_sent(signed_on, issued_on, priority, due):
    assert send_due(signed_on, issued_on, priority) == at(due)


@pytest.mark.parametrize(
    ("arrived", "priority", "due"),
    [
        ("2019-06-03T09:00", "normal", "2019-06-03T17:00"),
        ("2019-06-03T16:59:59.999999", "normal", "2019-06-03T17:00"),
        ("2019-06-03T17:00", "normal", "2019-06-04T17:00"),
        ("2019-06-03T23:59:59", "normal", "2019-06-04T17:00"),  # late in the evening
        ("2019-06-04T00:00", "normal", "2019-06-04T17:00"),  # midnight
        ("2019-06-08T10:00", "normal", "2019-06-10T17:00"),  # a Saturday
        ("2019-05-04T10:00", "normal", "2019-05-04T17:00"),  # a Saturday that is worked
        ("2019-04-29T10:00", "normal", "2019-05-02T17:00"),  # the Monday that is free, and two holidays
        ("2019-02-02T08:00", "normal", "2019-02-11T17:00"),  # Tết
        ("2019-06-03T09:00", "urgent", "2019-06-03T10:00"),
        ("2019-06-03T11:00", "urgent", "2019-06-03T12:00"),  # begun minutes go on past noon
        ("2019-06-03T12:00", "urgent", "2019-06-03T14:30"),  # at noon nobody is there
        ("2019-06-03T16:30", "express", "2019-06-03T17:30"),
        ("2019-06-03T20:00", "very_urgent", "2019-06-04T08:00"),
        ("2019-06-07T17:00", "express_timed", "2019-06-10T08:00"),
    ],
)
def test_by_when_a_delivery_has_to_be_answered(arrived, priority, due):
    assert answer_due(at(arrived), priority) == at(due)


@given(
    st.datetimes(datetime(2018, 1, 1), datetime(2030, 1, 1), timezones=st.just(VIET_NAM)),  # noqa: DTZ001 - with one
    st.timedeltas(timedelta(0), timedelta(days=20)),
    st.sampled_from(PRIORITIES),
)
def test_what_arrives_later_is_never_due_earlier_and_always_on_a_working_day(moment, later, priority):
    due = answer_due(moment, priority)
    assert moment < due <= answer_due(moment + later, priority)
    assert is_working_day(due.date())


@given(
    st.dates(date(2018, 1, 1), date(2030, 1, 1)), st.dates(date(2018, 1, 1), date(2030, 1, 1)), st.booleans()
)
def test_a_document_may_be_sent_all_day_on_the_day_it_is_signed(signed_on, issued_on, urgent):
    due = send_due(signed_on.isoformat(), issued_on.isoformat(), "urgent" if urgent else "normal")
    assert due > datetime.combine(signed_on, datetime.max.time(), VIET_NAM)


def test_every_priority_but_normal_is_urgent():
    assert [priority for priority in PRIORITIES if not is_urgent(priority)] == ["normal"]


def test_recalls_and_messages_have_no_deadlines():
    assert has_deadlines("new", "cong-van")
    assert has_deadlines("replace", "quyet-dinh")
    assert not has_deadlines("recall", "cong-van")
    assert not has_deadlines("new", "thong-diep")


@pytest.mark.parametrize("request_action", ["recall", "update", "replace"])
def test_answers_are_the_statuses_by_which_a_delivery_is_no_longer_pending(request_action):
    for before in (DeliveryState(), DeliveryState("01"), DeliveryState("01", "open")):
        for code in NAMES:
            by = "sender" if code == "13" else "receiver"
            try:
                after = next_state(before, code, by, "lý do").state
            except AxisError:  # it may not follow
                continue
            assert (outcome(after, request_action) != "pending") == (code in ANSWERS), (before, code)
