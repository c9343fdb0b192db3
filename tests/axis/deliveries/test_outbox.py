"""Over the old protocol: sent documents are found newest first, at a bounded cost."""

import pytest
from support.exchange import A, B, C
from support.vxp_calls import Calls

from axis.deliveries import outbox


@pytest.fixture
def calls(exchange):
    exchange.connect(B)
    return Calls(exchange)


def listed(calls, agency=A, **more):
    return calls(agency, "getSentEdocList", **more)["data"]


def test_the_newest_come_first_and_no_more_than_the_setting_says(exchange, calls):
    sent = [exchange.send(A, (B, C)) for _ in range(3)]
    calls.limit(vxp_list_items=3)
    assert [item["receiverDocId"] for item in listed(calls)] == [
        sent[2].delivery(0), sent[2].delivery(1), sent[1].delivery(0),
    ]  # fmt: skip


def test_documents_far_apart_are_found_through_widening_windows(exchange, calls, monkeypatch):
    monkeypatch.setattr(outbox, "FIRST_WINDOW", 1)
    first = exchange.send(A, (B,))
    for _ in range(7):
        exchange.send(B, (A,))
    last = exchange.send(A, (B,))
    assert [item["senderDocId"] for item in listed(calls)] == [last.id, first.id]


def test_documents_are_read_a_few_at_a_time(exchange, calls, monkeypatch):
    monkeypatch.setattr(outbox, "_DOCUMENTS_AT_ONCE", 2)
    sent = [exchange.send(A, (B, C)).id for _ in range(5)]
    assert [item["senderDocId"] for item in listed(calls)][::2] == sent[::-1]
