"""A document is read with all its fields; those that are not known are left out with a warning."""

import datetime as dt

from support.edxml_messages import (
    DOCUMENT,
    PDF,
    edited,
    line_of,
    warnings_of,
)

from axis.protocol.edxml import (
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


def test_what_is_not_known_is_left_out_with_a_warning():
    data = edited(DOCUMENT, ("<edXML:Subject>", "<edXML:New>1</edXML:New><edXML:Subject>"))
    line = line_of(data, "<edXML:New>")
    assert warnings_of(data) == [("element-unknown", line, "New", "in MessageHeader")]
    assert read(data).message == read(DOCUMENT).message
