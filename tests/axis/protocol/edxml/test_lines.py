"""XML is written as indented lines, and what XML cannot hold is refused."""

import datetime as dt

import pytest

from axis.protocol.edxml.errors import EdxmlInvalid
from axis.protocol.edxml.lines import Lines, day, escape, stamp


def test_elements_are_indented_and_empty_fields_left_out() -> None:
    lines = Lines([], 1)
    with lines.inside("To"):
        lines.text("OrganName", "A & <B>")
        lines.text("Empty", "")
        lines.always("Always", "")
        lines.number("Number", 7)
    assert "".join(lines.parts) == (
        "  <edXML:To>\n"
        "    <edXML:OrganName>A &amp; &lt;B&gt;</edXML:OrganName>\n"
        "    <edXML:Always></edXML:Always>\n"
        "    <edXML:Number>7</edXML:Number>\n"
        "  </edXML:To>\n"
    )


@pytest.mark.parametrize("text", ["a\x00", "\ud800", "\uffff"])
def test_what_xml_cannot_hold_is_refused_by_its_number(text: str) -> None:
    with pytest.raises(EdxmlInvalid):
        escape("Subject", text)


def test_days_and_stamps_are_viet_nams() -> None:
    assert (day(dt.date(987, 1, 5)), day(None)) == ("0987/01/05", "")
    assert stamp(dt.datetime(2026, 1, 14, 18, 30, tzinfo=dt.UTC)) == "2026/01/15 01:30:00"
    assert stamp(None) == ""
