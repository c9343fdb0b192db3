"""Deliveries that their receivers leave without a status are told to their senders, once."""

import pytest
from sqlalchemy import delete, select, update
from support.exchange import AUDITOR, MONDAY, A, B, C, Exchange, speaking_for, totals
from support.rejudging import nothing_differs

from axis.compliance.store_checks.leaves_and_rows import check_rows
from axis.database.store_facts import get_fact
from axis.deliveries.expiry import DAY, PROGRESS, expire_some, record_expiries
from axis.deliveries.filters import DeliveryQuery
from axis.deliveries.listing import describe_delivery, list_deliveries
from axis.deliveries.outbox import read_outbox
from axis.deliveries.tables import event_audience, events
from axis.documents.tables import expired_deliveries
from axis.ledger.tree_checks import read_leaves


def expire(exchange: Exchange, days: int = 30, **more: object) -> int:
    return expire_some(exchange.database, exchange.clock, exchange.recorder, days, **more)


def listed(exchange: Exchange, caller=AUDITOR, **filters) -> list[dict]:
    with exchange.database.read() as tx:
        return list_deliveries(tx, DeliveryQuery.model_validate(filters), caller)[0]


def told(exchange: Exchange) -> list[tuple[str, int]]:
    """Who was told of which delivery's document, in the ledger's order."""
    statement = (
        select(event_audience.c.agency, events.c.delivery)
        .join(events, events.c.position == event_audience.c.position)
        .where(events.c.kind == "expired")
        .order_by(events.c.position)
    )
    with exchange.database.read() as tx:
        return [tuple(row) for row in tx.execute(statement)]


def test_a_delivery_expires_when_its_days_are_over_and_its_sender_alone_is_told(exchange: Exchange) -> None:
    silent = exchange.send(to=(B, C))
    exchange.give(C, silent.delivery(1), "01")
    exchange.clock.at = MONDAY + 30 * DAY - 1
    assert (expire(exchange), told(exchange)) == (0, [])
    exchange.clock.at += 1
    assert expire(exchange) == 1
    assert told(exchange) == [(A, silent.position * 1024)]
    with exchange.database.read() as tx:
        event = tx.execute(select(events).where(events.c.kind == "expired")).one()
        leaf = dict(read_leaves(tx))[event.position]
        described = describe_delivery(tx, speaking_for(B), silent.delivery())
    assert (event.at, event.by, event.document) == (exchange.clock.at, None, silent.id)
    assert (leaf["event"], leaf["delivery"]) == ("expiry", silent.delivery())
    assert (leaf["from"], leaf["to"], leaf["at"]) == (A, [B], "2019-07-03T02:11:09.000000Z")
    assert (described["expired_at"], described["statuses"]) == ("2019-07-03T02:11:09.000000Z", [])
    assert nothing_differs(exchange)


def test_a_delivery_expires_once_and_may_still_be_answered(exchange: Exchange) -> None:
    silent = exchange.send()
    exchange.clock.at += 30 * DAY
    assert [expire(exchange), expire(exchange)] == [1, 0]
    before = totals(exchange, A, B)
    assert before == {"addressed": 1, "handled": 0, "refused": 0, "withdrawn": 0}
    assert [item["state"] for item in listed(exchange, expired=True)] == ["pending"]
    exchange.give(B, silent.delivery(), "03")
    assert [item["state"] for item in listed(exchange, expired=True)] == ["handled"]
    assert exchange.recorder.record(record_expiries, (silent.position * 1024,)).result().result == 0
    assert nothing_differs(exchange)


def test_two_processes_that_look_at_once_tell_it_once(exchange: Exchange) -> None:
    silent = exchange.send(to=(B, C))
    places = (silent.position * 1024, silent.position * 1024 + 1)
    futures = [exchange.recorder.record(record_expiries, places) for _ in range(4)]
    assert sorted(future.result().result for future in futures) == [0, 0, 0, 2]
    assert len(told(exchange)) == 2


def test_what_the_receiver_answered_does_not_expire_and_what_the_sender_asked_does(
    exchange: Exchange,
) -> None:
    first, second, third = (exchange.send() for _ in range(3))
    recall = exchange.ask("recall", first, second)
    exchange.give(B, first.delivery(), "15", None)
    exchange.clock.at += 31 * DAY
    assert expire(exchange) == 2
    assert {delivery for _, delivery in told(exchange)} == {second.position * 1024, third.position * 1024}
    assert recall.position * 1024 not in {delivery for _, delivery in told(exchange)}


def test_zero_days_tell_nobody_and_fewer_days_tell_what_is_due_by_then(exchange: Exchange) -> None:
    exchange.send()
    exchange.clock.at += 5 * DAY
    assert [expire(exchange, 0), expire(exchange, 6), expire(exchange, 5)] == [0, 0, 1]


@pytest.mark.parametrize("bound", [{"batch": 2}, {"batch": 2, "budget_seconds": 0.0}])
def test_many_are_told_in_bounded_steps_that_go_on_where_they_stopped(exchange: Exchange, bound) -> None:
    sent = [exchange.send() for _ in range(5)]
    exchange.give(B, sent[1].delivery(), "03")
    exchange.clock.at += 30 * DAY
    younger = exchange.send()
    calls = [expire(exchange, **bound) for _ in range(4)]
    assert sum(calls) == 4
    assert (calls[0] == 4) == ("budget_seconds" not in bound)
    with exchange.database.read() as tx:
        assert int(get_fact(tx, PROGRESS) or 0) == sent[-1].position * 1024
    assert younger.position * 1024 not in {delivery for _, delivery in told(exchange)}


def test_lists_are_filtered_by_it_for_each_side(exchange: Exchange) -> None:
    silent = exchange.send(A, (B,))
    exchange.send(B, (A,))
    exchange.give(A, listed(exchange, sender=B)[0]["id"], "01")
    exchange.clock.at += 30 * DAY
    assert expire(exchange) == 1
    assert [item["id"] for item in listed(exchange, speaking_for(A), expired=True)] == [silent.delivery()]
    assert [item["id"] for item in listed(exchange, speaking_for(B), expired=True)] == [silent.delivery()]
    assert listed(exchange, speaking_for(C), expired=True) == []
    assert [item["expired_at"] for item in listed(exchange, expired=False)] == [None]


def test_a_sender_on_the_old_protocol_finds_it_in_its_sent_list(exchange: Exchange) -> None:
    exchange.connect(A)
    exchange.connect(B)
    exchange.send()
    exchange.clock.at += 30 * DAY
    assert expire(exchange) == 1
    with exchange.database.read() as tx:
        (item,) = read_outbox(tx, speaking_for(A), limit=10)
    assert (item.expired_at, item.transport, item.status) == (exchange.clock.at, "initial", None)


@pytest.mark.parametrize("damage", ["row", "event", "time", "audience", "place"])
def test_a_check_of_the_store_finds_what_is_kept_otherwise(exchange: Exchange, damage: str) -> None:
    silent = exchange.send()
    exchange.clock.at += 30 * DAY
    expire(exchange)
    position = silent.position + 1
    statement = {
        "row": delete(expired_deliveries),
        "event": delete(events).where(events.c.position == position),
        "time": update(expired_deliveries).values(at=1),
        "audience": delete(event_audience).where(event_audience.c.position == position),
        "place": update(expired_deliveries).values(event=position + 1),
    }[damage]
    exchange.database.write(lambda tx: tx.execute(statement))
    with exchange.database.read() as tx:
        assert list(check_rows(tx))
