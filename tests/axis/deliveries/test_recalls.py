"""Recalls, updates and replacements open requests, and receivers answer them."""

import dataclasses

import pytest
from sqlalchemy import select
from support.exchange import A, B, C, Exchange, Sent

from axis.deliveries.tables import deliveries, events
from axis.documents.new_documents import Target
from axis.documents.tables import documents
from axis.ledger.tree_checks import read_leaves
from axis.protocol.errors import StatusNotAllowed


def standing(exchange: Exchange, position: int) -> dict[str, tuple[str | None, str | None]]:
    with exchange.database.read() as tx:
        rows = tx.execute(select(deliveries).where(deliveries.c.document == position))
        return {row.recipient: (row.request, row.request_action) for row in rows}


def test_a_recall_opens_a_request_on_every_delivery_of_what_it_names(exchange: Exchange) -> None:
    one, two = exchange.send(to=(B, C)), exchange.send(to=(C,))
    recall = exchange.ask("recall", one, two, subject="V/v thu hồi")
    assert standing(exchange, one.position) == {B: ("open", "recall"), C: ("open", "recall")}
    assert standing(exchange, two.position) == {C: ("open", "recall")}
    assert standing(exchange, recall.position) == {B: (None, None)}
    with exchange.database.read() as tx:
        found = tx.execute(select(events).order_by(events.c.position)).all()
        leaves = [leaf for _, leaf in read_leaves(tx) if leaf["event"] == "status"]
    assert [(event.code, event.note, event.by, event.request) for event in found] == [
        ("13", "V/v thu hồi", A, "recall")
    ] * 3
    assert [leaf["request"] for leaf in leaves] == [{"action": "recall", "document": recall.id}] * 3


def test_deliveries_that_were_asked_for_already_are_left_as_they_are(exchange: Exchange) -> None:
    sent = exchange.send(to=(B, C))
    exchange.give(A, sent.delivery(0), "13", "nhầm")
    exchange.ask("update", sent)
    assert standing(exchange, sent.position) == {B: ("open", "recall"), C: ("open", "update")}


def test_a_request_that_can_be_opened_nowhere_refuses_its_document_whole(exchange: Exchange) -> None:
    sent = exchange.send()
    exchange.ask("recall", sent)
    with pytest.raises(StatusNotAllowed) as refused:
        exchange.ask("replace", sent)
    (place,) = refused.value.places
    assert place.found == f"a request for recall waits for the answer of {B}"
    assert place.expected == "its answer first, 15 or 16"
    assert refused.value.params["request"] == "recall"
    exchange.give(B, sent.delivery(), "15")
    with pytest.raises(StatusNotAllowed) as refused:
        exchange.ask("update", sent)
    assert refused.value.places[0].found == f"a request for recall was agreed to by {B}"
    with exchange.database.read() as tx:
        assert len(tx.execute(select(documents.c.id)).all()) == 2
        assert len(list(read_leaves(tx))) == 4


def test_two_recalls_of_one_document_in_one_group_open_one_request(exchange: Exchange) -> None:
    sent = exchange.send()
    refers_to = [{"from": A, "number": sent.number, "issued_on": "2019-06-03"}]
    both = [
        dataclasses.replace(
            exchange.new_document(action="recall", refers_to=refers_to), targets=(sent.position,)
        )
        for _ in range(2)
    ]
    futures = [exchange.record(new) for new in both]
    outcomes = [future.exception() for future in futures]
    assert [type(outcome) for outcome in outcomes] == [type(None), StatusNotAllowed]


def test_after_a_refused_request_a_new_one_may_ask_for_something_else(exchange: Exchange) -> None:
    sent = exchange.send()
    exchange.ask("recall", sent)
    exchange.give(B, sent.delivery(), "16", "đã xử lý xong")
    exchange.ask("replace", sent)
    exchange.give(B, sent.delivery(), "15")
    assert standing(exchange, sent.position) == {B: ("agreed", "replace")}


def test_a_request_may_concern_some_recipients_alone(exchange: Exchange) -> None:
    sent = exchange.send(to=(B, C))
    only_b = Target(sent.position, recipients=frozenset({B}))
    exchange.envelop("recall-1", to=(B,), business=1, action="recall", asks=(only_b,), refers_to=_of(sent))
    assert standing(exchange, sent.position) == {B: ("open", "recall"), C: (None, None)}


def test_an_update_asks_those_it_takes_off_to_give_the_document_back(exchange: Exchange) -> None:
    sent = exchange.send(to=(B, C))
    off = Target(sent.position, removed=frozenset({C}))
    update = exchange.envelop(
        "update-1", to=(B,), business=2, action="update", asks=(off,), refers_to=_of(sent)
    )
    assert standing(exchange, sent.position) == {B: ("open", "update"), C: ("open", "recall")}
    with exchange.database.read() as tx:
        asking = set(
            tx.execute(
                select(deliveries.c.request_document).where(deliveries.c.document == sent.position)
            ).scalars()
        )
    assert asking == {update.id}


def _of(sent: Sent) -> list[dict[str, object]]:
    return [{"from": A, "number": sent.number, "issued_on": "2019-06-03"}]
