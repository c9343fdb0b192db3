"""Rows and rates of the statistics, and who may see them."""

from typing import Any

import pytest
from support.exchange import AUDITOR, MONDAY, UNDER_A, A, B, C, Exchange, speaking_for

from axis.agencies.callers import Caller
from axis.compliance.statistics import Question, exchange_items, signature_items
from axis.compliance.statistics_periods import spans_of

DAY = 24 * 3600 * 1_000_000


def question(
    *by: str, first: str | None = None, last: str | None = None, sender: Any = None, recipient: Any = None
) -> Question:
    return Question(spans_of(first, last, by_day="day" in by), by, sender, recipient)


def signatures(exchange: Exchange, asked: Question, caller: Caller = AUDITOR) -> list[dict[str, Any]]:
    with exchange.database.read() as tx:
        return signature_items(tx, caller, asked)


def exchanged(exchange: Exchange, asked: Question, caller: Caller = AUDITOR) -> list[dict[str, Any]]:
    with exchange.database.read() as tx:
        return exchange_items(tx, exchange.directory, caller, asked)


def test_nothing_sent_has_no_rate(exchange: Exchange) -> None:
    (row,) = signatures(exchange, question())
    assert row["sent"] == 0
    assert row["rate"] is row["rate_full"] is row["rate_any"] is None
    assert signatures(exchange, question("agency")) == []


def test_rates_come_from_classes_and_count_a_document_once(exchange: Exchange) -> None:
    for signed in ("both", "organisation", "organisation", "person", "indeterminate", "failed", "unsigned"):
        exchange.send(to=(B, C), signed=signed)
    (row,) = signatures(exchange, question())
    assert (row["sent"], row["signed"], row["both"], row["organisation"]) == (7, 3, 1, 2)
    assert (row["person"], row["indeterminate"], row["failed"], row["unsigned"]) == (1, 1, 1, 1)
    assert (row["rate"], row["rate_full"], row["rate_any"]) == (3 / 7, 1 / 7, 4 / 7)
    (to_b,) = signatures(exchange, question(recipient=B))
    assert to_b == row


def test_rows_are_by_what_was_asked_and_in_its_order(exchange: Exchange) -> None:
    exchange.send(at=MONDAY)
    exchange.send(at=MONDAY + DAY, signed="unsigned")
    exchange.send(B, (A,), at=MONDAY + 40 * DAY)
    rows = signatures(exchange, question("agency", "month"))
    assert [(row["agency"], row["month"], row["sent"]) for row in rows] == [
        (B, "2019-07", 1),
        (A, "2019-06", 2),
    ]
    rows = signatures(exchange, question("day", "type"))
    assert [list(row)[:2] for row in rows] == [["day", "type"]] * 3
    assert [row["day"] for row in rows] == ["2019-06-03", "2019-06-04", "2019-07-13"]
    rows = signatures(exchange, question("level"))
    assert [(row["level"], row["sent"]) for row in rows] == [(1, 3)]


def test_days_are_viet_nams_and_both_bounds_are_included(exchange: Exchange) -> None:
    late = MONDAY - (2 * 3600 + 11 * 60 + 9) * 1_000_000 + 17 * 3600 * 1_000_000  # 17:00 UTC is the next day
    exchange.send(at=late)
    exchange.send(at=late - 1)
    assert [row["day"] for row in signatures(exchange, question("day"))] == ["2019-06-03", "2019-06-04"]
    for first, last, sent in (
        ("2019-06-03", "2019-06-03", 1),
        ("2019-06-04", None, 1),
        (None, "2019-06-04", 2),
    ):
        (row,) = signatures(exchange, question(first=first, last=last))
        assert row["sent"] == sent


def test_a_recall_counts_nowhere(exchange: Exchange) -> None:
    sent = exchange.send()
    exchange.ask("recall", sent)
    assert signatures(exchange, question())[0]["sent"] == 1
    assert exchanged(exchange, question())[0]["addressed"] == 1


def test_an_agency_sees_its_own_subtree_alone(exchange: Exchange) -> None:
    exchange.send(A, (B,))
    exchange.send(UNDER_A, (B,))
    exchange.send(C, (B,))
    assert [row["agency"] for row in signatures(exchange, question("agency"), speaking_for(A))] == [A]
    whole = signatures(exchange, question("agency"), speaking_for(A, subtree=True))
    assert [row["agency"] for row in whole] == [A, UNDER_A]
    (nothing,) = signatures(exchange, question(sender=C), speaking_for(A))
    assert nothing["sent"] == 0


def test_over_any_pair_and_day_addressed_is_received_is_the_sum_of_outcomes(exchange: Exchange) -> None:
    sent = [exchange.send(A, (B, C), at=MONDAY + n % 3 * DAY) for n in range(6)]
    for each, code in zip(sent, ("01", "02", "03", "06", None, "15"), strict=True):
        if code == "15":
            exchange.give(A, each.delivery(), "13", "nhầm")
        if code == "06":
            exchange.give(B, each.delivery(), "03")
        if code:
            exchange.give(B, each.delivery(), code, "lý do")
    (whole,) = exchanged(exchange, question(sender=A, recipient=B))
    assert whole == {
        "sent": 6,
        "addressed": 6,
        "received": 6,
        "handled": 2,
        "pending": 2,
        "refused": 1,
        "withdrawn": 1,
    }
    for recipient in (B, C, None):
        for row in exchanged(exchange, question("day", sender=A, recipient=recipient)):
            outcomes = row["handled"] + row["pending"] + row["refused"] + row["withdrawn"]
            assert row["addressed"] == row["received"] == outcomes


def test_by_agency_each_row_holds_what_it_sent_and_what_it_received(exchange: Exchange) -> None:
    exchange.send(A, (B, C))
    exchange.send(B, (A,))
    rows = {row.pop("agency"): row for row in exchanged(exchange, question("agency"))}
    assert {code: (row["sent"], row["addressed"], row["received"]) for code, row in rows.items()} == {
        A: (1, 2, 1),
        B: (1, 1, 1),
        C: (0, 0, 1),
    }


@pytest.mark.parametrize("caller", [speaking_for(A), speaking_for(B), AUDITOR])
def test_both_parties_of_a_pair_and_the_auditor_read_the_same_figures(
    exchange: Exchange, caller: Caller
) -> None:
    sent = exchange.send(A, (B,))
    exchange.give(B, sent.delivery(), "03")
    (row,) = exchanged(exchange, question(sender=A, recipient=B), caller)
    assert (row["sent"], row["addressed"], row["received"], row["handled"]) == (1, 1, 1, 1)


def test_whoever_is_no_party_reads_nothing_of_a_pair(exchange: Exchange) -> None:
    exchange.send(A, (B,))
    (row,) = exchanged(exchange, question(sender=A, recipient=B), speaking_for(C))
    assert set(row.values()) == {0}
    assert exchanged(exchange, question("agency"), speaking_for(C)) == []


def test_agencies_are_named_beside_their_codes(exchange: Exchange) -> None:
    exchange.send(A, (B,))
    (row,) = signatures(exchange, question("agency", "month"))
    assert list(row)[:3] == ["agency", "agency_name", "month"]
    assert row["agency_name"] == f"Cơ quan {A}"
    assert [row["agency_name"] for row in exchanged(exchange, question("agency"))] == [
        f"Cơ quan {B}",
        f"Cơ quan {A}",
    ]
