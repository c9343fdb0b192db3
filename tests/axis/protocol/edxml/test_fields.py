"""Fields in forms that real traffic has: days, stamps, codes, and what is dropped and told."""

import datetime as dt

import pytest
from support.edxml_messages import (
    DOCUMENT,
    STATUS,
    edited,
    line_of,
    warnings_of,
)

from axis.protocol.edxml import VIET_NAM, read


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2027-01-30", dt.date(2027, 1, 30)),
        ("2027-01-30T00:00:00", dt.date(2027, 1, 30)),
        ("30/01/2027", dt.date(2027, 1, 30)),
        ("2027/1/3", dt.date(2027, 1, 3)),
        ("ngày 30", None),
        ("2027/02/30", None),
        ("20270130", None),
    ],
)
def test_a_day_in_another_form_is_taken_or_dropped_and_told(written, day):
    data = edited(DOCUMENT, ("2027/01/30", written))
    assert read(data).message.due_on == day
    code = "date-form" if day else "date-unreadable"
    assert warnings_of(data) == [(code, line_of(data, "DueDate"), "DueDate", written)]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2027-01-15T03:05:00Z", dt.datetime(2027, 1, 15, 10, 5, tzinfo=VIET_NAM)),
        ("15/01/2027 10:05:00", dt.datetime(2027, 1, 15, 10, 5, tzinfo=VIET_NAM)),
        ("2027-01-15 10:05", dt.datetime(2027, 1, 15, 10, 5, tzinfo=VIET_NAM)),
        ("2027/01/15 25:05:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("sáng nay", None),
    ],
)
def test_a_stamp_in_another_form_is_taken_or_dropped_and_told(written, moment):
    data = edited(STATUS, ("2027/01/15 10:05:00", written))
    assert read(data).message.at == moment
    code = "date-form" if moment else "date-unreadable"
    assert warnings_of(data) == [(code, line_of(data, "Timestamp"), "Timestamp", written)]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("Priority>0<", "Priority>9<", "code-unknown"),
        ("SteeringType>1<", "SteeringType>x<", "code-unknown"),
        ("PageAmount>2<", "PageAmount>hai<", "number-unreadable"),
        ("Direction>false<", "Direction>đi<", "flag-unreadable"),
    ],
)
def test_what_decides_nothing_is_dropped_where_it_cannot_be_told(old, new, code):
    assert [warning[0] for warning in warnings_of(edited(DOCUMENT, (old, new)))] == [code]


def test_the_code_of_the_answered_document_may_come_in_parts():
    parts = "<edXML:CodeNumber>45</edXML:CodeNumber><edXML:CodeNotation>UBH-NC</edXML:CodeNotation>"
    data = edited(DOCUMENT, ("<edXML:Code>45/UBH-NC<", f"<edXML:Code>{parts}<"))
    assert read(data).message == read(DOCUMENT).message


def test_warnings_are_bounded_and_the_rest_counted():
    data = edited(DOCUMENT, ("<edXML:Subject>", "<edXML:New/>" * 150 + "<edXML:Subject>"))
    codes = [code for code, *_ in warnings_of(data)]
    assert len(codes) == 101
    assert codes[-1] == "more-warnings"
    assert read(data).warnings[-1].found == "50 more"
