"""Rows of zeros for agencies that sent nothing, as far as the caller may see the directory."""

from dataclasses import replace
from typing import Any

import pytest
from support.exchange import AUDITOR, MONDAY, UNDER_A, A, B, C, Exchange, speaking_for

from axis.agencies.callers import Caller
from axis.compliance import statistics
from axis.compliance.statistics import Question, exchange_items, signature_items
from axis.compliance.statistics_periods import spans_of
from axis.protocol.errors import QueryInvalid

DAY = 24 * 3600 * 1_000_000
BY_AGENCY = Question(spans_of(None, None, by_day=False), ("agency",), silent=True)


def rows(exchange: Exchange, asked: Question, caller: Caller = AUDITOR) -> list[dict[str, Any]]:
    with exchange.database.read() as tx:
        return signature_items(tx, caller, asked)


def test_every_agency_that_sent_nothing_has_a_row_of_zeros_without_rates(exchange: Exchange) -> None:
    exchange.send(A, (B,))
    found = {row["agency"]: row for row in rows(exchange, BY_AGENCY)}
    assert {A, B, C, UNDER_A} <= set(found)
    assert found[A]["sent"] == 1
    silent = found[C]
    assert (silent["agency_name"], silent["sent"], silent["unsigned"]) == (f"Cơ quan {C}", 0, 0)
    assert silent["rate"] is silent["rate_full"] is silent["rate_any"] is None


def test_a_silent_agency_has_a_row_for_each_month_that_occurs(exchange: Exchange) -> None:
    exchange.send(A, (B,), at=MONDAY)
    exchange.send(B, (A,), at=MONDAY + 40 * DAY)
    found = rows(exchange, replace(BY_AGENCY, by=("level", "agency", "month")))
    of = {(row["agency"], row["month"]): (row["level"], row["sent"]) for row in found}
    assert (of[A, "2019-06"], of[A, "2019-07"]) == ((1, 1), (1, 0))
    assert (of[C, "2019-06"], of[C, "2019-07"]) == ((1, 0), (1, 0))
    assert of[UNDER_A, "2019-07"] == (2, 0)


def test_a_token_sees_only_its_own_silent_agencies(exchange: Exchange) -> None:
    exchange.send(B, (A,))
    assert [row["agency"] for row in rows(exchange, BY_AGENCY, speaking_for(A))] == [A]
    below = rows(exchange, BY_AGENCY, speaking_for(A, subtree=True))
    assert {row["agency"] for row in below} == {A, UNDER_A}


def test_a_sender_narrows_the_rows_to_itself(exchange: Exchange) -> None:
    assert [row["agency"] for row in rows(exchange, replace(BY_AGENCY, sender=C))] == [C]


def test_silent_agencies_are_in_the_exchange_too(exchange: Exchange) -> None:
    exchange.send(A, (B,))
    with exchange.database.read() as tx:
        found = exchange_items(tx, exchange.directory, AUDITOR, BY_AGENCY)
    of = {row["agency"]: (row["sent"], row["received"]) for row in found}
    assert (of[A], of[B], of[C]) == ((1, 0), (0, 1), (0, 0))


def test_too_many_rows_of_zeros_are_refused(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "ITEMS", 2)
    with pytest.raises(QueryInvalid):
        rows(exchange, BY_AGENCY)
