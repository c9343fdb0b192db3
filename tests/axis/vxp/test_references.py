"""The document that a message is about is found by each of its names, and nobody else's is."""

import datetime as dt

import pytest
from support.old_protocol_exchange import (
    LETTER,
    A,
    B,
    S,
    business,
    letter,
    status,
    to,
)

from axis.protocol import edxml
from axis.protocol.edxml import BusinessType


def test_recall_finds_its_document_by_its_own_id_or_number(axis):
    first = axis.sent(LETTER)
    axis.sent(letter(business=business(BusinessType.RECALL), attachments=(), document_id="một mã khác"))
    assert axis.statuses(first) == {A: "13", B: "13"}


def test_recall_of_a_rest_document_by_the_id_that_we_write(axis):
    sent = axis.sent_over_rest()
    made = f"{S},2027/01/15,217/SGD-VP"
    axis.sent(letter(business=business(BusinessType.RECALL, document_id=made), attachments=()))
    assert axis.statuses(sent) == {A: "13", B: "13"}


def test_recall_of_what_was_never_sent_names_element_and_id(axis):
    recall = letter(business=business(BusinessType.RECALL, document_id="x,y"), attachments=())
    code, description = axis.refusal(recall)
    assert code == "22"
    assert "edxml:Bussiness/DocumentId: found x,y" in description


def test_document_of_another_sender_is_not_recalled(axis):
    axis.sent(LETTER)
    recall = letter(sender=edxml.Party(A), business=business(BusinessType.RECALL), attachments=())
    assert axis.refusal(recall, A)[0] == "22"


def test_answer_names_the_document_it_answers(axis):
    axis.sent(LETTER)
    answering = edxml.ResponseFor(S, "217/SGD-VP", LETTER.document_id, dt.date(2027, 1, 15))
    found = axis.document(
        axis.sent(letter(sender=edxml.Party(A), recipients=to(S), responses=(answering,)), A), A
    )
    assert found["manifest"]["refers_to"] == [{"from": S, "number": "217/SGD-VP", "issued_on": "2027-01-15"}]


@pytest.mark.parametrize(
    "about",
    [
        {},
        {"document_id": ""},
        {"document_id": "", "promulgated_on": None},
        {"code": ""},
        {"organ_id": "G94"},
        {"document_id": f"{S},2027/01/15,217/SGD-VP", "code": "", "promulgated_on": None},
        {"organ_id": B, "code": ""},
    ],
)
def test_status_finds_its_delivery_however_the_document_is_named(axis, about):
    first = axis.sent(LETTER)
    axis.sent(status("03", note="Đã tiếp nhận", **about), A)
    assert axis.statuses(first) == {A: "03", B: None}
    assert axis.deliveries(first)[A]["note"] == "Đã tiếp nhận"


def test_status_finds_a_rest_document_by_the_axis_own_id(axis):
    first = axis.sent_over_rest()
    axis.sent(status("01", document_id=first, code=""), A)
    axis.sent(status("03"), A)
    assert axis.statuses(first)[A] == "03"


def test_document_that_there_is_not_is_named(axis):
    axis.sent(LETTER)
    code, description = axis.refusal(status("03", document_id="không,có", code=""), A)
    assert code == "22"
    assert "ResponseFor/DocumentId" in description


def test_document_of_others_is_not_there(axis):
    axis.sent(letter(recipients=(edxml.Party(B),)))
    assert axis.refusal(status("03"), A)[0] == "22"


@pytest.mark.parametrize("code", ["15", "16"])
@pytest.mark.parametrize("kind", [BusinessType.RECALL, BusinessType.UPDATE, BusinessType.REPLACE])
def test_answer_to_what_a_document_asks_goes_to_the_document_it_concerned(axis, code, kind):
    first = axis.sent(LETTER)
    asking = letter(
        document_id="một mã khác",
        code=edxml.DocumentCode("9", "SGD-VP"),
        business=business(kind, document_id=LETTER.document_id),
    )
    second = axis.sent(asking)
    axis.sent(status(code, note="ý kiến", document_id="một mã khác", code="9/SGD-VP"), A)
    assert axis.statuses(first)[A] == code
    assert axis.statuses(second) == {A: None, B: None}


def test_answer_finds_what_was_asked_where_both_documents_have_one_id(axis):
    first = axis.sent(LETTER)
    second = axis.sent(letter(business=business(BusinessType.UPDATE), subject="bản mới"))
    axis.sent(status("03"), A)
    axis.sent(status("15"), A)
    assert axis.statuses(first)[A] == "15"
    assert axis.statuses(second)[A] == "03"
