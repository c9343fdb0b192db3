"""`sendEdoc` with documents: what is accepted, refused and recorded, and what business types do."""

import dataclasses
import datetime as dt

import pytest
from sqlalchemy import select
from support.edxml_messages import edited
from support.old_axis import (
    FILE,
    LETTER,
    PDF,
    REST,
    UNDER_S,
    A,
    B,
    OldAxis,
    S,
    business,
    letter,
    status,
    to,
)
from support.xml_signatures import DS, sign

from axis.documents.tables import refusals
from axis.protocol import edxml
from axis.protocol.edxml import BusinessType, ReceiverType

WRITTEN = edxml.write(LETTER)


@pytest.fixture
def axis(database, database_url, tmp_path):  # noqa: ARG001 - its tables are needed
    store = OldAxis(database_url, tmp_path)
    yield store
    store.close()


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


def test_header_to_overrides_the_message_and_takes_both_forms(axis):
    found = axis.document(axis.sent(LETTER, to=["H96", "H94", "000.00.00.H94"]))
    assert found["to"] == [REST, A]


def test_header_to_of_an_earlier_call_is_refused_and_both_are_said(axis):
    message = letter(recipients=to(A, B))
    code, description = axis.refusal(message, to=["H96"])
    assert code == "22"
    assert all(each in description for each in ("header:to", REST, A, B))
    assert axis.refusals()[0]["code"] == "manifest-invalid"


@pytest.mark.parametrize(
    ("named", "header"),
    [(UNDER_S, S), (S, UNDER_S), (f"000.01.14.{S[-3:]}", UNDER_S)],
    ids=["above", "below", "below, and in no directory"],
)
def test_header_to_above_or_below_the_messages_is_in_common(axis, named, header):
    assert axis.document(axis.sent(letter(recipients=to(A, named)), to=[header]))["to"] == [header]


def test_header_to_that_is_no_array_is_refused_with_that_reason(axis):
    axis.clients[S].documents["to"] = "H94;H95"
    code, description = axis.refusal(LETTER)
    assert code == "22"
    assert "H94;H95, expected a JSON array of agency codes" in description


def test_success_tells_what_was_taken_though_it_was_wrong(axis):
    message = letter(kind=edxml.DocumentKind("2", "99", "Sổ tay"))
    reply = axis.send(message, to=["H94", A])
    assert reply["ErrorDesc"].startswith("Success. Warnings: ")
    assert "So tay" in reply["ErrorDesc"]
    assert f"the recipient {A} is named twice" in reply["ErrorDesc"]


def test_messagetype_that_contradicts_the_message_is_told(axis):
    assert "messagetype says status" in axis.send(LETTER, messagetype="status")["ErrorDesc"]


def test_every_unknown_recipient_is_named(axis):
    code, description = axis.refusal(LETTER, to=["H94", "H77", "a b", "000.00.01.H78"])
    assert code == "18"
    assert all(each in description for each in ("000.00.00.H77", "a b", "000.00.01.H78"))
    (refusal,) = axis.refusals()
    assert refusal["code"] == "unknown-recipient"
    assert [place["found"] for place in refusal["problem"]["errors"]] == [
        "a b",
        "000.00.00.H77",
        "000.00.01.H78",
    ]


def test_message_again_to_who_can_get_none_is_refused_and_to_the_first_ones_is_well(axis):
    first = axis.sent(LETTER)
    assert axis.refusal(LETTER, to=[A, "H77"])[0] == "18"
    axis.lock(A)
    axis.lock(REST)
    code, description = axis.refusal(LETTER, to=[A, REST])
    assert (code, REST in description, A in description) == ("23", True, False)
    assert axis.sent(LETTER, to=[A, B]) == first  # A had it before it was locked


def test_every_locked_recipient_is_named(axis):
    axis.lock(A)
    code, description = axis.refusal(LETTER)
    assert code == "23"
    assert A in description
    assert B not in description


@pytest.mark.parametrize("sender", ["000.00.00.H77", "000.00.00.H94", "a b", "000.00.14.H94"])
def test_sender_outside_of_the_subtree_is_refused_whether_it_is_there_or_not(axis, sender):
    assert axis.refusal(LETTER, sender, system=S)[0] == "19"
    (refusal,) = axis.refusals()  # of the system's own agency: it cannot be laid to another
    assert (refusal["from"], refusal["code"]) == (S, "not-your-agency")
    assert refusal["problem"]["errors"][0]["pointer"] == "header:from"


def test_locked_unit_may_not_send(axis):
    axis.lock(UNDER_S)
    assert axis.refusal(letter(sender=edxml.Party(UNDER_S)), UNDER_S, system=S)[0] == "19"
    with axis.hub.database.read() as tx:
        codes = tx.execute(select(refusals.c.code).where(refusals.c.sender == UNDER_S)).scalars().all()
    assert codes == ["not-permitted"]


def test_sender_in_the_message_goes_before_the_header_where_the_system_speaks_for_it(axis):
    reply = axis.send(letter(sender=edxml.Party(UNDER_S)))
    assert "sent as 000.00.14.G94" in reply["ErrorDesc"]
    assert axis.rest[A].get("/v1/inbox").json()["items"][0]["from"] == UNDER_S


def test_sender_in_the_message_that_is_not_the_systems_yields_to_the_header(axis):
    found = axis.document(axis.sent(letter(sender=edxml.Party(B))))
    assert found["from"] == S


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


def test_digest_of_another_file_is_refused_and_recorded(axis):
    code, description = axis.refusal(LETTER, **{"hash-file": "ab" * 32})
    assert (code, "hash-file" in description, "attachment" in description) == ("10", True, False)
    (refusal,) = axis.refusals()
    assert refusal["code"] == "digest-mismatch"


def test_document_without_a_file_is_refused(axis):
    code, description = axis.refusal(letter(attachments=()))
    assert code == "22"
    assert "at least one attachment" in description


def test_large_message_is_spooled_and_comes_back_whole(axis):
    content = b"%PDF-1.7\n" + bytes(range(256)) * 12_000
    identity = axis.sent(letter(attachments=(edxml.Attachment("1", "a.pdf", content),)))
    assert axis.rest[A].get(f"/v1/documents/{identity}/attachments/0").content == content
    (item,) = axis.clients[A].received()["data"]
    assert edxml.read(axis.clients[A].edoc(item["docId"])[1]).message.attachments[0].content == content


def test_message_beyond_the_limit_is_refused_and_recorded(axis):
    axis.limit(vxp_document_bytes=100_000)
    message = letter(attachments=(edxml.Attachment("1", "a.pdf", b"%PDF-" + bytes(2_000_000)),))
    assert axis.refusal(message)[0] == "10"
    message = letter(attachments=(edxml.Attachment("1", "a.pdf", b"%PDF-" + bytes(150_000)),))
    assert axis.refusal(message)[0] == "10"
    assert [each["code"] for each in axis.refusals()] == ["too-large", "manifest-invalid"]


def test_envelope_signature_that_is_none_is_told_and_never_required(axis):
    dummy = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignatureValue>eA==</SignatureValue></Signature>'
    signed = edited(WRITTEN, ("</edXML:edXMLHeader>", f"{dummy}</edXML:edXMLHeader>"))
    reply = axis.send(signed)
    assert reply["status"] == "OK"
    assert "the envelope's Signature" in reply["ErrorDesc"]
    assert axis.document(reply["DocId"])["verdict"]["signed_by"] == "none"


def test_envelope_signature_is_judged_and_told(axis):
    place = f'<ds:Signature xmlns:ds="{DS}" Id="placeholder"/>'
    signed = sign(edited(WRITTEN, ("</edXML:edXMLHeader>", f"{place}</edXML:edXMLHeader>")))
    whole = axis.send(signed)
    assert "the envelope's Signature cannot be verified (NO_CERTIFICATE_CHAIN_FOUND)" in whole["ErrorDesc"]
    altered = axis.send(edited(signed, ("217/SGD-VP</edXML:DocumentId", "218/SGD-VP</edXML:DocumentId")))
    assert "the envelope's Signature failed (HASH_FAILURE)" in altered["ErrorDesc"]
    assert altered["status"] == "OK"


def test_recall_asks_every_recipient_addressed_and_15_withdraws(axis):
    first = axis.sent(LETTER)
    recall = letter(business=business(BusinessType.RECALL, document_id=LETTER.document_id), attachments=())
    axis.sent(recall, to=[A])
    assert axis.statuses(first) == {A: "13", B: None}
    axis.sent(status("15", note="đồng ý"), A)
    assert axis.deliveries(first)[A]["status"] == "15"


def test_recall_finds_its_document_by_its_own_id_or_number(axis):
    first = axis.sent(LETTER)
    axis.sent(letter(business=business(BusinessType.RECALL), attachments=(), document_id="một mã khác"))
    assert axis.statuses(first) == {A: "13", B: "13"}


def test_recall_of_a_rest_document_by_the_id_that_we_write(axis):
    sent = axis.sent_over_rest()
    made = f"{S},2027/01/15,217/SGD-VP"
    axis.sent(letter(business=business(BusinessType.RECALL, document_id=made), attachments=()))
    assert axis.statuses(sent) == {A: "13", B: "13"}


def test_same_recall_again_is_the_first_and_another_has_nothing_to_ask(axis):
    axis.sent(LETTER)
    recall = letter(business=business(BusinessType.RECALL), attachments=())
    assert axis.sent(recall) == axis.sent(recall)
    other = dataclasses.replace(recall, attachments=(FILE,))
    code, description = axis.refusal(other)
    assert code == "22"
    assert "a request for recall waits for the answer of" in description


def test_recall_of_what_was_never_sent_names_element_and_id(axis):
    recall = letter(business=business(BusinessType.RECALL, document_id="x,y"), attachments=())
    code, description = axis.refusal(recall)
    assert code == "22"
    assert "edxml:Bussiness/DocumentId: found x,y" in description


def test_document_of_another_sender_is_not_recalled(axis):
    axis.sent(LETTER)
    recall = letter(sender=edxml.Party(A), business=business(BusinessType.RECALL), attachments=())
    assert axis.refusal(recall, A)[0] == "22"


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


def test_answer_names_the_document_it_answers(axis):
    axis.sent(LETTER)
    answering = edxml.ResponseFor(S, "217/SGD-VP", LETTER.document_id, dt.date(2027, 1, 15))
    found = axis.document(
        axis.sent(letter(sender=edxml.Party(A), recipients=to(S), responses=(answering,)), A), A
    )
    assert found["manifest"]["refers_to"] == [{"from": S, "number": "217/SGD-VP", "issued_on": "2027-01-15"}]
