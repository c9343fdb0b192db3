"""`sendEdoc` with documents: what is accepted, refused and recorded, and what business types do."""

import dataclasses

import pytest
from support.edxml_messages import edited
from support.old_protocol_exchange import (
    FILE,
    LETTER,
    PDF,
    REST,
    A,
    B,
    S,
    business,
    letter,
    status,
    to,
)

from axis.protocol import edxml
from axis.protocol.edxml import BusinessType, ReceiverType

WRITTEN = edxml.write(LETTER)


def test_document_becomes_one_like_any_other(axis):
    found = axis.document(axis.sent(LETTER))
    assert (found["from"], found["to"], found["number"]) == (S, [A, B], "217/SGD-VP")
    assert found["manifest"]["subject"] == "V/v kiểm tra đường truyền"
    assert [each["name"] for each in found["attachments"]] == ["217-SGD-VP.pdf"]
    assert axis.rest[A].get(f"/v1/documents/{found['id']}/attachments/0").content == PDF


def test_recipient_gets_the_original_bytes_and_the_hubs_hop(axis):
    axis.sent(LETTER)
    (item,) = axis.clients[A].received()["data"]
    _, content = axis.clients[A].edoc(item["docId"])
    assert dataclasses.replace(edxml.read(content).message, trace=()) == LETTER
    assert content.replace(content[content.index(b"<edXML:TraceHeaderList") :], b"") in WRITTEN


def test_message_again_gets_the_first_ones_id(axis):
    first = axis.sent(LETTER)
    assert axis.sent(LETTER) == first
    reply = axis.send(LETTER, to=[A, REST])
    assert reply["DocId"] == first
    assert f"not to {REST}" in reply["ErrorDesc"]
    assert len(axis.rest[A].get("/v1/inbox").json()["items"]) == 1
    assert axis.refusals() == []


def test_other_content_under_the_same_number_and_id_is_another_document(axis):
    first = axis.sent(LETTER)
    second = axis.sent(letter(attachments=(edxml.Attachment("1", "a.pdf", PDF + b"2"),)))
    assert first != second


def test_success_tells_what_was_taken_though_it_was_wrong(axis):
    message = letter(kind=edxml.DocumentKind("2", "99", "Sổ tay"))
    reply = axis.send(message, to=["H94", A])
    assert reply["ErrorDesc"].startswith("Success. Warnings: ")
    assert "So tay" in reply["ErrorDesc"]
    assert f"the recipient {A} is named twice" in reply["ErrorDesc"]


def test_messagetype_that_contradicts_the_message_is_told(axis):
    assert "messagetype says status" in axis.send(LETTER, messagetype="status")["ErrorDesc"]


def test_message_again_to_who_can_get_none_is_refused_and_to_the_first_ones_is_well(axis):
    first = axis.sent(LETTER)
    assert axis.refusal(LETTER, to=[A, "H77"])[0] == "18"
    axis.lock(A)
    axis.lock(REST)
    code, description = axis.refusal(LETTER, to=[A, REST])
    assert (code, REST in description, A in description) == ("23", True, False)
    assert axis.sent(LETTER, to=[A, B]) == first  # A had it before it was locked


@pytest.mark.parametrize(
    ("message", "code", "said"),
    [
        (b"<edXML", "22", "xml-malformed"),
        (b"", "22", "line 1"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "22", "xml-doctype"),
        (edited(WRITTEN, ("edXML:DocumentId>", "edXML:Documentid>")), "22", "DocumentId"),
        (edited(WRITTEN, ("JVBERi0x", "JVBE=i0x")), "21", "base64-broken"),
        (edited(WRITTEN, (FILE.name, "../x.pdf")), "21", "name-refused"),
        (
            edited(WRITTEN, ("<AttachmentEncoded>", "<!--"), ("</AttachmentEncoded>", "-->")),
            "10",
            "attachment-missing",
        ),
    ],
)
def test_broken_messages_are_refused_with_line_and_reason_and_recorded(axis, message, code, said):
    found, description = axis.refusal(message)
    assert found == code
    assert said in description
    (refusal,) = axis.refusals()
    assert refusal["code"] == "manifest-invalid"
    assert refusal["problem"]["errors"][0]["pointer"].startswith("edxml:")


def test_document_without_a_file_is_refused(axis):
    code, description = axis.refusal(letter(attachments=()))
    assert code == "22"
    assert "at least one attachment" in description


def test_recall_asks_every_recipient_addressed_and_15_withdraws(axis):
    first = axis.sent(LETTER)
    recall = letter(business=business(BusinessType.RECALL, document_id=LETTER.document_id), attachments=())
    axis.sent(recall, to=[A])
    assert axis.statuses(first) == {A: "13", B: None}
    axis.sent(status("15", note="đồng ý"), A)
    assert axis.deliveries(first)[A]["status"] == "15"


def test_same_recall_again_is_the_first_and_another_has_nothing_to_ask(axis):
    axis.sent(LETTER)
    recall = letter(business=business(BusinessType.RECALL), attachments=())
    assert axis.sent(recall) == axis.sent(recall)
    other = dataclasses.replace(recall, attachments=(FILE,))
    code, description = axis.refusal(other)
    assert code == "22"
    assert "a request for recall waits for the answer of" in description


def test_update_adds_and_removes_recipients(axis):
    first = axis.sent(LETTER)
    changes = (
        edxml.ReceiverChange("H96", ReceiverType.ADDED),
        edxml.ReceiverChange("H95", ReceiverType.REMOVED),
    )
    update = letter(business=business(BusinessType.UPDATE, info=edxml.BusinessInfo(receivers=changes)))
    second = axis.document(axis.sent(update))
    assert (second["to"], second["action"]) == ([A, REST], "update")
    assert axis.statuses(first) == {A: "13", B: "13"}
    axis.sent(status("15"), A)
    axis.sent(status("15", by=B), B)
    found = axis.deliveries(first)
    assert {to: (each["request"], each["request_action"]) for to, each in found.items()} == {
        A: ("agreed", "update"),
        B: ("agreed", "recall"),
    }
    assert found[A]["superseded_by"] == second["id"]
    (counted,) = axis.rest[B].get("/v1/statistics/exchange").json()["items"]
    assert (counted["received"], counted["withdrawn"]) == (1, 1)


def test_update_that_only_adds_recipients_asks_the_others_nothing(axis):
    first = axis.sent(LETTER)
    adding = (edxml.ReceiverChange("H96", ReceiverType.ADDED),)
    update = letter(
        recipients=to(REST),
        business=business(BusinessType.UPDATE, info=edxml.BusinessInfo(receivers=adding)),
    )
    second = axis.document(axis.sent(update))
    assert (second["to"], second["action"]) == ([REST], "update")
    assert axis.statuses(first) == {A: None, B: None}


def test_usual_zips_are_kept_as_warnings_and_not_told_of(axis):
    reply = axis.send(letter(attachments=(edxml.Attachment("1", "bảng.xlsx", b"PK or not"),)))
    assert reply["ErrorDesc"] == "Success"
    (warning,) = axis.document(reply["DocId"])["edxml"]["warnings"]
    assert "attachment-zipped" in warning


def test_replacement_concerns_the_recipients_it_names(axis):
    first = axis.sent(LETTER)
    named = edxml.Replacement(LETTER.document_id, ("H95",))
    replacing = letter(
        document_id="bản thay thế",
        business=business(BusinessType.REPLACE, replacements=(named,)),
        attachments=(edxml.Attachment("1", "b.pdf", PDF + b"3"),),
    )
    axis.sent(replacing)
    assert axis.statuses(first) == {A: None, B: "13"}


def test_replacement_for_who_never_had_the_document_is_refused(axis):
    axis.sent(LETTER)
    named = edxml.Replacement(LETTER.document_id, ("H96",))
    code, description = axis.refusal(letter(business=business(BusinessType.REPLACE, replacements=(named,))))
    assert code == "22"
    assert "OrganIdList" in description
