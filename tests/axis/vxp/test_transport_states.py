"""How far a receiver's system says it is with an item, and what that does to its lists."""

import pytest
from support.exchange import A, B, C
from support.vxp_calls import Calls


@pytest.fixture
def calls(exchange):
    exchange.connect(A)
    exchange.connect(B)
    return Calls(exchange)


def states(calls, agency, kind="edoc"):
    data = calls(agency, "getReceivedEdocList", messagetype=kind)["data"]
    return {item["docId"]: (item["status"], item["status_desc"]) for item in data}


@pytest.mark.parametrize("state", ["done", "fail"])
@pytest.mark.parametrize("name", ["docid", "docId"])
def test_done_and_fail_take_an_item_off_the_list(exchange, calls, state, name):
    sent = exchange.send(A, (B,))
    calls(B, "updateStatus", **{name: sent.delivery(), "status": state})
    assert states(calls, B) == {}
    assert calls(B, "countReceiveEdoc")["count"] == 0


def test_processing_keeps_it_and_says_since_when(exchange, calls):
    sent = exchange.send(A, (B,))
    exchange.clock.at += 60_000_000
    calls(B, "updateStatus", docid=sent.delivery(), status="processing")
    assert states(calls, B) == {sent.delivery(): ("processing", "Đang nhận")}
    (item,) = calls(B, "getReceivedEdocList")["data"]
    assert (item["created_time"], item["updated_time"]) == ("2019/06/03 09:11:09", "2019/06/03 09:12:09")


def test_saying_it_again_is_as_good_as_once(exchange, calls):
    sent = exchange.send(A, (B,))
    for _ in range(2):
        calls(B, "updateStatus", docid=sent.delivery(), status="done")
    assert states(calls, B) == {}


def test_of_two_items_named_the_one_changed_is_said(exchange, calls):
    one, other = (exchange.send(A, (B,)).delivery() for _ in range(2))
    reply = calls(B, "updateStatus", docid=one, docId=other, status="done")
    assert f"Changed {one}; {other} was named too" in reply["ErrorDesc"]
    assert set(states(calls, B)) == {other}
    assert calls(B, "updateStatus", docid=other, docId=other, status="done")["ErrorDesc"] == "Success"


def test_an_item_can_be_put_on_the_list_again(exchange, calls):
    sent = exchange.send(A, (B,))
    calls(B, "updateStatus", docid=sent.delivery(), status="fail")
    calls(B, "updateStatus", docid=sent.delivery(), status="initial")
    assert states(calls, B) == {sent.delivery(): ("initial", "Chờ nhận")}


def test_statuses_are_moved_as_documents_are(exchange, calls):
    sent = exchange.send(A, (B,))
    exchange.give(B, sent.delivery(), "01")
    (item,) = states(calls, A, "status")
    calls(A, "updateStatus", docid=item, status="done")
    assert states(calls, A, "status") == {}
    assert states(calls, B) != {}


def test_it_moves_no_delivery(exchange, calls):
    sent = exchange.send(A, (B,))
    calls(B, "updateStatus", docid=sent.delivery(), status="done")
    assert states(calls, A, "status") == {}
    exchange.give(B, sent.delivery(), "01")


def test_an_unknown_state_is_refused_by_name(exchange, calls):
    sent = exchange.send(A, (B,))
    code, sentence = calls.refusal(B, "updateStatus", docid=sent.delivery(), status="read")
    assert code == "20"
    assert "found read" in sentence
    assert "initial, processing, done, fail" in sentence
    assert states(calls, B)[sent.delivery()][0] == "initial"


@pytest.mark.parametrize("which", ["another's", "unknown", "nonsense", "the document itself"])
def test_an_item_of_anothers_looks_like_none(exchange, calls, which):
    sent = exchange.send(A, (B, C))
    item = {
        "another's": sent.delivery(1),
        "unknown": f"{sent.id[:-4]}0000.0",
        "nonsense": "\x00 đ",
        "the document itself": sent.id,
    }[which]
    code, sentence = calls.refusal(B, "updateStatus", docid=item, status="done")
    assert code == "20"
    assert sentence.startswith("There is no such item")
