"""Across modules: what real traffic has wrong is taken, and each such thing is told."""

import datetime as dt

import pytest
from support.edxml_messages import (
    DOCUMENT,
    PDF,
    STATUS,
    edited,
    fault_of,
    line_of,
    warnings_of,
    with_file,
    zipped,
)

from axis.protocol.edxml import VIET_NAM, Business, read, write

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def test_an_undeclared_xlink_prefix_is_taken():
    data = edited(DOCUMENT, ("<edXML:Reference>", '<edXML:Reference xlink:href="cid:1">'))
    line = line_of(data, "xlink:href")
    assert warnings_of(data) == [("xlink-undeclared", line, "Reference", 'xlink:href="cid:1"')]
    assert read(data).message == read(DOCUMENT).message


def test_an_old_reference_names_its_file_by_a_link():
    data = edited(
        DOCUMENT,
        ("<edXML:ContentId>cid:1</edXML:ContentId>", '<edXML:ContentId xlink:href="cid:1"/>'),
        ("<edXML xmlns", '<edXML xmlns:xlink="http://www.w3.org/1999/xlink" xmlns'),
    )
    assert warnings_of(data) == []
    assert read(data).message == read(DOCUMENT).message


@pytest.mark.parametrize("junk", [b"\r\n", b"HTTP rest\r\n\r\n", b"\xef\xbb\xbf\n", b"\x00\x01"])
def test_junk_before_the_declaration_is_skipped_and_lines_count_from_it(junk):
    data = junk + edited(DOCUMENT, ("2027/01/30", "2027-01-30"))
    codes = [(code, line) for code, line, *_ in warnings_of(data)]
    assert codes == [("junk-before-xml", 1), ("date-form", line_of(data, "2027-01-30"))]


@pytest.mark.parametrize("content", ["edXML:", ""])
def test_the_files_may_stand_in_no_namespace(content):
    data = edited(
        DOCUMENT,
        ("<edXML xmlns=", "<edXML:edXML xmlns:edXML="),
        ("</edXML>", "</edXML:edXML>"),
        ("edXML:ContentTransferEncoded", f"{content}ContentTransferEncoded"),
    )
    line = line_of(data, "<AttachmentEncoded>")
    assert warnings_of(data) == [("namespace-missing", line, "AttachmentEncoded", "no namespace")]
    assert read(data).message == read(DOCUMENT).message


def test_an_empty_signature_is_none():
    data = edited(DOCUMENT, ("</edXML:edXMLHeader>", "<edXML:DigitalSignature/></edXML:edXMLHeader>"))
    assert warnings_of(data) == []
    assert not read(data).signed


def test_a_byte_order_mark_is_no_junk():
    assert warnings_of(b"\xef\xbb\xbf" + DOCUMENT) == []


def test_files_under_an_undeclared_edxml_prefix_are_taken():
    data = edited(
        DOCUMENT,
        ("<AttachmentEncoded>", "<edXML:AttachmentEncoded>"),
        ("</AttachmentEncoded>", "</edXML:AttachmentEncoded>"),
        ("<Attachment>", "<edXML:Attachment>"),
        ("</Attachment>", "</edXML:Attachment>"),
        (' xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016">JVBE', ">JVBE"),
    )
    found = warnings_of(data)
    assert {code for code, *_ in found} == {"edxml-undeclared"}
    assert found[0][1:] == (
        line_of(data, "<edXML:AttachmentEncoded"),
        "AttachmentEncoded",
        "<edXML:AttachmentEncoded>",
    )
    assert read(data).message == read(DOCUMENT).message


def test_an_undeclared_prefix_elsewhere_is_refused():
    beside = edited(DOCUMENT, ("</edXML:edXMLEnvelope>", "</edXML:edXMLEnvelope><edXML:a/>"))
    other = edited(DOCUMENT, ("<AttachmentEncoded>", "<AttachmentEncoded><x:a/>"))
    assert fault_of(beside).code == "prefix-undeclared"
    assert fault_of(other).code == "prefix-undeclared"


def test_a_steering_type_of_zero_is_none_at_all():
    data = edited(DOCUMENT, ("SteeringType>1<", "SteeringType>0<"))
    assert warnings_of(data) == []
    assert read(data).message.steering is None


@pytest.mark.parametrize(
    ("name", "declared"),
    [("thư.docx", "application/msword"), ("thư.docx", "application/docx"), ("thư.doc", "application/doc")],
)
def test_a_letter_of_word_may_be_declared_as_either_of_its_generations(name, declared):
    content = zipped(("a", b"1"), ("b", b"2")) if name.endswith("x") else b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    assert warnings_of(with_file(name, content, declared)) == []


def test_a_declared_encoding_that_lies_is_told():
    assert warnings_of(edited(DOCUMENT, ('"UTF-8"', '"windows-1258"'))) == [
        ("encoding-declared", 1, "", "windows-1258")
    ]


def test_a_doubled_cid_is_stripped():
    data = edited(DOCUMENT, ("<edXML:ContentId>cid:1", "<edXML:ContentId>cid:cid:1"))
    assert [warning[0] for warning in warnings_of(data)] == ["cid-doubled"]
    assert read(data).message == read(DOCUMENT).message


def test_a_status_code_of_one_digit_means_two():
    data = edited(STATUS, ("StatusCode>03<", "StatusCode>3<"))
    assert warnings_of(data) == [("status-one-digit", line_of(data, "StatusCode"), "StatusCode", "3")]
    assert read(data).message == read(STATUS).message


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


def test_base64_may_hold_white_space():
    encoded = "JVBERi0xLjcKJSVFT0YK"
    data = edited(DOCUMENT, (encoded, f"\r\n  {encoded[:7]}\r\n\t{encoded[7:]}\n"))
    assert warnings_of(data) == []
    assert read(data).message == read(DOCUMENT).message


def test_a_zipped_file_is_unwrapped_and_has_its_true_name():
    data = with_file("bảng.xlsx", zipped(("8f2e", b"PK\x03\x04 cells")), "application/zip")
    (attachment,) = read(data).message.attachments
    assert (attachment.name, attachment.content) == ("bảng.xlsx", b"PK\x03\x04 cells")
    line = line_of(data, "<Attachment>")
    assert warnings_of(data) == [("attachment-zipped", line, "Attachment", "bảng.xlsx")]


def test_a_file_is_unwrapped_once_and_not_again():
    inner = zipped(("a", b"1"))
    (attachment,) = read(with_file("ghi.txt", zipped(("x", inner)), "application/zip")).message.attachments
    assert attachment.content == inner


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("hồ sơ.zip", zipped(("a", b"1"))),
        ("thư.docx", zipped(("a", b"1"), ("b", b"2"))),
        ("bảng.xlsx", zipped(("a", b"1"), ("b", b"2"))),
        ("ghi.txt", b"PK\x03\x04 is how a zip begins"),
    ],
)
def test_what_the_client_does_not_wrap_stays_as_it_is(name, content):
    (attachment,) = read(with_file(name, content, "application/zip")).message.attachments
    assert attachment.content == content


def test_a_declared_type_that_lies_is_told_and_the_first_bytes_believed():
    data = with_file("ảnh.bin", PNG)
    assert [warning[0] for warning in warnings_of(data)] == ["content-type-lies"]
    assert read(data).message.attachments[0].media_type == "image/png"


def test_a_file_without_a_reference_is_taken():
    start, end = DOCUMENT.index(b"<edXML:Reference>"), DOCUMENT.index(b"</edXML:edXMLManifest>")
    data = DOCUMENT[:start] + DOCUMENT[end:]
    assert [warning[0] for warning in warnings_of(data)] == ["reference-missing"]
    assert read(data).message.attachments[0].content == PDF


def test_a_name_may_stand_in_the_reference_alone():
    data = edited(DOCUMENT, ("<AttachmentName>217-SGD-VP.pdf</AttachmentName>", ""))
    assert [warning[0] for warning in warnings_of(data)] == ["name-in-reference-alone"]
    assert read(data).message == read(DOCUMENT).message


def test_warnings_are_bounded_and_the_rest_counted():
    data = edited(DOCUMENT, ("<edXML:Subject>", "<edXML:New/>" * 150 + "<edXML:Subject>"))
    codes = [code for code, *_ in warnings_of(data)]
    assert len(codes) == 101
    assert codes[-1] == "more-warnings"
    assert read(data).warnings[-1].found == "50 more"


@pytest.mark.parametrize("name", ["GUIDE.SIGNED.PDF", "thu.doc", "217.pdf"])
def test_a_raw_type_that_says_it_is_a_zip_is_unwrapped_as_the_official_parser_does(name):
    data = with_file(name, zipped(("x", PDF)), "application/zip")
    assert read(data).message.attachments[0].content == PDF
    assert [warning.code for warning in read(data).warnings] == ["attachment-zipped"]


@pytest.mark.parametrize(
    ("name", "declared", "entries"),
    [
        ("217.pdf", "application/pdf", [("x", PDF)]),
        ("217.zip", "application/zip", [("x", PDF)]),
        ("217.docx", "application/zip", [("[Content_Types].xml", b"<a/>"), ("b", b"")]),
    ],
)
def test_a_zip_that_is_the_file_itself_stays_whole(name, declared, entries):
    packed = zipped(*entries)
    assert read(with_file(name, packed, declared)).message.attachments[0].content == packed


def test_a_zip_under_another_name_is_written_so_that_nobody_unwraps_it():
    message = read(with_file("217.pdf", zipped(("x", PDF)), "application/pdf")).message
    again = write(message)
    assert b"application/zip" not in again
    assert read(again).message == message
