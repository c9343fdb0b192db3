"""When an agency last called is known, whoever speaks for it."""

import asyncio

import pytest
from support.exchange import UNDER_A, A, B, C, Exchange, FixedClock

from axis.agencies.callers import Caller, Callers
from axis.agencies.directory import search
from axis.agencies.directory_changes import AgencyEntry, put_agencies
from axis.agencies.last_calls import DAY, LastCalls, last_seen
from axis.agencies.tokens import Grant, create_tokens
from axis.clock import Microseconds, real_now
from axis.database.store_facts import CLOCK_OFFSET, set_fact

MINUTE = 60_000_000


def call(exchange: Exchange, *callers: Caller, calls: LastCalls | None = None) -> None:
    calls = calls or LastCalls()
    for caller in callers:
        calls.note(caller)
    calls.store(exchange.database, exchange.clock)


def seen(exchange: Exchange) -> dict[str, int]:
    with exchange.database.read() as tx:
        return last_seen(tx, (A, B, C, UNDER_A))


def agency(code: str, *, subtree: bool = False) -> Caller:
    return Caller("agency", code, subtree, None, f"token of {code} {subtree}")


def test_a_token_with_a_subtree_speaks_for_all_below_and_another_for_itself(exchange: Exchange) -> None:
    at = exchange.clock.now()
    call(exchange, agency(A))
    assert seen(exchange) == {A: at}
    call(exchange, agency(A, subtree=True))
    assert seen(exchange) == {A: at, UNDER_A: at}
    exchange.clock.at += DAY
    call(exchange, agency(UNDER_A), Caller("auditor", None, False, "x", "t"))
    assert seen(exchange) == {A: at, UNDER_A: at + DAY}


def test_an_agency_of_another_hub_is_heard_by_its_relay_alone(exchange: Exchange) -> None:
    entry = AgencyEntry(UNDER_A, "Sở", via="h24")
    exchange.database.write(lambda tx: put_agencies(tx, [entry], exchange.clock.now()))
    call(exchange, agency(C))
    relay = Caller("relay", None, False, "h24", "token of the relay")
    exchange.clock.at += DAY
    call(exchange, relay)
    assert seen(exchange) == {C: exchange.clock.at - DAY, UNDER_A: exchange.clock.at}


def test_a_busy_caller_is_written_once_a_minute(exchange: Exchange) -> None:
    calls, at = LastCalls(), exchange.clock.now()
    call(exchange, agency(A), calls=calls)
    exchange.clock.at += MINUTE - 1
    call(exchange, agency(A), calls=calls)
    assert seen(exchange) == {A: at}
    exchange.clock.at += 1
    call(exchange, calls=calls)  # nobody called since
    assert seen(exchange) == {A: at}
    call(exchange, agency(A), calls=calls)
    assert seen(exchange) == {A: at + MINUTE}


def test_silent_agencies_are_found_by_business_time(exchange: Exchange) -> None:
    call(exchange, agency(A))
    exchange.clock.at += 5 * DAY
    call(exchange, agency(B))
    offset = exchange.clock.at + DAY - real_now()
    exchange.database.write(lambda tx: set_fact(tx, CLOCK_OFFSET, str(offset)))
    with exchange.database.read() as tx:
        found = {each.code for each in search(tx, "", "", 10, silent_days=3)}
        all_of_them = {each.code for each in search(tx, "", "", 10, silent_days=1)}
    assert found == {A, C, UNDER_A}
    assert all_of_them == {A, B, C, UNDER_A}


@pytest.mark.stores("sqlite")
def test_tokens_that_hold_are_noted_and_others_are_not(exchange: Exchange) -> None:
    grant = Grant("agency", agency=B)
    (token,) = exchange.database.write(lambda tx: create_tokens(tx, [grant], real_now()))
    callers = Callers(exchange.database)
    calls = callers.last_calls
    assert callers.known(f"Bearer {token}") is None
    calls.store(exchange.database, exchange.clock)
    assert seen(exchange) == {}
    asyncio.run(callers.identify(f"Bearer {token}"))
    calls.store(exchange.database, exchange.clock)
    assert seen(exchange) == {B: exchange.clock.at}
    later = FixedClock(Microseconds(exchange.clock.at + DAY))
    assert callers.known(f"Bearer {token}") is not None
    calls.store(exchange.database, later)
    assert seen(exchange) == {B: later.at}
