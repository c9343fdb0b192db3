"""The list of deliveries: its filters, who sees what, and that every figure is the length of a list."""

import itertools
import random

import pytest
from support.exchange import AUDITOR, MONDAY, UNDER_A, A, B, C, speaking_for
from support.mixed_history import DAY, history

from axis.clock import real_now
from axis.compliance.deadline_statistics import deadline_items
from axis.compliance.statistics import Question, exchange_items, signature_items
from axis.compliance.statistics_periods import spans_of
from axis.database import paging
from axis.database.store_facts import CLOCK_OFFSET, set_fact
from axis.deliveries.filters import STATES, DeliveryQuery
from axis.deliveries.listing import describe_delivery, list_deliveries
from axis.documents.filters import DocumentQuery
from axis.documents.listing import list_documents
from axis.documents.tables import deliveries
from axis.protocol.errors import NotFound
from axis.protocol.statuses import DeliveryState, outcome


def listed(exchange, caller=AUDITOR, limit=1000, **filters):
    return walked(exchange, list_deliveries, DeliveryQuery, caller, limit, filters)


def documents(exchange, caller=AUDITOR, limit=1000, **filters):
    return walked(exchange, list_documents, DocumentQuery, caller, limit, filters)


def walked(exchange, read, model, caller, limit, filters):
    """Every item of a list, of all its pages."""
    named = {name.rstrip("_"): value for name, value in filters.items() if value is not None}
    found, after = [], {}
    while True:
        query = model.model_validate({**named, **after, "limit": limit})
        with exchange.database.read() as tx:
            items, following = read(tx, query, caller)
        assert len(items) <= limit
        found += items
        if following is None:
            return found
        after = {"after": following}


def ids(items):
    return [item["id"] for item in items]


def test_every_figure_of_the_exchange_is_the_length_of_a_list(exchange):
    history(exchange, seed=1)
    a_message_and_a_recall(exchange)
    for by in (("agency",), ("agency", "month"), ("day",), ("type",), ("level",), ()):
        for sender, recipient in itertools.product((None, A), (None, B)):
            for row in exchanged(exchange, by, sender, recipient):
                compare(exchange, AUDITOR, row, sender, recipient)
    for caller in (speaking_for(A), speaking_for(A, subtree=True)):
        for row in exchanged(exchange, ("agency", "day"), None, None, caller):
            compare(exchange, caller, row, None, None)
        (row,) = exchanged(exchange, (), None, None, caller)
        compare(exchange, caller, row, None, None)


def test_every_figure_of_the_messages_is_the_length_of_a_list(exchange):
    a_message_and_a_recall(exchange)
    question = Question(spans_of(None, None, by_day=False), ("kind",), type="thong-diep")
    with exchange.database.read() as tx:
        (row,) = exchange_items(tx, exchange.directory, AUDITOR, question)
    asked = {"type": "thong-diep", "kind": row["kind"], "counted": "true"}
    assert row["sent"] == len(documents(exchange, **asked)) == 1
    assert row["received"] == len(listed(exchange, **asked)) == 2
    assert row["pending"] == len(listed(exchange, **asked, state="pending")) == 1


def test_every_figure_of_the_signatures_is_the_length_of_a_list(exchange):
    history(exchange, seed=2)
    a_message_and_a_recall(exchange)
    question = Question(spans_of(None, None, by_day=False), ("agency", "month"))
    with exchange.database.read() as tx:
        rows = signature_items(tx, AUDITOR, question)
    assert any(row["indeterminate"] for row in rows)
    for row in rows:
        asked = {"sender": row["agency"], **month(row["month"]), "counted": "true"}
        assert row["sent"] == len(documents(exchange, **asked))
        assert row["signed"] == len(documents(exchange, **asked, signed="true"))
        assert row["sent"] - row["signed"] == len(documents(exchange, **asked, signed="false"))
        for name in ("both", "organisation", "person"):
            assert row[name] == len(documents(exchange, **asked, signed_by=name))
        for name, indication in (("indeterminate", "INDETERMINATE"), ("failed", "TOTAL-FAILED")):
            assert row[name] == len(documents(exchange, **asked, indication=indication))
        assert row["unsigned"] == len(documents(exchange, **asked, indication="none"))


def test_every_figure_of_the_deadlines_is_the_length_of_a_list(exchange):
    history(exchange, seed=4)
    a_message_and_a_recall(exchange)
    now = exchange.clock.now() + DAY // 4
    moved = now - real_now()
    exchange.database.write(lambda tx: set_fact(tx, CLOCK_OFFSET, str(moved)))
    question = Question(spans_of(None, None, by_day=False), ("agency",))
    with exchange.database.read() as tx:
        rows = deadline_items(tx, exchange.directory, AUDITOR, question, now)
    assert all(sum(row[name] for row in rows) for name in ("sent_late", "answered_late", "overdue"))
    for row in rows:
        for caller in (AUDITOR, speaking_for(row["agency"])):
            sent = {"sender": row["agency"], "side": "sent"}
            received = {"recipient": row["agency"], "side": "received"}
            for deadline in ("late", "in_time"):
                assert row[f"sent_{deadline}"] == len(documents(exchange, caller, **sent, deadline=deadline))
                assert row[f"answered_{deadline}"] == len(
                    listed(exchange, caller, **received, deadline=deadline)
                )
            for deadline in ("overdue", "open"):
                found = listed(exchange, caller, **received, deadline=deadline)
                assert row[deadline] == len(found)
                assert {item["document"] for item in found} == set(
                    ids(documents(exchange, caller, **received, deadline=deadline))
                )


def a_message_and_a_recall(exchange):
    exchange.clock.at = MONDAY + 50 * DAY
    message = exchange.send_message("dossier", A, (B, C))
    exchange.give(C, message.delivery(1), "03")
    exchange.send(UNDER_A, (A, B))
    exchange.ask("recall", exchange.send(A, (B,)))


def exchanged(exchange, by, sender, recipient, caller=AUDITOR):
    question = Question(spans_of(None, None, by_day="day" in by), by, sender, recipient)
    with exchange.database.read() as tx:
        return exchange_items(tx, exchange.directory, caller, question)


def month(text):
    last = {"2019-06": "30", "2019-07": "31"}[text]
    return {"from": f"{text}-01", "to": f"{text}-{last}"}


def compare(exchange, caller, row, sender, recipient):
    """Hold each figure of a row against the list that it opens."""
    asked = {"counted": "true", "type": row.get("type")}
    if "month" in row:
        asked |= month(row["month"])
    if "day" in row:
        asked |= {"from": row["day"], "to": row["day"]}
    sent = {**asked, "sender": row.get("agency"), "recipient": recipient, "side": "sent"}
    received = {**asked, "recipient": row.get("agency"), "sender": sender, "side": "received"}
    sent["sender_level"] = received["recipient_level"] = row.get("level")
    if sender is not None and sent["sender"] in {None, sender}:
        sent["sender"] = sender
    if recipient is not None and received["recipient"] in {None, recipient}:
        received["recipient"] = recipient
    if sender in {None, sent["sender"]}:
        assert row["sent"] == len(documents(exchange, caller, **sent)), (row, sent)
        assert row["addressed"] == len(listed(exchange, caller, **sent)), (row, sent)
    else:
        assert row["sent"] == row["addressed"] == 0
    if recipient in {None, received["recipient"]}:
        assert row["received"] == len(listed(exchange, caller, **received)), (row, received)
        for state in STATES:
            assert row[state] == len(listed(exchange, caller, **received, state=state)), (row, state)
    else:
        assert row["received"] == 0


def test_states_are_those_of_the_statistics(exchange):
    sent = exchange.send(A, (B,))
    processings, requests, actions = (
        (None, "01", "02", "03", "06"),
        (None, "open", "agreed", "refused"),
        (None, "recall", "update"),
    )
    for processing, request, action in itertools.product(processings, requests, actions):
        values = {"processing": processing, "request": request, "request_action": action}
        exchange.database.write(
            lambda tx, values=values: tx.execute(deliveries.update().values(**values)) and None
        )
        expected = outcome(DeliveryState(processing=processing, request=request), action)
        (item,) = listed(exchange)
        assert (item["id"], item["state"]) == (sent.delivery(), expected)
        for state in STATES:
            assert bool(listed(exchange, state=state)) == (state == expected)


def test_an_agency_lists_what_it_sent_and_received_and_nothing_else(exchange):
    first = exchange.send(A, (B, C))
    second = exchange.send(B, (A, C))
    exchange.send(C, (B,))
    own = [first.delivery(0), first.delivery(1), second.delivery(0)]
    assert ids(listed(exchange, speaking_for(A))) == own
    assert ids(listed(exchange, speaking_for(A), side="received")) == own[2:]
    assert ids(listed(exchange, speaking_for(A), side="sent")) == own[:2]
    assert (
        ids(listed(exchange, speaking_for(A), recipient=C)) == own[1:2]
    )  # not of the one that B sent to both


def test_an_auditor_sees_all_from_either_side(exchange):
    sent = exchange.send(A, (B, C))
    every = [sent.delivery(0), sent.delivery(1)]
    assert all(ids(listed(exchange, side=side)) == every for side in (None, "sent", "received"))


@pytest.mark.parametrize("limit", [1, 2, 3, 1000])
def test_pages_hold_every_delivery_once(exchange, limit, monkeypatch):
    monkeypatch.setattr(paging, "LOOKED_AT", (2, 3))
    sent = [exchange.send(sender, to) for sender, to in [(A, (B, C)), (B, (A,)), (A, (C, B)), (C, (A, B))]]
    every = [each.delivery(n) for each, n in itertools.product(sent, (0, 1)) if (each, n) != (sent[1], 1)]
    assert ids(listed(exchange, limit=limit)) == every
    assert ids(listed(exchange, limit=limit, sender=A)) == [
        each.delivery(n) for each in (sent[0], sent[2]) for n in (0, 1)
    ]
    assert ids(listed(exchange, limit=limit, sender=A, recipient=B)) == [
        sent[0].delivery(0),
        sent[2].delivery(1),
    ]
    assert ids(listed(exchange, speaking_for(B), limit=limit)) == [
        sent[0].delivery(0), sent[1].delivery(0), sent[2].delivery(1), sent[3].delivery(1)
    ]  # fmt: skip


def test_filters_together_find_what_each_finds_alone(exchange):
    history(exchange, seed=3)
    a_message_and_a_recall(exchange)
    every = listed(exchange)
    chance = random.Random(3)
    choices = {
        "sender": [A, B, C, UNDER_A],
        "recipient": [A, B, C],
        "type": ["cong-van", "bao-cao", "thong-diep"],
        "action": ["new", "recall"],
        "indication": ["TOTAL-PASSED", "INDETERMINATE"],
        "signed_by": ["both", "person", "none"],
        "state": STATES,
        "status": ["01", "02", "03", "13", "15", "16"],
        "request": ["open", "agreed", "refused"],
        "priority": ["normal", "urgent"],
    }
    names = {"sender": "from", "recipient": "to"}
    for name, values in choices.items():
        for value in values:
            alone = [item for item in every if item[names.get(name, name)] == value]
            assert listed(exchange, **{name: value}) == alone
    for _ in range(60):
        asked = {name: chance.choice(choices[name]) for name in chance.sample(list(choices), 3)}
        expected = [
            item
            for item in every
            if all(item[names.get(name, name)] == value for name, value in asked.items())
        ]
        assert listed(exchange, **asked) == expected
    assert len(listed(exchange, text="kiem tra", recipient=B)) == sum(
        item["to"] == B and item["subject"] == "V/v kiểm tra" for item in every
    )
    assert listed(exchange, text='"…"') == []
    assert ids(listed(exchange, number="1/VP")) == [item["id"] for item in every if item["number"] == "1/VP"]


def test_a_delivery_tells_its_statuses_in_order_to_its_parties_and_auditors_alone(exchange):
    sent = exchange.send(A, (B, C))
    exchange.give(B, sent.delivery(0), "01")
    exchange.give(B, sent.delivery(0), "03", "đã vào sổ")
    exchange.give(A, sent.delivery(0), "13", "gửi nhầm")
    exchange.give(C, sent.delivery(1), "02", "không đúng thẩm quyền")
    with exchange.database.read() as tx:
        for caller in (AUDITOR, speaking_for(A), speaking_for(B)):
            told = describe_delivery(tx, caller, sent.delivery(0))
            assert [each["code"] for each in told["statuses"]] == ["01", "03", "13"]
            assert [each["request"] for each in told["statuses"]] == [None, None, "recall"]
            assert (told["state"], told["status"], told["note"]) == ("handled", "13", "gửi nhầm")
        for caller, delivery in (
            (speaking_for(C), sent.delivery(0)),
            (speaking_for(UNDER_A), sent.delivery(0)),
            (AUDITOR, sent.delivery(2)),
            (AUDITOR, sent.id),
            (AUDITOR, f"{sent.id}.01"),
        ):
            with pytest.raises(NotFound):
                describe_delivery(tx, caller, delivery)


def test_a_replaced_delivery_names_what_replaced_it(exchange):
    sent = exchange.send(A, (B,))
    replacement = exchange.ask("replace", sent)
    exchange.give(B, sent.delivery(), "15", "đồng ý")
    (item, other) = listed(exchange)
    assert (item["request_action"], item["superseded_by"]) == ("replace", replacement.id)
    assert (other["id"], other["superseded_by"]) == (replacement.delivery(), None)
