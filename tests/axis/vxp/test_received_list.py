"""What lies ready for an agency on the old protocol, as its client lists it."""

import re

import pytest
from support.exchange import MONDAY, UNDER_A, A, B, C
from support.vxp_calls import Calls

DAY = 86_400_000_000


@pytest.fixture
def calls(exchange):
    exchange.connect(A)
    exchange.connect(B)
    return Calls(exchange)


def listed(calls, agency, kind="edoc", **more):
    return calls(agency, "getReceivedEdocList", messagetype=kind, **more)["data"]


def test_a_document_is_listed_for_its_recipient_with_every_member(exchange, calls):
    sent = exchange.send(A, (B, C))
    (item,) = listed(calls, B)
    assert item == {
        "docId": sent.delivery(),
        "serviceType": "eDoc",
        "messageType": "edoc",
        "created_time": "2019/06/03 09:11:09",
        "updated_time": "2019/06/03 09:11:09",
        "from": A,
        "to": B,
        "status": "initial",
        "status_desc": "Chờ nhận",
    }
    assert calls(B, "countReceiveEdoc")["count"] == 1
    assert listed(calls, A) == []


def test_a_system_lists_what_came_for_the_agencies_below_its_own(exchange, calls):
    sent = exchange.send(B, (UNDER_A,))
    assert [(item["docId"], item["to"]) for item in listed(calls, A)] == [(sent.delivery(), UNDER_A)]


def test_the_oldest_come_first_and_no_more_than_the_setting_says(exchange, calls):
    sent = [exchange.send(A, (B,)).delivery() for _ in range(3)]
    calls.limit(vxp_list_items=2)
    assert [item["docId"] for item in listed(calls, B)] == sent[:2]
    assert calls(B, "countReceiveEdoc")["count"] == 3


def test_a_status_is_listed_for_the_documents_sender(exchange, calls):
    sent = exchange.send(A, (B,))
    exchange.give(B, sent.delivery(), "01")
    exchange.clock.at += DAY
    exchange.give(B, sent.delivery(), "03")
    first, second = listed(calls, A, "status")
    assert re.fullmatch(rf"{re.escape(sent.delivery())}-\d+", first["docId"])
    assert first["docId"] != second["docId"]
    assert (second["messageType"], second["from"], second["to"]) == ("status", B, A)
    assert second["created_time"] == "2019/06/04 09:11:09"
    assert calls(A, "countReceiveStatus")["count"] == 2
    assert listed(calls, B, "status") == []


def test_a_request_is_listed_for_the_receiving_agency(exchange, calls):
    sent = exchange.send(A, (B,))
    exchange.give(A, sent.delivery(), "13", "gửi nhầm")
    (item,) = listed(calls, B, "status")
    assert (item["from"], item["to"]) == (A, B)


def test_days_narrow_the_list_both_inclusive(exchange, calls):
    sent = []
    for day in range(3):
        exchange.clock.at = MONDAY + day * DAY
        sent.append(exchange.send(A, (B,)).delivery())

    def between(**days):
        return [item["docId"] for item in listed(calls, B, **days)]

    assert between(fromDate="2019/06/04") == sent[1:]
    assert between(toDate="04/06/2019") == sent[:2]
    assert between(fromDate="2019-06-04", toDate="2019-06-04T00:00:00") == sent[1:2]


def test_what_earlier_calls_left_in_the_headers_narrows_nothing(exchange, calls):
    exchange.send(A, (B,))
    stale = {"status": "done", "from": C, "to": f'["{C}"]', "docId": "x", "docid": "y", "AgencyCode": C}
    assert len(listed(calls, B, **stale)) == 1


def test_an_unknown_kind_of_message_is_refused_by_name(calls):
    code, sentence = calls.refusal(B, "getReceivedEdocList", messagetype="mail")
    assert code == "20"
    assert "messagetype: found mail" in sentence
