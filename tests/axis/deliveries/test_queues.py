"""Queues of the old protocol: what waits for a system, and what takes it off."""

import pytest
from support.exchange import UNDER_A, A, B, C, Exchange, Sent, speaking_for

from axis.agencies.systems import revoke_system
from axis.deliveries.queues import (
    Item,
    ItemKind,
    TransportState,
    count_open,
    find_item,
    open_items,
    set_state,
    states_of,
)
from axis.documents.new_documents import Target
from axis.protocol.agency_codes import AgencyCode


def waiting(exchange: Exchange, agency: AgencyCode, kind: ItemKind = "edoc", limit: int = 100) -> list[Item]:
    with exchange.database.read() as tx:
        items = open_items(tx, speaking_for(agency, subtree=True), kind, limit=limit)
        assert count_open(tx, speaking_for(agency, subtree=True), kind) >= len(items)
        return items


def mark(exchange: Exchange, item: Item, state: TransportState) -> None:
    exchange.database.write(lambda tx: set_state(tx, item, state, exchange.clock.now()))


def test_only_agencies_of_the_old_protocol_have_a_queue(exchange: Exchange) -> None:
    exchange.connect(B)
    sent = exchange.send(to=(B, C))
    assert [(item.id, item.agency, item.sender, item.state) for item in waiting(exchange, B)] == [
        (sent.delivery(0), B, A, "initial")
    ]
    assert waiting(exchange, C) == []


def test_a_system_gets_what_is_for_the_agencies_below_its_own(exchange: Exchange) -> None:
    exchange.connect(A)
    sent = exchange.send(sender=B, to=(UNDER_A,))
    assert [item.agency for item in waiting(exchange, A)] == [UNDER_A]
    assert [item.id for item in waiting(exchange, UNDER_A)] == [sent.delivery(0)]


def test_a_new_system_finds_what_waits_and_not_what_was_answered(exchange: Exchange) -> None:
    answered, unanswered = exchange.send(), exchange.send()
    exchange.give(B, answered.delivery(), "01")
    exchange.connect(B)
    assert [item.document for item in waiting(exchange, B)] == [unanswered.id]
    assert exchange.database.write(lambda tx: revoke_system(tx, B, exchange.clock.now()))
    exchange.send()
    exchange.connect(B)  # a second time, over what lies there
    assert len(waiting(exchange, B)) == 2


@pytest.mark.parametrize("state", ["done", "fail"])
def test_done_and_failed_items_are_listed_no_more(exchange: Exchange, state: TransportState) -> None:
    exchange.connect(B)
    first, second = exchange.send(), exchange.send()
    mark(exchange, waiting(exchange, B)[0], state)
    mark(exchange, waiting(exchange, B)[0], "processing")
    assert [(item.id, item.state) for item in waiting(exchange, B)] == [(second.delivery(), "processing")]
    with exchange.database.read() as tx:
        found = find_item(tx, speaking_for(B), first.delivery())
        positions = [item.position for item in waiting(exchange, B)]
        assert states_of(tx, positions) == {positions[0]: "processing"}
    assert found is not None
    assert found.state == state


def test_a_page_holds_the_oldest_items(exchange: Exchange) -> None:
    exchange.connect(B)
    sent = [exchange.send() for _ in range(3)]
    assert [item.document for item in waiting(exchange, B, limit=2)] == [each.id for each in sent[:2]]


def test_a_status_waits_for_the_sender_and_a_request_for_the_receiver(exchange: Exchange) -> None:
    exchange.connect(A)
    exchange.connect(B)
    sent = exchange.send()
    exchange.give(B, sent.delivery(), "03", "vào sổ số 12")
    exchange.give(A, sent.delivery(), "13", "gửi nhầm")
    (accepted,) = waiting(exchange, A, "status")
    assert (accepted.code, accepted.note, accepted.sender, accepted.document) == (
        "03",
        "vào sổ số 12",
        B,
        sent.id,
    )
    (asked,) = waiting(exchange, B, "status")
    assert (asked.code, asked.sender, asked.agency) == ("13", A, B)
    with exchange.database.read() as tx:
        assert find_item(tx, speaking_for(A), accepted.id) == accepted
        assert find_item(tx, speaking_for(B), accepted.id) is None
        assert find_item(tx, speaking_for(B), f"{sent.delivery(1)}-{accepted.position}") is None


def test_whoever_gets_the_asking_document_is_not_told_of_the_request_besides(exchange: Exchange) -> None:
    for agency in (B, C):
        exchange.connect(agency)
    sent = exchange.send(to=(B, C))
    exchange.envelop(
        "update-1", to=(B,), business=2, action="update", asks=(_removing(sent, C),), **_of(sent)
    )
    assert waiting(exchange, B, "status") == []
    (asked,) = waiting(exchange, C, "status")
    assert (asked.code, asked.document) == ("13", sent.id)


def test_others_items_and_nonsense_are_not_found(exchange: Exchange) -> None:
    sent = exchange.send()
    with exchange.database.read() as tx:
        assert (
            find_item(tx, speaking_for(B), sent.delivery()) is not None
        )  # on REST, and an item all the same
        for caller, item in ((C, sent.delivery()), (B, sent.delivery(7)), (B, sent.id), (B, "d-1"), (B, "")):
            assert find_item(tx, speaking_for(caller), item) is None, item


def _removing(sent: Sent, agency: AgencyCode) -> Target:
    return Target(sent.position, removed=frozenset({agency}))


def _of(sent: Sent) -> dict[str, object]:
    return {"refers_to": [{"from": A, "number": sent.number, "issued_on": "2019-06-03"}]}
