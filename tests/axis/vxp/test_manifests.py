"""The manifest of an edXML message: what it says, what is mended, and that it always keeps the rules."""

import dataclasses
import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.edxml_messages import DOCUMENT, PDF

from axis.protocol import edxml
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.errors import ManifestInvalid, TooLarge
from axis.protocol.manifest import check_manifest
from axis.protocol.manifest_limits import DEFAULT_LIMITS
from axis.protocol.strict_json import loads
from axis.vxp.document_ids import made_document_id, parts_of
from axis.vxp.manifests import Concerned, derive

SENDER, RECIPIENT = AgencyCode("000.00.00.G94"), AgencyCode("000.00.00.H94")
MESSAGE = edxml.read(DOCUMENT).message
DAY = "2027-02-03"
FILE = edxml.Attachment("1", "main.pdf", PDF)


def derived(message=MESSAGE, **more):
    given_ = {"sender": SENDER, "recipients": (RECIPIENT,), "day": DAY, "limits": DEFAULT_LIMITS} | more
    return derive(message, **given_)


def changed(**changes):
    return dataclasses.replace(MESSAGE, **changes)


def about(kind, **more):
    return edxml.Business(type=kind, **more)


def test_manifest_says_what_the_message_says_in_the_contracts_order():
    found = derived()
    members = json.loads(found.manifest_bytes)
    assert list(members) == [
        "from", "to", "number", "issued_on", "type", "subject", "priority", "action", "refers_to", "signer",
        "due_on", "attachments",
    ]  # fmt: skip
    del members["attachments"]
    assert members == {
        "from": SENDER,
        "to": [RECIPIENT],
        "number": "217/SGD-VP",
        "issued_on": "2027-01-15",
        "type": "cong-van",
        "subject": "V/v kiểm tra đường truyền",
        "priority": "normal",
        "action": "new",
        "refers_to": [{"from": RECIPIENT, "number": "45/UBH-NC", "issued_on": "2027-01-05"}],
        "signer": {"name": "Lê Thị Mẫu", "position": "Giám đốc"},
        "due_on": "2027-01-30",
    }
    assert found.warnings == ()


def test_manifest_is_compact_utf_8_and_the_same_every_time():
    first = derived().manifest_bytes
    assert first == derived(edxml.read(DOCUMENT).message).manifest_bytes
    assert "Lê Thị Mẫu".encode() in first
    assert b'": ' not in first


def test_files_are_declared_by_what_they_are():
    (file,) = derived().attachments
    (declared,) = derived().manifest.attachments
    assert (file.name, file.media_type, file.content) == ("217-SGD-VP.pdf", "application/pdf", PDF)
    assert (declared.name, declared.size, declared.sha256) == (file.name, len(PDF), file.sha256)


@pytest.mark.parametrize(
    ("document_id", "number", "issued_on"),
    [
        ("000.00.00.G94,2027/01/14,9/QD-UB", "9/QD-UB", "2027-01-14"),
        ("H37.02.02,2026/2/3,12,13/VP", "12,13/VP", "2026-02-03"),
        ("0b0ee3a0-7a43-4c6c-9d0e-0f3b3d6f7a11", "0b0ee3a0-7a43-4c6c-9d0e-0f3b3d6f7a11", DAY),
        ("000.00.00.G94,2027/13/14,9/QD", "000.00.00.G94,2027/13/14,9/QD", DAY),
        ("x" * 255, "x" * 100, DAY),
        ("\u200b", "(không số)", DAY),
    ],
)
def test_number_and_day_are_taken_from_the_document_id_where_the_message_has_none(
    document_id, number, issued_on
):
    found = derived(changed(code=edxml.DocumentCode(), promulgated_on=None, document_id=document_id))
    assert (found.manifest.number, found.manifest.issued_on) == (number, issued_on)
    assert any("no Code" in warning for warning in found.warnings)


def test_unknown_kind_becomes_an_official_letter_and_is_told():
    found = derived(changed(kind=edxml.DocumentKind("2", "99", "Sổ tay")))
    assert found.manifest.type == "cong-van"
    assert any("Sổ tay" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("subject", "content", "expected"),
    [
        ("V/v\r\n  kiểm\ttra", "", "V/v kiểm tra"),
        ("", "nội dung", "nội dung"),
        ("\u0085 \u009f", "", "(không có trích yếu)"),
        ("e\u0302\u0301" * 3_000, "", "ế" * 2_000),
    ],
)
def test_subject_is_one_line_of_bounded_length(subject, content, expected):
    assert (
        derived(changed(subject=subject, content=content, business=edxml.Business())).manifest.subject
        == expected
    )


@pytest.mark.parametrize(
    ("priority", "word"),
    list(enumerate(("normal", "urgent", "very_urgent", "express", "express_timed"))),
)
def test_priorities_have_their_words(priority, word):
    assert (
        derived(changed(other=edxml.OtherInfo(priority=edxml.Priority(priority)))).manifest.priority == word
    )


def test_responses_that_cannot_be_told_are_left_out_with_a_warning():
    good = edxml.ResponseFor("H94", "45/UBH-NC", "", dt.date(2027, 1, 5))
    by_id = edxml.ResponseFor("", "", "000.00.00.H95,2027/01/06,7/VP")
    found = derived(changed(responses=(good, good, by_id, edxml.ResponseFor("H94", "46/UBH-NC"))))
    assert [(each.sender, each.number, each.issued_on) for each in found.manifest.refers_to] == [
        (RECIPIENT, "45/UBH-NC", "2027-01-05"),
        ("000.00.00.H95", "7/VP", "2027-01-06"),
    ]
    assert [warning for warning in found.warnings if "46/UBH-NC" in warning]


def test_too_many_responses_for_a_manifest_are_left_out_with_a_warning():
    responses = tuple(
        edxml.ResponseFor("H94", f"{place}/{'Ủ' * 90}", "", dt.date(2027, 1, 5)) for place in range(1_000)
    )
    found = derived(changed(responses=responses))
    assert found.manifest.refers_to == ()
    assert [warning for warning in found.warnings if "1000 documents" in warning]


def test_names_are_mended_in_the_manifest_alone():
    names = ("a.pdf", "a.pdf", "e\u0302.pdf", "ê.pdf", "tra\u200bng.pdf", "ă" * 200 + ".docx")
    files = tuple(edxml.Attachment(str(place), name, PDF) for place, name in enumerate(names))
    found = [attachment.name for attachment in derived(changed(attachments=files)).attachments]
    assert found[:5] == ["a.pdf", "a (2).pdf", "ê.pdf", "ê (2).pdf", "trang.pdf"]
    assert found[5] == "ă" * 125 + ".docx"


@pytest.mark.parametrize("kind", [edxml.BusinessType.NEW, edxml.BusinessType.REPLACE])
def test_document_without_a_file_is_refused(kind):
    with pytest.raises(ManifestInvalid) as refused:
        derived(changed(attachments=(), business=about(kind)), concerned=(Concerned(SENDER, "1/VP", DAY),))
    assert refused.value.places[0].found == "no file"


@pytest.mark.parametrize(
    ("kind", "action"), [(edxml.BusinessType.RECALL, "recall"), (edxml.BusinessType.UPDATE, "update")]
)
def test_recall_and_update_may_come_without_a_file(kind, action):
    concerned = (Concerned(SENDER, "1/VP", "2027-01-01"), Concerned(SENDER, " 1/VP", "2027-05-01"))
    found = derived(changed(attachments=(), business=about(kind)), concerned=concerned)
    assert (found.manifest.action, found.manifest.attachments) == (action, ())
    assert [each.issued_on for each in found.manifest.refers_to] == ["2027-01-01"]
    assert loads(found.manifest_bytes, max_bytes=DEFAULT_LIMITS.bytes)["action"] == action


def test_update_that_adds_recipients_carries_the_files():
    added = edxml.BusinessInfo(receivers=(edxml.ReceiverChange("H95", edxml.ReceiverType.ADDED),))
    message = changed(attachments=(), business=about(edxml.BusinessType.UPDATE, info=added))
    with pytest.raises(ManifestInvalid):
        derived(message, concerned=(Concerned(SENDER, "1/VP", DAY),))


def test_manifest_beyond_the_limit_is_refused():
    with pytest.raises(TooLarge):
        derived(changed(subject="Ủ" * 200), limits=dataclasses.replace(DEFAULT_LIMITS, bytes=500))


def test_document_ids_are_made_and_taken_apart():
    made = made_document_id(SENDER, "2027-01-15", "217/SGD-VP")
    assert made == "000.00.00.G94,2027/01/15,217/SGD-VP"
    parts = parts_of(made)
    assert (parts.organ, parts.day, parts.number) == (SENDER, dt.date(2027, 1, 15), "217/SGD-VP")
    assert parts_of("0b0ee3a0-7a43-4c6c-9d0e-0f3b3d6f7a11") is None


texts = st.text(max_size=300)
days = st.none() | st.dates()
files = st.builds(edxml.Attachment, st.text(), texts, st.binary(max_size=20), texts)
documents = st.builds(
    edxml.Document,
    sender=st.builds(edxml.Party, texts),
    recipients=st.tuples(st.builds(edxml.Party, texts)),
    document_id=st.text(min_size=1, max_size=255) | st.just("G94,2027/01/05, "),
    code=st.builds(edxml.DocumentCode, texts, texts),
    promulgated_on=days,
    kind=st.builds(edxml.DocumentKind, texts, texts, texts),
    subject=texts,
    content=texts,
    signer=st.builds(edxml.Signer, texts, texts, texts),
    due_on=days,
    other=st.builds(edxml.OtherInfo, priority=st.none() | st.sampled_from(edxml.Priority)),
    responses=st.lists(
        st.builds(edxml.ResponseFor, st.sampled_from(["H94", "x y"]), texts, texts, days), max_size=3
    ).map(tuple),
    business=st.builds(edxml.Business, type=st.sampled_from(edxml.BusinessType)),
    attachments=st.lists(files, min_size=1, max_size=4).map(tuple),
)


@given(documents)
def test_any_document_derives_to_a_manifest_that_keeps_the_rules(document):
    concerned = () if document.business.type is edxml.BusinessType.NEW else (Concerned(SENDER, "1/VP", DAY),)
    found = derived(document, concerned=concerned)
    again = loads(found.manifest_bytes, max_bytes=DEFAULT_LIMITS.bytes)
    assert check_manifest(again, sha256=found.manifest.sha256) == found.manifest
    names = [attachment.name for attachment in found.attachments]
    assert names == [attachment.name for attachment in found.manifest.attachments]
