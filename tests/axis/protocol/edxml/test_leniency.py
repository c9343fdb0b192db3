"""Across modules: what real traffic has wrong is taken, and each such thing is told."""

import pytest
from support.edxml_messages import (
    DOCUMENT,
    edited,
    fault_of,
    line_of,
    warnings_of,
)

from axis.protocol.edxml import Business, read


@pytest.mark.parametrize("junk", [b"\r\n", b"HTTP rest\r\n\r\n", b"\xef\xbb\xbf\n", b"\x00\x01"])
def test_junk_before_the_declaration_is_skipped_and_lines_count_from_it(junk):
    data = junk + edited(DOCUMENT, ("2027/01/30", "2027-01-30"))
    codes = [(code, line) for code, line, *_ in warnings_of(data)]
    assert codes == [("junk-before-xml", 1), ("date-form", line_of(data, "2027-01-30"))]


def test_an_empty_signature_is_none():
    data = edited(DOCUMENT, ("</edXML:edXMLHeader>", "<edXML:DigitalSignature/></edXML:edXMLHeader>"))
    assert warnings_of(data) == []
    assert not read(data).signed


def test_a_byte_order_mark_is_no_junk():
    assert warnings_of(b"\xef\xbb\xbf" + DOCUMENT) == []


def test_an_undeclared_prefix_elsewhere_is_refused():
    beside = edited(DOCUMENT, ("</edXML:edXMLEnvelope>", "</edXML:edXMLEnvelope><edXML:a/>"))
    other = edited(DOCUMENT, ("<AttachmentEncoded>", "<AttachmentEncoded><x:a/>"))
    assert fault_of(beside).code == "prefix-undeclared"
    assert fault_of(other).code == "prefix-undeclared"


def test_a_steering_type_of_zero_is_none_at_all():
    data = edited(DOCUMENT, ("SteeringType>1<", "SteeringType>0<"))
    assert warnings_of(data) == []
    assert read(data).message.steering is None


def test_a_message_without_business_is_a_new_document():
    start, end = DOCUMENT.index(b"<edXML:Bussiness>"), DOCUMENT.index(b"</edXML:TraceHeaderList>")
    data = DOCUMENT[:start] + DOCUMENT[end:]
    assert [warning[0] for warning in warnings_of(data)] == ["bussiness-missing"]
    assert read(data).message.business == Business()
    assert len(read(data).message.trace) == 1


def test_a_hop_may_lack_its_agency():
    data = edited(
        DOCUMENT,
        ("<edXML:OrganId>000.00.00.G94</edXML:OrganId>\n          <edXML:Timestamp>", "<edXML:Timestamp>"),
    )
    assert read(data).message.trace[0].organ_id == ""
