"""What an agency on the old protocol writes: read back by the axis's own rules."""

from datetime import UTC, date, datetime

import pytest
from support.offices import office_of

from axis.protocol import edxml
from axis.protocol.document_types import DOCUMENT_TYPES
from nodes.document_writer import Draft, Reference, main_attachment, number_of
from nodes.edxml_messages import document_id_of, wrap, write_message, write_status
from nodes.invented_texts import MATTERS
from nodes.known_agencies import agency
from nodes.multipart import Attachment

AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)
DRAFT = Draft(
    "123/UBND-VX", "2019-06-03", "cong-van", "V/v phòng, chống dịch", ("000.00.00.G22", "000.00.00.H26"),
    priority="urgent",
)  # fmt: skip
RECIPIENTS = [agency("G22"), agency("H26")]
OFFICE = office_of("H24")
REFERENCE = Reference("000.00.00.H24", "120/UBND-VX", "2019-05-31")


def write(signed_by="none", draft=DRAFT):
    return write_message(OFFICE, RECIPIENTS, draft, signed_by, at=AT)


def document(content):
    reading = edxml.read(content)
    assert reading.warnings == ()
    return reading.message


def test_the_axis_reads_what_was_meant_and_finds_nothing_odd():
    found = document(write())
    assert found.sender.organ_id == "000.00.00.H24"
    assert [party.organ_id for party in found.recipients] == list(DRAFT.recipients)
    assert found.document_id == "000.00.00.H24,2019/06/03,123/UBND-VX"
    assert (found.code.number, found.code.notation) == ("123", "UBND-VX")
    assert (found.promulgated_on, found.place) == (date(2019, 6, 3), OFFICE.agency.place)
    assert (edxml.slug_of(found.kind), found.subject) == ("cong-van", "V/v phòng, chống dịch")
    assert (found.signer.full_name, found.signer.position) == (OFFICE.signer.name, OFFICE.signer.title)
    assert (found.other.priority, found.business.type) == (edxml.Priority.URGENT, edxml.BusinessType.NEW)
    assert [(hop.organ_id, hop.at) for hop in found.trace] == [("000.00.00.H24", AT)]
    (file,) = found.attachments
    assert (file.name, file.media_type) == ("123-UBND-VX.pdf", "application/pdf")
    assert file.content == main_attachment(OFFICE, RECIPIENTS, DRAFT).content


@pytest.mark.parametrize(
    ("signed_by", "marks"),
    [
        ("none", []),
        ("person", [b"PersonSignature"]),
        ("organisation", [b"OrganisationSeal"]),
        ("both", [b"PersonSignature", b"OrganisationSeal"]),
    ],
)
def test_signatures_stand_in_the_pdf_the_persons_first(signed_by, marks):
    (file,) = document(write(signed_by)).attachments
    plain = main_attachment(OFFICE, RECIPIENTS, DRAFT).content
    assert file.content.startswith(plain)
    assert file.content.count(b"/ByteRange") == len(marks)
    places = [file.content.index(mark) for mark in marks]
    assert places == sorted(places)


def test_the_same_document_has_the_same_bytes_signatures_included():
    assert write("both") == write("both")


def test_who_has_no_certificate_cannot_sign():
    nobody = type(OFFICE)(OFFICE.agency, OFFICE.signer)
    with pytest.raises(ValueError, match="certificate"):
        write_message(nobody, RECIPIENTS, DRAFT, "organisation", at=AT)


@pytest.mark.parametrize("slug", [slug for slug, kind in DOCUMENT_TYPES.items() if not kind.is_message])
def test_every_kind_of_document_comes_back_as_itself(slug):
    draft = Draft("7/A", "2019-06-03", slug, "V/v thử", ("000.00.00.H26",))
    assert edxml.slug_of(document(write("none", draft)).kind) == slug


@pytest.mark.parametrize("matter", MATTERS, ids=lambda matter: matter.subject[:20])
def test_every_matter_can_be_written(matter):
    number = number_of(7, agency("H24"), matter)
    found = document(write("none", Draft(number, "2019-06-03", matter.type, matter.subject, ("H26",))))
    assert (found.code.text, found.subject) == (number, matter.subject)


@pytest.mark.parametrize(
    ("action", "kind"), [("recall", edxml.BusinessType.RECALL), ("update", edxml.BusinessType.UPDATE)]
)
def test_a_recall_and_an_update_name_the_document_they_concern(action, kind):
    draft = Draft("9/A", "2019-06-04", "cong-van", "Thu hồi", ("H26",), action, refers_to=(REFERENCE,))
    business = document(wrap("000.00.00.H24", draft, [], at=AT)).business
    assert (business.type, business.document_id) == (kind, "000.00.00.H24,2019/05/31,120/UBND-VX")
    assert business.reason == "Thu hồi"


def test_a_recall_of_two_documents_cannot_be_said():
    draft = Draft("9/A", "2019-06-04", "cong-van", "Thu hồi", ("H26",), "recall", refers_to=(REFERENCE,) * 2)
    with pytest.raises(ValueError, match="one document at a time"):
        wrap("000.00.00.H24", draft, [], at=AT)


def test_a_replacement_names_what_it_replaces_and_for_whom():
    draft = Draft("9/A", "2019-06-04", "cong-van", "x", ("000.00.00.H26",), "replace", refers_to=(REFERENCE,))
    business = document(wrap("000.00.00.H24", draft, [], at=AT)).business
    assert business.type is edxml.BusinessType.REPLACE
    assert [(one.document_id, one.organ_ids) for one in business.replacements] == [
        ("000.00.00.H24,2019/05/31,120/UBND-VX", ("000.00.00.H26",))
    ]


def test_what_a_new_document_answers_is_named_too():
    draft = Draft("9/A", "2019-06-04", "cong-van", "x", ("000.00.00.H26",), refers_to=(REFERENCE,))
    (response,) = document(wrap("000.00.00.H24", draft, [], at=AT)).responses
    assert (response.organ_id, response.code) == ("000.00.00.H24", "120/UBND-VX")
    assert response.promulgated_on == date(2019, 5, 31)


def test_files_that_are_no_pdf_come_back_whole():
    file = Attachment("Phụ lục.txt", "nội dung".encode())
    (found,) = edxml.read(wrap("000.00.00.H24", DRAFT, [file], at=AT)).message.attachments
    assert (found.name, found.content) == ("Phụ lục.txt", "nội dung".encode())


def test_a_status_says_what_it_is_about_and_why():
    about = edxml.ResponseFor(
        "000.00.00.H24", "1/A", document_id_of("000.00.00.H24", "2019-06-03", "1/A"), date(2019, 6, 3)
    )
    found = document(write_status("000.00.00.G22", about, "02", "Không đúng thẩm quyền.", at=AT))
    assert (found.sender.organ_id, found.sender.name) == ("000.00.00.G22", agency("G22").name)
    assert (found.about, found.code) == (about, "02")
    assert (found.description, found.at) == ("Không đúng thẩm quyền.", AT)
    assert document(write_status("000.00.00.G22", about, "03", None, at=AT)).description == "Đã tiếp nhận"
