"""The inspection's table: ranked, against targets and the period before, over mail to one recipient."""

import datetime as dt
from typing import Any

import pytest
from support.exchange import AUDITOR, MONDAY, A, B, C, Exchange

from axis.clock import Microseconds
from axis.compliance.reports.inspection import Inspection, inspection_report
from axis.compliance.targets import Target, set_target
from axis.protocol.errors import QueryInvalid

DAY = 24 * 3600 * 1_000_000
JUNE = {"first": dt.date(2019, 6, 1), "last": dt.date(2019, 6, 30)}


def table(exchange: Exchange, **asked: Any) -> dict[str, dict[str, Any]]:
    inspection = Inspection(**{**JUNE, "group": (A, B, C), **asked})
    with exchange.database.read() as tx:
        report = inspection_report(tx, exchange.directory, AUDITOR, inspection, [], exchange.clock.at)
    assert all([column.name for column in report.columns] == list(row) for row in report.rows)
    return {row["agency"]: dict(row) for row in report.rows}


def test_agencies_are_ranked_by_their_rate_and_the_same_rate_shares_a_rank(exchange: Exchange) -> None:
    for sender, to, signed in ((A, B, "organisation"), (B, A, "both"), (B, A, "unsigned"), (C, A, "both")):
        exchange.send(sender, (to,), at=MONDAY, signed=signed)
    rows = table(exchange)
    assert [(code, row["rank"], row["rate"]) for code, row in rows.items()] == [
        (A, 1, 1.0),
        (C, 1, 1.0),
        (B, 3, 0.5),
    ]
    assert (rows[A]["rate_full"], rows[C]["rate_full"]) == (0.0, 1.0)
    assert (rows[A]["sent"], rows[A]["received"]) == (1, 3)


def test_rates_are_of_mail_to_the_recipient_and_volumes_of_all(exchange: Exchange) -> None:
    exchange.send(A, (B,), at=MONDAY, signed="unsigned")
    exchange.send(A, (C,), at=MONDAY, signed="organisation")
    row = table(exchange, recipient=C)[A]
    assert (row["sent"], row["judged"], row["signed"], row["rate"]) == (2, 1, 1, 1.0)
    silent = table(exchange, recipient=C)[B]
    assert (silent["rank"], silent["rate"], silent["judged"], silent["received"]) == (None, None, 0, 1)


def test_the_period_before_has_as_many_days_and_ends_right_before(exchange: Exchange) -> None:
    exchange.send(A, (B,), at=MONDAY - DAY, signed="unsigned")
    exchange.send(A, (B,), at=MONDAY - 2 * DAY, signed="organisation")
    exchange.send(A, (B,), at=MONDAY, signed="organisation")
    monday = dt.date(2019, 6, 3)
    assert table(exchange, first=monday, last=monday)[A]["rate_before"] == 0.0
    assert table(exchange, first=monday, last=monday + dt.timedelta(days=1))[A]["rate_before"] == 0.5


def test_what_was_late_or_left_unanswered_is_of_everything_sent_and_received(exchange: Exchange) -> None:
    exchange.send(A, (B,), at=MONDAY, issued_on="2019-05-02")
    answered = exchange.send(A, (B, C), at=MONDAY)
    exchange.send(B, (A,), at=Microseconds(MONDAY + DAY))
    exchange.clock.at = Microseconds(MONDAY + DAY)
    exchange.give(B, answered.delivery(0), "03")
    rows = table(exchange, recipient=C)
    found = {code: (row["sent_late"], row["answered_late"], row["overdue"]) for code, row in rows.items()}
    assert found == {A: (1, 0, 0), B: (0, 1, 1), C: (0, 0, 1)}


def test_targets_are_those_of_the_year_and_regulations_those_of_the_file(exchange: Exchange) -> None:
    exchange.send(A, (B,), at=MONDAY, signed="organisation")
    exchange.send(B, (A,), at=MONDAY, signed="unsigned")

    def write(tx) -> None:
        set_target(tx, Target(2019, 0.9, level=1), Microseconds(0))
        set_target(tx, Target(2020, 0.0, level=1), Microseconds(0))

    exchange.database.write(write)
    rows = table(exchange, regulations={A: "QĐ 12/2019"})
    assert [(rows[code]["target"], rows[code]["met"], rows[code]["regulation"]) for code in (A, B, C)] == [
        (0.9, True, "QĐ 12/2019"),
        (0.9, False, ""),
        (0.9, None, ""),
    ]
    assert table(exchange)[A]["regulation"] is None


def test_without_a_group_all_agencies_of_the_first_level_are_inspected(exchange: Exchange) -> None:
    assert {A, B, C} <= set(table(exchange, group=()))


def test_an_unknown_agency_and_a_period_that_ends_before_it_begins_are_refused(exchange: Exchange) -> None:
    with pytest.raises(QueryInvalid):
        table(exchange, group=("000.00.00.H99",))
    with pytest.raises(QueryInvalid):
        table(exchange, first=dt.date(2019, 7, 1))
