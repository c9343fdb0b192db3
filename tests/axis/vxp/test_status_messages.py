"""Status messages: which delivery they are about, what is refused, and that saying it again adds nothing."""

import dataclasses

import pytest
from support.old_protocol_exchange import LETTER, REST, A, B, S, letter, status

from axis.protocol import edxml
from axis.vxp import status_messages


def test_status_reaches_its_sender_on_the_old_protocol_byte_for_byte(axis):
    axis.sent(LETTER)
    staff = edxml.Staff("Văn thư", "Nguyễn Thị Ngọc Trâm", "vt@example.vn", "0912 000 001")
    message = edxml.write(dataclasses.replace(status("03"), staff=staff))
    axis.sent(message, A, messagetype="status")
    (item,) = axis.clients[S].received("status")["data"]
    assert (item["from"], item["to"]) == (A, S)
    assert axis.clients[S].edoc(item["docId"])[1] == message
    assert axis.clients[S].download(item["docId"]) == message


def test_long_status_message_is_said_anew(axis, monkeypatch):
    monkeypatch.setattr(status_messages, "KEPT_BYTES", 100)
    axis.sent(LETTER)
    axis.sent(status("03", note="Đã vào sổ"), A)
    (item,) = axis.clients[S].received("status")["data"]
    message = edxml.read(axis.clients[S].edoc(item["docId"])[1]).message
    assert (message.code, message.description) == ("03", "Đã vào sổ")


@pytest.mark.parametrize("name", [REST, "000.00.14.H94", "vp.saas.03"])
def test_status_in_anothers_name_is_said_anew_in_the_givers(axis, name):
    axis.sent(LETTER)
    axis.sent(status("02", by=name, note="sai thể thức"), A)
    (item,) = axis.clients[S].received("status")["data"]
    message = edxml.read(axis.clients[S].edoc(item["docId"])[1]).message
    assert (item["from"], message.sender.organ_id, message.description) == (A, A, "sai thể thức")


def test_same_status_again_is_well_and_adds_nothing(axis):
    axis.sent(LETTER)
    assert axis.sent(status("03"), A) == axis.sent(status("03"), A)
    assert len(axis.clients[S].received("status")["data"]) == 1


def test_status_that_comes_again_behind_later_ones_is_well_and_adds_nothing(axis):
    first = axis.sent(LETTER)
    axis.sent(status("01"), A)
    axis.sent(status("03", note="số 5"), A)
    assert axis.sent(status("01"), A) == f"{first}-01"
    assert axis.statuses(first)[A] == "03"
    assert axis.refusal(status("01", note="khác"), A)[0] == "22"


def test_status_that_may_not_follow_is_refused_and_recorded(axis):
    axis.sent(LETTER)
    axis.sent(status("03"), A)
    code, description = axis.refusal(status("01"), A)
    assert code == "22"
    assert "edxml:StatusCode" in description
    (refusal,) = axis.refusals(A)
    assert refusal["code"] == "status-not-allowed"


@pytest.mark.parametrize("code", ["02", "13", "16"])
def test_status_that_needs_a_reason_names_description(axis, code):
    axis.sent(LETTER)
    by = S if code == "13" else A
    found, description = axis.refusal(status(code, by=by), by)
    assert found == "22"
    assert "edxml:Description" in description


def test_reason_that_is_too_long_names_description(axis):
    axis.sent(LETTER)
    code, description = axis.refusal(status("02", note="x" * 2_001), A)
    assert code == "22"
    assert "edxml:Description" in description


def test_addressee_that_is_no_agency_is_refused(axis):
    axis.sent(LETTER)
    code, description = axis.refusal(status("03", organ_id="000.00.00.H77"), A)
    assert code == "18"
    assert "000.00.00.H77" in description


def test_request_of_the_sender_goes_to_the_agency_addressed(axis):
    first = axis.sent(LETTER)
    axis.sent(status("13", by=S, note="xin lại", organ_id=B), S)
    assert axis.statuses(first) == {A: None, B: "13"}
    (item,) = axis.clients[B].received("status")["data"]
    assert item["from"] == S


def test_request_addressed_to_its_own_sender_goes_to_all(axis):
    first = axis.sent(LETTER)
    axis.sent(status("13", by=S, note="xin lại"), S)
    assert axis.statuses(first) == {A: "13", B: "13"}
    axis.sent(status("13", by=S, note="xin lại"), S)
    axis.sent(status("16", note="đang xử lý"), A)
    assert axis.statuses(first) == {A: "16", B: "13"}


def test_receiver_may_not_ask_a_document_back(axis):
    axis.sent(LETTER)
    assert axis.refusal(status("13", note="xin lại"), A)[0] == "22"


def test_status_of_a_unit_is_given_by_the_agency_the_document_went_to(axis):
    first = axis.sent(letter(sender=edxml.Party(A), recipients=(edxml.Party(S),)), A)
    unit = status("03", by="000.00.14.G94", organ_id=A)
    axis.sent(unit, S)
    assert axis.document(first, A)["deliveries"][0]["by"] == S


def test_status_of_rest_and_of_the_old_protocol_are_one_line(axis):
    first = axis.sent(letter(recipients=(edxml.Party(REST),)))
    answer = axis.rest[REST].post(f"/v1/deliveries/{first}.0/statuses", json={"code": "03"})
    assert answer.status_code == 201
    (item,) = axis.clients[S].received("status")["data"]
    message = edxml.read(axis.clients[S].edoc(item["docId"])[1]).message
    assert (message.code, message.about.document_id) == ("03", LETTER.document_id)


def test_one_digit_is_taken_with_a_warning(axis):
    axis.sent(LETTER)
    written = edxml.write(dataclasses.replace(status("03"))).replace(b"Code>03<", b"Code>3<")
    reply = axis.send(written, A, messagetype="status")
    assert "status-one-digit" in reply["ErrorDesc"]
