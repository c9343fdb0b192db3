"""Messages are read whole, in any order and under any prefix, and in the one namespace alone."""

import datetime as dt
import re

import pytest
from support.edxml_messages import (
    DOCUMENT,
    PDF,
    STATUS,
    edited,
    fault_of,
    line_of,
    warnings_of,
)

from axis.protocol.edxml import (
    NAMESPACE,
    VIET_NAM,
    Attachment,
    Business,
    BusinessType,
    Document,
    DocumentCode,
    DocumentKind,
    Hop,
    OtherInfo,
    Party,
    Priority,
    ResponseFor,
    Signer,
    Staff,
    Status,
    SteeringType,
    read,
)


def test_every_field_of_a_document_is_read():
    assert read(DOCUMENT).message == Document(
        sender=Party(
            "000.00.00.G94", "Tỉnh Mẫu", "Sở Gương", "5 Đường Đầu", "a@example.vn", "000", "000", "example.vn"
        ),
        recipients=(Party("000.00.00.H94", name="Huyện Mẫu"),),
        document_id="000.00.00.G94,2027/01/15,217/SGD-VP",
        code=DocumentCode("217", "SGD-VP"),
        place="Hà Nội",
        promulgated_on=dt.date(2027, 1, 15),
        kind=DocumentKind("2", "18", "Công văn"),
        subject="V/v kiểm tra đường truyền",
        content="V/v kiểm tra đường truyền",
        signer=Signer("TM.", "Giám đốc", "Lê Thị Mẫu"),
        due_on=dt.date(2027, 1, 30),
        other=OtherInfo(
            Priority.NORMAL, "Liên thông", "ABC", 1, 2, direction=False, appendixes=("Phụ lục 1",)
        ),
        responses=(
            ResponseFor(
                "000.00.00.H94", "45/UBH-NC", "000.00.00.H94,2027/01/05,45/UBH-NC", dt.date(2027, 1, 5)
            ),
        ),
        steering=SteeringType.NONE,
        to_places=("Như trên", "Lưu: VT"),
        trace=(Hop("000.00.00.G94", dt.datetime(2027, 1, 15, 9, 30, tzinfo=VIET_NAM)),),
        business=Business(
            BusinessType.NEW,
            "Văn bản điện tử mới",
            paper=0,
            staff=Staff("Văn thư", "Trần Văn Thư", "vt@example.vn", "000"),
        ),
        attachments=(Attachment("1", "217-SGD-VP.pdf", PDF, "217-SGD-VP.pdf"),),
    )
    assert read(DOCUMENT).message.code.text == "217/SGD-VP"


def test_every_field_of_a_status_is_read():
    assert read(STATUS).message == Status(
        sender=Party(
            "000.00.00.H94",
            "Huyện Mẫu",
            "Huyện Mẫu",
            "8 Đường Cuối",
            "b@example.vn",
            "000",
            "000",
            "example.vn",
        ),
        about=ResponseFor(
            "000.00.00.G94", "217/SGD-VP", "000.00.00.G94,2027/01/15,217/SGD-VP", dt.date(2027, 1, 15)
        ),
        code="03",
        description="Đã tiếp nhận, vào sổ văn bản đến",
        at=dt.datetime(2027, 1, 15, 10, 5, tzinfo=VIET_NAM),
        staff=Staff("Văn thư", "Cán bộ văn thư", "vt@example.vn", "000"),
    )


@pytest.mark.parametrize("message", [DOCUMENT, STATUS], ids=["document", "status"])
def test_a_good_message_warns_of_nothing(message):
    assert read(message).warnings == ()


def test_the_files_may_stand_under_the_prefix_too():
    names = rb"(</?)(AttachmentEncoded|Attachment|ContentId|AttachmentName|Description|ContentType)>"
    data = re.sub(names, rb"\1edXML:\2>", DOCUMENT)
    data = data.replace(b'<edXML xmlns="', b'<edXML:edXML xmlns:edXML="').replace(
        b"</edXML>", b"</edXML:edXML>"
    )
    assert b"<edXML:Attachment>" in data
    assert read(data).message == read(DOCUMENT).message


@pytest.mark.parametrize(
    ("old", "new", "code", "element"),
    [
        ("<edXML:OrganId>000.00.00.H94</edXML:OrganId>\n          <edXML:OrganName>", "<edXML:OrganName>",
         "element-missing", "To"),
        ("000.00.00.G94,2027/01/15,217/SGD-VP", "", "field-empty", "DocumentId"),
        ("000.00.00.G94,2027/01/15,217/SGD-VP", "x" * 256, "field-too-long", "DocumentId"),
        ("<edXML:Subject>", "<edXML:DocumentId>b</edXML:DocumentId><edXML:Subject>",
         "element-twice", "DocumentId"),
        ("BussinessDocType>0<", "BussinessDocType>7<", "code-unknown", "BussinessDocType"),
        ("V/v kiểm tra đường truyền</edXML:Subject>", "<b/>thử</edXML:Subject>",
         "element-unexpected", "Subject"),
        ("</edXML:Subject>", "</edXML:Subjekt>", "xml-malformed", "Subject"),
        ("<edXML:Subject>", "<edXML:Subject>&nbsp;", "xml-malformed", "Subject"),
        ("<edXML:Subject>", "<other:Subject>", "prefix-undeclared", "MessageHeader"),
        ("<edXML:Subject>", '<edXML:Subject odd:a="1">', "prefix-undeclared", "MessageHeader"),
    ],
)  # fmt: skip
def test_a_fault_names_line_and_element(old, new, code, element):
    data = edited(DOCUMENT, (old, new))
    fault = fault_of(data)
    assert (fault.code, fault.element) == (code, element)
    first_difference = next(
        number
        for number, (was, now) in enumerate(
            zip(DOCUMENT.split(b"\n"), data.split(b"\n"), strict=False), start=1
        )
        if was != now
    )
    assert abs(fault.line - first_difference) <= 1
    assert fault.found
    assert fault.expected
    assert str(fault).startswith(f"line {fault.line}, {element}: found ")


@pytest.mark.parametrize("code", ["99", "", "aa", "00", "0", "003"])
def test_a_status_code_that_there_is_not_is_refused(code):
    fault = fault_of(edited(STATUS, ("StatusCode>03<", f"StatusCode>{code}<")))
    assert (fault.code, fault.element, fault.line) == (
        "code-unknown",
        "StatusCode",
        line_of(STATUS, "StatusCode"),
    )
    assert "01, 02, 03" in fault.expected


def test_a_status_has_to_name_its_document():
    data = edited(STATUS, ("217/SGD-VP", ""), ("000.00.00.G94,2027/01/15,", ""))
    assert fault_of(data).found == "neither DocumentId nor Code"


@pytest.mark.parametrize("namespace", [NAMESPACE, "http://www.w3.org/2000/09/xmldsig#"])
def test_an_envelope_signature_is_seen_and_not_read(namespace):
    signature = f'<s:Signature xmlns:s="{namespace}"><s:Odd>1</s:Odd></s:Signature></edXML:edXMLHeader>'
    reading = read(edited(DOCUMENT, ("</edXML:edXMLHeader>", signature)))
    assert reading.signed
    assert reading.warnings == ()
    assert not read(DOCUMENT).signed


def test_what_is_not_known_is_left_out_with_a_warning():
    data = edited(DOCUMENT, ("<edXML:Subject>", "<edXML:New>1</edXML:New><edXML:Subject>"))
    line = line_of(data, "<edXML:New>")
    assert warnings_of(data) == [("element-unknown", line, "New", "in MessageHeader")]
    assert read(data).message == read(DOCUMENT).message
