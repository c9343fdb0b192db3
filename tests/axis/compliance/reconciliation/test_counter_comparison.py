"""Counters equal what documents and leaves give when counted again, and what differs is named."""

from typing import Any

import pytest
from sqlalchemy import delete, update
from support.exchange import A, B, Exchange
from support.traffic import live_a_little

from axis.compliance.reconciliation.counter_comparison import Difference, reconcile
from axis.counters.tables import counters
from axis.deliveries.tables import deliveries
from axis.documents.tables import documents


def differences(exchange: Exchange) -> list[Difference]:
    with exchange.database.read() as tx:
        return list(reconcile(tx))


@pytest.mark.parametrize("seed", range(3))
def test_nothing_differs_after_any_traffic(exchange: Exchange, seed: int) -> None:
    live_a_little(exchange, seed)
    assert differences(exchange) == []


def test_a_counter_that_was_changed_is_named(exchange: Exchange) -> None:
    exchange.send()
    pair = (counters.c.grain == "d") & (counters.c.sender == A) & (counters.c.recipient == B)
    exchange.database.write(lambda tx: tx.execute(update(counters).where(pair).values(handled=1)))
    found = differences(exchange)
    assert [(each.counter, each.found, each.expected, each.source) for each in found] == [
        (f"2019-06-03 {A} → {B} cong-van handled", 1, 0, "documents"),
        (f"2019-06-03 {A} → {B} cong-van handled", 1, 0, "ledger"),
    ]


def changed_delivery() -> Any:
    return update(deliveries).values(processing="02")


def changed_class() -> Any:
    return update(documents).values(signed_by="none", indication=None)


def late_by_a_counter() -> Any:
    return update(counters).values(answered_late=1)


def answered_later() -> Any:
    return update(deliveries).values(answered_at=2**60)


def signed_earlier() -> Any:
    return update(documents).values(signed_on="2019-05-02")


def signed_on_no_day() -> Any:
    return update(documents).values(signed_on="2019-99", priority="urgent")


def lost_counters() -> Any:
    return delete(counters).where(counters.c.grain == "m")


def lost_sum() -> Any:
    return delete(counters).where(counters.c.sender == "")


@pytest.mark.parametrize(
    ("damage", "sources"),
    [
        (changed_delivery, {"documents"}),
        (changed_class, {"documents"}),
        (late_by_a_counter, {"documents", "ledger"}),
        (answered_later, {"documents"}),
        (signed_earlier, {"documents"}),
        (signed_on_no_day, set()),  # a document without deadlines is never late: `axis fsck` names the day
        (lost_counters, {"documents", "ledger"}),
        (lost_sum, {"documents", "ledger", "identity"}),
    ],
)
def test_rows_that_no_longer_say_what_was_counted_are_found(
    exchange: Exchange, damage: Any, sources: set[str]
) -> None:
    exchange.give(B, exchange.send().delivery(), "03")
    exchange.database.write(lambda tx: tx.execute(damage()))
    assert {each.source for each in differences(exchange)} == sources
