"""Files are joined with their references, in the forms that real traffic has."""

import pytest
from support.edxml_messages import (
    DOCUMENT,
    PDF,
    edited,
    line_of,
    warnings_of,
)

from axis.protocol.edxml import read


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


def test_a_doubled_cid_is_stripped():
    data = edited(DOCUMENT, ("<edXML:ContentId>cid:1", "<edXML:ContentId>cid:cid:1"))
    assert [warning[0] for warning in warnings_of(data)] == ["cid-doubled"]
    assert read(data).message == read(DOCUMENT).message


def test_a_file_without_a_reference_is_taken():
    start, end = DOCUMENT.index(b"<edXML:Reference>"), DOCUMENT.index(b"</edXML:edXMLManifest>")
    data = DOCUMENT[:start] + DOCUMENT[end:]
    assert [warning[0] for warning in warnings_of(data)] == ["reference-missing"]
    assert read(data).message.attachments[0].content == PDF


def test_a_name_may_stand_in_the_reference_alone():
    data = edited(DOCUMENT, ("<AttachmentName>217-SGD-VP.pdf</AttachmentName>", ""))
    assert [warning[0] for warning in warnings_of(data)] == ["name-in-reference-alone"]
    assert read(data).message == read(DOCUMENT).message
