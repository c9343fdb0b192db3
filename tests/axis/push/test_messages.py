"""Deliveries and events come in one order, and none is passed over."""

import json
import random

import pytest
from support.exchange import A, B, C, Exchange

from axis.alerts.changes import Finding, settle
from axis.deliveries.events import read_events
from axis.deliveries.inbox import read_inbox
from axis.deliveries.tables import RECIPIENTS_PER_DOCUMENT
from axis.push.messages import (
    KINDS,
    Message,
    Pending,
    newest_place,
    read_pending,
    read_pending_alerts,
    webhook_audience,
)


@pytest.fixture
def busy(exchange: Exchange) -> Exchange:
    """Documents, statuses and refusals in a random order."""
    chance, sent = random.Random(7), []
    for _ in range(40):
        what = chance.choice(("send", "send", "give", "refuse"))
        if what == "send" or not sent:
            sent.append(exchange.send(A, (B, C) if chance.random() < 0.5 else (B,)))
        elif what == "give":
            exchange.give(B, sent.pop().delivery(), "01")
        else:
            exchange.refuse(A)
    return exchange


def audience(exchange: Exchange, code):
    with exchange.database.read() as tx:
        return webhook_audience(tx, exchange.directory, code, subtree=False, agency=None)


def read_all(exchange: Exchange, code, kinds, limit: int) -> list[Message]:
    found, place = [], -1
    while True:
        pending = read_pending(exchange.database, audience(exchange, code), kinds, place, None, limit)
        if pending.place == place:
            return found
        assert len(pending.messages) <= limit
        found += pending.messages
        place = pending.place


@pytest.mark.parametrize("code", [A, B, C])
def test_page_by_page_comes_all_that_inbox_and_events_hold_in_the_ledgers_order(busy, code):
    whole = read_all(busy, code, KINDS, 1_000)
    places = [message.place for message in whole]
    assert places == sorted(set(places))
    for limit in (1, 2, 3, 7):
        assert read_all(busy, code, KINDS, limit) == whole
    deliveries = [message for message in whole if message.kind == "delivery"]
    events = [message for message in whole if message.kind != "delivery"]
    mine = audience(busy, code)
    assert [message.item for message in deliveries] == [
        item for _, item in read_inbox(busy.database, mine, -1, 1_000)
    ]
    assert [(message.place, message.item) for message in events] == [
        (position * RECIPIENTS_PER_DOCUMENT, item)
        for position, item in read_events(busy.database, mine, -1, 1_000)
    ]


def test_kinds_that_are_not_wanted_are_passed_over(busy):
    whole = read_all(busy, A, KINDS, 1_000)
    refusals = read_all(busy, A, ("refusal",), 2)
    assert refusals == [message for message in whole if message.kind == "refusal"] != []


def test_an_interval_ends_where_it_says(busy):
    whole = read_all(busy, B, KINDS, 1_000)
    first, last = whole[2].place, whole[5].place
    pending = read_pending(busy.database, audience(busy, B), KINDS, first, last, 1_000)
    assert pending.messages == whole[3:6]
    assert pending.place == last


def test_the_newest_place_is_that_of_the_last_message_of_all(busy):
    with busy.database.read() as tx:
        newest = newest_place(tx)
    assert newest == max(message.place for code in (A, B, C) for message in read_all(busy, code, KINDS, 100))


def test_an_empty_store_has_no_place(exchange):
    with exchange.database.read() as tx:
        assert newest_place(tx) == -1


def test_operators_are_told_of_each_raising_and_clearing_in_order(exchange: Exchange) -> None:
    at = exchange.clock.now()
    silent, off = Finding("agency-silent", A, {"agency": A}, A), Finding("clock-off", "hub", {})
    settle(exchange.database, ["agency-silent", "clock-off"], [silent, off], at)
    settle(exchange.database, ["agency-silent", "clock-off"], [off], at)
    whole = read_pending_alerts(exchange.database, 0, None, 10)
    assert [(one.place, one.kind, one.item["event"], one.item["name"]) for one in whole.messages] == [
        (1, "alert", "raised", "agency-silent"),
        (2, "alert", "raised", "clock-off"),
        (3, "alert", "cleared", "agency-silent"),
    ]
    body = json.loads(whole.messages[2].body())
    assert (body["type"], body["place"], body["timestamp"]) == ("alert", "4", "2019-06-03T02:11:09.000000Z")
    assert (body["data"]["subject"], body["data"]["state"]) == (A, "cleared")
    first = read_pending_alerts(exchange.database, 0, None, 2)
    assert (first.messages, first.place) == (whole.messages[:2], 2)
    assert read_pending_alerts(exchange.database, 2, 2, 10).messages == []
    assert read_pending_alerts(exchange.database, 3, None, 10) == Pending([], 3)
