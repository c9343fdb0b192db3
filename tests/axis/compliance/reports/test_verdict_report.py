"""The report of verdicts has a heading in both languages for every member of its rows."""

from support.exchange import AUDITOR, Exchange

from axis.compliance.reports.verdict_report import verdict_report
from axis.compliance.statistics_periods import spans_of
from axis.compliance.verdict_statistics import BY_OF_VERDICTS, VerdictQuestion


def test_every_member_of_a_row_has_a_column_in_the_row_s_order(exchange: Exchange) -> None:
    exchange.send(signed="unsigned")
    for by in (BY_OF_VERDICTS[:-3], BY_OF_VERDICTS[-3:]):
        question = VerdictQuestion(spans_of(None, None, by_day="day" in by), by)
        with exchange.database.read() as tx:
            made = verdict_report(tx, AUDITOR, question, [])
        assert len(made.rows) == (1 if "agency" in by else 0)  # it has no signature to be counted by
        for row in made.rows:
            assert [column.name for column in made.columns] == list(row)
        assert all(column.heading["en"] and column.heading["vi"] for column in made.columns)
