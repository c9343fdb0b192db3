"""What an agency sent over either door, as the old protocol lists it."""

import pytest
from support.exchange import MONDAY, UNDER_A, A, B, C
from support.vxp_calls import Calls

from axis.deliveries.expiry import expire_some

DAY = 86_400_000_000


@pytest.fixture
def calls(exchange):
    exchange.connect(B)
    return Calls(exchange)


def listed(calls, agency=A, **more):
    return calls(agency, "getSentEdocList", **more)["data"]


def test_a_document_is_an_item_for_each_recipient(exchange, calls):
    sent = exchange.send(A, (B, C), number="7/VP", subject="V/v kiểm tra")
    first, second = listed(calls)
    assert first == {
        "serviceType": "eDoc",
        "messageType": "edoc",
        "senderDocId": sent.id,
        "receiverDocId": sent.delivery(0),
        "fromCode": A,
        "toCode": B,
        "title": "V/v kiểm tra",
        "notation": "7/VP",
        "sentTime": "2019/06/03 09:11:09",
        "receivedTime": "",
        "sendStatus": "initial",
        "sendStatusDesc": "Chờ nhận",
        "receiveStatus": "",
        "receiveStatusDesc": "",
        "docId": sent.id,
        "created_time": "2019/06/03 09:11:09",
        "updated_time": "2019/06/03 09:11:09",
        "from": A,
        "to": B,
        "status": "initial",
        "status_desc": "Chờ nhận",
    }
    assert (second["receiverDocId"], second["toCode"]) == (sent.delivery(1), C)


def test_statuses_that_were_given_are_listed_where_they_are_asked_for(exchange, calls):
    exchange.connect(A)
    sent = exchange.send(A, (B, C), number="7/VP", subject="V/v kiểm tra")
    exchange.clock.at += 60_000_000
    exchange.give(B, sent.delivery(0), "01")
    exchange.give(C, sent.delivery(1), "03")
    exchange.clock.at += DAY
    exchange.give(B, sent.delivery(0), "02", "gửi nhầm")
    newest, oldest = listed(calls, B, messagetype="status")
    assert [each["receiveStatus"] for each in (newest, oldest)] == ["02", "01"]
    assert (oldest["messageType"], oldest["senderDocId"]) == ("status", f"{sent.id}-01")
    assert (oldest["fromCode"], oldest["toCode"], oldest["notation"]) == (B, A, "7/VP")
    assert (oldest["sentTime"], oldest["docId"]) == ("2019/06/03 09:12:09", f"{sent.id}-01")
    waiting = calls(A, "getReceivedEdocList", messagetype="status")["data"]
    assert {newest["receiverDocId"], oldest["receiverDocId"]} < {each["docId"] for each in waiting}
    calls(A, "updateStatus", docid=oldest["receiverDocId"], status="done")
    assert [each["sendStatus"] for each in listed(calls, B, messagetype="status")] == ["initial", "done"]
    assert [each["messageType"] for each in listed(calls, A)] == ["edoc", "edoc"]
    assert listed(calls, B, messagetype="status", fromDate="2019/06/05") == []
    assert len(listed(calls, B, messagetype="status", toDate="2019/06/03")) == 1


def test_a_document_that_expired_says_when(exchange, calls):
    exchange.send(A, (B,))
    exchange.clock.at += 30 * DAY
    assert expire_some(exchange.database, exchange.clock, exchange.recorder, 30) == 1
    (item,) = listed(calls)
    assert (item["expiredTime"], item["receiveStatus"]) == ("2019/07/03 09:11:09", "")


def test_it_says_what_the_recipient_said_last_and_when_first(exchange, calls):
    sent = exchange.send(A, (B,))
    exchange.clock.at += 60_000_000
    exchange.give(B, sent.delivery(), "01")
    exchange.clock.at += DAY
    exchange.give(B, sent.delivery(), "03")
    (item,) = listed(calls)
    assert item["receivedTime"] == "2019/06/03 09:12:09"
    assert (item["receiveStatus"], item["receiveStatusDesc"]) == ("03", "Đã tiếp nhận")


def test_transport_is_what_the_recipients_system_says(exchange, calls):
    sent = exchange.send(A, (B,))
    calls(B, "updateStatus", docid=sent.delivery(), status="processing")
    (item,) = listed(calls)
    assert (item["sendStatus"], item["sendStatusDesc"]) == ("processing", "Đang nhận")


def test_a_recipient_on_rest_has_it_once_it_gave_a_status(exchange, calls):
    sent = exchange.send(A, (C,))
    exchange.give(A, sent.delivery(), "13", "gửi nhầm")
    (before,) = listed(calls)
    assert (before["sendStatus"], before["receivedTime"]) == ("initial", "")
    exchange.give(C, sent.delivery(), "15")
    (after,) = listed(calls)
    assert (after["sendStatus"], after["receiveStatus"]) == ("done", "15")


def test_it_lists_what_the_systems_agencies_sent_and_no_others(exchange, calls):
    exchange.send(B, (A,))
    below = exchange.send(UNDER_A, (B,))
    assert [(item["senderDocId"], item["fromCode"]) for item in listed(calls)] == [(below.id, UNDER_A)]


def test_days_narrow_the_list_both_inclusive(exchange, calls):
    sent = []
    for day in range(4):
        exchange.clock.at = MONDAY + day * DAY
        sent.append(exchange.send(A, (B,)).id)

    def between(**days):
        return [item["senderDocId"] for item in listed(calls, **days)]

    assert between(fromDate="2019/06/04") == sent[:0:-1]
    assert between(toDate="04/06/2019") == sent[1::-1]
    assert between(fromDate="2019-06-04", toDate="05062019") == sent[2:0:-1]
    assert between(fromDate="2020-01-01") == []


def test_an_own_document_narrows_the_list_to_itself(exchange, calls):
    sent = exchange.send(A, (B, C))
    exchange.send(A, (B,))
    assert {item["senderDocId"] for item in listed(calls, docId=sent.id)} == {sent.id}


@pytest.mark.parametrize("which", ["another's", "an item", "unknown", "nonsense"])
def test_whatever_else_is_left_in_the_headers_narrows_nothing(exchange, calls, which):
    received = exchange.send(B, (A,))
    sent = exchange.send(A, (B,))
    stale = {
        "another's": received.id,
        "an item": sent.delivery(),
        "unknown": "00000000-0000-0000-0000-000000000000",
        "nonsense": "\x00 đ",
    }[which]
    exchange.send(A, (C,))
    more = {"status": "done", "from": C, "to": f'["{C}"]', "AgencyCode": C, "docid": stale}
    assert len(listed(calls, docId=stale, **more)) == 2


def test_nothing_was_sent_yet(calls):
    assert listed(calls) == []
