"""Over HTTP: what is sent over REST arrives over the old protocol, and the other way, and means the same."""

import datetime as dt

import pytest
from support.old_protocol_exchange import PDF, REST, A, B, OldAxis, S, business, letter, status, to

from axis.protocol import edxml

HOP = b"<edXML:OrganId>axis</edXML:OrganId>"


@pytest.fixture
def axis(database_url, database, tmp_path):  # noqa: ARG001 - the store has its tables
    old = OldAxis(database_url, tmp_path)
    yield old
    old.close()


def waiting(axis, agency, kind="edoc"):
    """The ids of what waits for an agency, whose client says so three times the same."""
    items = axis.clients[agency].received(kind)["data"]
    count = axis.clients[agency].count_edoc if kind == "edoc" else axis.clients[agency].count_status
    assert count() == len(items)
    return [item["docId"] for item in items]


def fetched(axis, agency, item):
    """The bytes of a message, by both ways of fetching it."""
    reply, content = axis.clients[agency].edoc(item)
    assert reply["status"] == "OK", reply
    assert axis.clients[agency].download(item) == content
    return content


def taken(axis, agency, kind="edoc"):
    """What waits for an agency, read as its system would, and taken off its list."""
    messages = []
    for item in waiting(axis, agency, kind):
        reading = edxml.read(fetched(axis, agency, item))
        assert {warning.code for warning in reading.warnings} <= {"attachment-zipped"}
        messages.append(reading.message)
        assert axis.clients[agency].update_status(item, "done")["status"] == "OK"
    assert waiting(axis, agency, kind) == []
    return messages


def answering(document, by, code, note=""):
    """A status as a system makes it of the document that it read."""
    about = edxml.ResponseFor(
        document.sender.organ_id, document.code.text, document.document_id, document.promulgated_on
    )
    return edxml.Status(edxml.Party(by), about, code, note, dt.datetime.now(dt.UTC))


def test_what_the_old_client_sent_reaches_another_whole(axis):
    original = edxml.write(letter())
    axis.sent(original, S)
    for agency in (A, B):
        (item,) = waiting(axis, agency)
        content = fetched(axis, agency, item)
        assert content.count(HOP) == 1
        begin = content.index(b"<edXML:TraceHeader>")
        end = content.index(b"</edXML:TraceHeader>") + len(b"</edXML:TraceHeader>")
        assert content[:begin] + content[end:] == original


def test_its_sender_gets_the_very_bytes_back_over_both_doors(axis):
    original = edxml.write(letter())
    identity = axis.sent(original, S)
    assert fetched(axis, S, identity) == original
    assert axis.rest[S].get(f"/v1/documents/{identity}/edxml").content == original


def test_a_document_from_rest_is_answered_by_the_old_client(axis):
    identity = axis.sent_over_rest(number="9/2027/SGD-VP")
    (document,) = taken(axis, A)
    assert (document.subject, document.attachments[0].content) == ("V/v kiểm tra", PDF)
    axis.sent(answering(document, A, "03", "đã vào sổ"), A)
    assert axis.statuses(identity) == {A: "03", B: None}
    (accepted,) = taken(axis, S, "status")
    assert (accepted.code, accepted.description, accepted.sender.organ_id) == ("03", "đã vào sổ", A)
    assert accepted.about.document_id == document.document_id


def test_the_receiver_on_rest_answers_the_old_client(axis):
    axis.sent(letter(recipients=to(REST)), S)
    (delivery,) = axis.rest[REST].get("/v1/inbox").json()["items"]
    answer = axis.rest[REST].post(
        f"/v1/deliveries/{delivery['id']}/statuses", json={"code": "02", "note": "mờ"}
    )
    assert answer.status_code == 201, answer.text
    (refused,) = taken(axis, S, "status")
    assert (refused.code, refused.description) == ("02", "mờ")
    assert (refused.about.document_id, refused.about.code) == (letter().document_id, "217/SGD-VP")
    (sent,) = axis.clients[S].sent(messagetype="edoc")["data"]
    assert (sent["receiveStatus"], sent["sendStatus"]) == ("02", "done")
    assert (sent["title"], sent["notation"]) == ("V/v kiểm tra đường truyền", "217/SGD-VP")


@pytest.mark.parametrize("first", ["old", "rest"])
def test_a_recall_over_rest_is_agreed_to_by_the_old_client(axis, first):
    identity = axis.sent(letter(recipients=to(A)), S) if first == "old" else axis.sent_over_rest(to=[A])
    (document,) = taken(axis, A)
    refers_to = [{"from": S, "number": "217/SGD-VP", "issued_on": "2027-01-15"}]
    axis.sent_over_rest(to=[A], number="1/TH", action="recall", refers_to=refers_to, subject="thu hồi")
    (recall,) = taken(axis, A)
    assert recall.business.type is edxml.BusinessType.RECALL
    assert recall.business.document_id == document.document_id
    axis.sent(answering(document, A, "15"), A)
    delivery = axis.deliveries(identity)[A]
    assert (delivery["request"], delivery["request_action"]) == ("agreed", "recall")


def test_an_update_by_the_old_client_supersedes_what_came_over_rest(axis):
    identity = axis.sent_over_rest(to=[A])
    (document,) = taken(axis, A)
    update = business(edxml.BusinessType.UPDATE, document_id=document.document_id)
    successor = axis.sent(letter(recipients=to(A), document_id="bản 2", business=update), S)
    (again,) = taken(axis, A)
    assert again.business.document_id == document.document_id
    axis.sent(answering(again, A, "15"), A)
    assert axis.deliveries(identity)[A]["superseded_by"] == successor


def test_what_the_old_client_read_it_can_send_on(axis):
    axis.sent_over_rest(to=[A], number="9/SGD-VP")
    (document,) = taken(axis, A)
    onward = letter(
        sender=edxml.Party(A),
        recipients=to(S),
        document_id=f"{A},2027/01/16,1/TL",
        code=edxml.DocumentCode("1", "TL"),
        responses=(edxml.ResponseFor(S, document.code.text, document.document_id, document.promulgated_on),),
        attachments=document.attachments,
    )
    axis.sent(onward, A)
    (reply,) = taken(axis, S)
    assert reply.responses == onward.responses
    assert [file.content for file in reply.attachments] == [PDF]


def test_statuses_and_documents_are_apart_and_other_stale_headers_harm_nothing(axis):
    identity = axis.sent_over_rest(to=[A])
    client = axis.clients[A]
    (item,) = waiting(axis, A)
    assert client.update_status(item, "processing")["status"] == "OK"
    assert waiting(axis, A) == [item]
    axis.sent(status("01", A, organ_id=S, document_id=identity), A)
    assert waiting(axis, A, "status") == []
    (arrived,) = waiting(axis, S, "status")
    assert axis.clients[S].update_status(arrived, "fail")["status"] == "OK"
    assert [each["senderDocId"] for each in axis.clients[S].sent(messagetype="edoc")["data"]] == [identity]
    assert waiting(axis, S, "status") == []


@pytest.mark.parametrize("item", ["nothing", "00000000-0000-0000-0000-000000000000.0", "x" * 300])
def test_what_is_not_there_fails_without_a_body_to_mistake_for_a_file(axis, item):
    client = axis.clients[A]
    assert client.download(item) == b""
    reply, content = client.edoc(item)
    assert (reply["status"], reply["ErrorCode"], reply["data"], content) == ("FAIL", "20", "", b"")
    assert client.update_status(item, "done")["ErrorCode"] == "20"


def test_a_list_of_unreadable_days_fails_with_an_empty_list(axis):
    reply = axis.clients[A].received(fromDate="yesterday")
    assert (reply["status"], reply["ErrorCode"], reply["data"]) == ("FAIL", "20", [])
    assert "fromDate" in reply["ErrorDesc"]
