"""Agencies that sign too little, are refused, answer nothing or fall silent raise alerts, and clear them."""

import json

from support.alerts import WatchedExchange
from support.exchange import MONDAY, A, B, C

from axis.agencies.callers import Caller
from axis.agencies.last_calls import LastCalls
from axis.compliance.targets import Target, set_target

DAY = 86_400_000_000


def target(watched: WatchedExchange, rate: float, **of) -> None:
    database = watched.exchange.database
    database.write(lambda tx: set_target(tx, Target(2019, rate, **of), MONDAY))


def test_an_agency_below_its_target_raises_one_until_it_signs_enough(watched: WatchedExchange) -> None:
    exchange = watched.exchange
    watched.set(alert_rate_documents=4)
    target(watched, 0.7, level=1)
    for signed in ("both", "organisation", "unsigned"):
        exchange.send(A, signed=signed)
    exchange.send(C, signed="unsigned")
    assert watched.look("rate-below-target") == (0, 0)  # too few to say
    exchange.send(A, signed="person")
    assert watched.look("rate-below-target") == (1, 0)
    (alert,) = watched.open("rate-below-target")
    assert (alert.subject, alert.agency) == (A, A)
    assert json.loads(alert.facts)["rate"] == "50.0%"
    exchange.send(A, signed="both")
    assert watched.look("rate-below-target") == (0, 0)  # raised once
    assert json.loads(watched.open("rate-below-target")[0].facts)["rate"] == "60.0%"
    for _ in range(3):
        exchange.send(A, signed="both")
    assert watched.look("rate-below-target") == (0, 1)
    assert watched.open("rate-below-target") == []


def test_a_target_that_is_lowered_clears_it(watched: WatchedExchange) -> None:
    watched.set(alert_rate_documents=1)
    target(watched, 0.5, agency=A)
    watched.exchange.send(A, signed="unsigned")
    assert watched.look("rate-below-target") == (1, 0)
    target(watched, 0.0, agency=A)
    assert watched.look("rate-below-target") == (0, 1)


def test_refusals_that_rise_raise_one_until_a_day_has_passed(watched: WatchedExchange) -> None:
    exchange = watched.exchange
    watched.set(alert_refusals=4)
    for _ in range(3):
        exchange.refuse(A)
    exchange.refuse(C)
    assert watched.look("refusals-rising") == (0, 0)
    exchange.refuse(A)
    assert watched.look("refusals-rising") == (1, 0)
    assert watched.subjects("refusals-rising") == [A]
    exchange.clock.at += DAY
    assert watched.look("refusals-rising") == (0, 1)


def test_refusals_that_are_usual_for_an_agency_raise_none(watched: WatchedExchange) -> None:
    exchange = watched.exchange
    watched.set(alert_refusals=4)
    for _ in range(8):
        for _ in range(2):
            exchange.refuse(A)
        exchange.clock.at += DAY
    for _ in range(4):
        exchange.refuse(A)
    assert watched.look("refusals-rising") == (0, 0)
    exchange.refuse(A)
    exchange.refuse(A)
    exchange.refuse(A)
    assert watched.look("refusals-rising") == (1, 0)


def test_overdue_deliveries_raise_one_until_they_are_answered(watched: WatchedExchange) -> None:
    exchange = watched.exchange
    watched.set(alert_overdue=2)
    sent = [exchange.send(A, (B, C)) for _ in range(2)]
    exchange.give(C, sent[0].delivery(1), "03")
    assert watched.look("deliveries-overdue") == (0, 0)
    exchange.clock.at += 60 * DAY
    assert watched.look("deliveries-overdue") == (1, 0)
    assert watched.subjects("deliveries-overdue") == [B]
    exchange.give(B, sent[0].delivery(), "03")
    assert watched.look("deliveries-overdue") == (0, 1)


def test_an_agency_that_fell_silent_raises_one_until_it_calls(watched: WatchedExchange) -> None:
    exchange = watched.exchange

    def call(code: str) -> None:
        calls = LastCalls()
        calls.note(Caller("agency", code, False, None, f"token of {code}"))
        calls.store(exchange.database, exchange.clock)

    call(A)
    exchange.clock.at += 7 * DAY
    call(B)
    assert watched.look("agency-silent") == (0, 0)
    exchange.clock.at += 1
    assert watched.look("agency-silent") == (1, 0)
    assert watched.subjects("agency-silent") == [A]  # C never called: it has no system yet
    call(A)
    assert watched.look("agency-silent") == (0, 1)


def test_a_threshold_of_zero_switches_each_off_and_clears_it(watched: WatchedExchange) -> None:
    exchange = watched.exchange
    watched.set(alert_overdue=1, alert_refusals=1, alert_rate_documents=1)
    target(watched, 1.0, agency=A)
    exchange.send(A, (B,), signed="unsigned")
    exchange.clock.at += 60 * DAY
    exchange.refuse(A)
    names = ("deliveries-overdue", "refusals-rising", "rate-below-target")
    assert [watched.look(name) for name in names] == [(1, 0)] * 3
    watched.set(alert_overdue=0, alert_refusals=0, alert_rate_documents=0, alert_silent_days=0)
    assert [watched.look(name) for name in names] == [(0, 1)] * 3
