"""Reports hold what the statistics say, with a heading in both languages for every member of their rows."""

import pytest
from support.exchange import AUDITOR, A, B, C, Exchange

from axis.clock import Microseconds
from axis.compliance.reports.report import Report
from axis.compliance.reports.report_kinds import NAMES, make_report
from axis.compliance.statistics import BY, Question
from axis.compliance.statistics_periods import spans_of


def report(exchange: Exchange, name: str, *by: str, recipient: str | None = None) -> Report:
    question = Question(spans_of(None, None, by_day="day" in by), by, recipient=recipient)
    with exchange.database.read() as tx:
        return make_report(tx, exchange.directory, AUDITOR, name, question, [], exchange.clock.at)


@pytest.mark.parametrize("name", NAMES)
def test_every_member_of_a_row_has_a_column_in_the_row_s_order(exchange: Exchange, name: str) -> None:
    exchange.send(A, (B,))
    made = report(exchange, name, *BY)
    assert made.rows
    for row in made.rows:
        assert [column.name for column in made.columns] == list(row)
    assert all(column.heading["en"] and column.heading["vi"] for column in made.columns)


def test_the_report_of_signatures_is_the_statistic(exchange: Exchange) -> None:
    exchange.send(A, (B, C), signed="organisation")
    exchange.send(A, (B,), signed="unsigned")
    (row,) = report(exchange, "signatures", "agency").rows
    assert (row["agency"], row["sent"], row["rate"]) == (A, 2, 0.5)
    (row,) = report(exchange, "signatures", "agency", recipient=C).rows
    assert (row["sent"], row["rate"]) == (1, 1.0)


def test_the_report_of_the_exchange_is_the_statistic(exchange: Exchange) -> None:
    exchange.send(A, (B, C))
    (row,) = report(exchange, "exchange").rows
    assert (row["sent"], row["addressed"], row["received"], row["pending"]) == (1, 2, 2, 2)


def test_the_report_of_deadlines_is_the_statistic_as_of_now(exchange: Exchange) -> None:
    exchange.send(A, (B, C), issued_on="2019-05-02")
    (row,) = report(exchange, "deadlines").rows
    assert (row["sent_late"], row["received"], row["open"], row["overdue"]) == (1, 2, 2, 0)
    exchange.clock.at = Microseconds(exchange.clock.at + 24 * 3_600 * 1_000_000)
    (row,) = report(exchange, "deadlines").rows
    assert (row["open"], row["overdue"], row["rate_sent"], row["rate_answered"]) == (0, 2, 0.0, 0.0)


@pytest.mark.parametrize("name", NAMES)
def test_every_chart_is_of_columns_of_figures_that_are_there(exchange: Exchange, name: str) -> None:
    made = report(exchange, name, "agency")
    kinds = {column.name: column.kind for column in made.columns}
    assert made.charts
    for chart in made.charts:
        assert len({kinds[column] for column in chart.columns}) == 1
        assert "text" not in {kinds[column] for column in chart.columns}
