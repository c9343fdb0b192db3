"""A report's page draws its figures from its own rows, and says what a chart leaves out."""

import pytest

from axis.compliance.reports.pictures import pictures
from axis.compliance.reports.report import Report, ReportChart, ReportColumn

CHARTS = (
    ReportChart({"en": "Shares", "vi": "Tỷ lệ"}, ("rate",)),
    ReportChart({"en": "Parts", "vi": "Phần"}, ("signed", "unsigned"), is_whole=True),
)


def report(key: str, rows: int) -> Report:
    columns = [
        ReportColumn(key, "text", {"en": key, "vi": key}),
        ReportColumn("signed", "number", {"en": "Signed", "vi": "Có ký"}),
        ReportColumn("unsigned", "number", {"en": "Unsigned", "vi": "Không ký"}),
        ReportColumn("rate", "share", {"en": "Rate", "vi": "Tỷ lệ"}),
    ]
    made = [{key: f"<{row}>", "signed": row, "unsigned": 1, "rate": row / (row + 1)} for row in range(rows)]
    return Report({"en": "t", "vi": "t"}, columns, made, {"en": "d", "vi": "d"}, [], CHARTS)


def test_agencies_get_bars_and_months_get_lines() -> None:
    bars = pictures(report("agency_name", 3), "en")
    assert bars.count("<figure") == 2
    assert "horizontalbar-graph" in bars
    assert "horizontalstackedbar-graph" in bars
    assert "&lt;0&gt;" in bars
    assert pictures(report("month", 3), "en").count("line-graph") == 2
    assert "line-graph" not in pictures(report("month", 1), "en")


def test_what_is_left_out_of_a_long_table_is_said() -> None:
    assert "The first 60 of them are drawn." in pictures(report("agency_name", 61), "en")
    assert "Chỉ vẽ 60 dòng đầu." in pictures(report("agency_name", 61), "vi")
    assert "drawn" not in pictures(report("agency_name", 60), "en")


@pytest.mark.parametrize(("key", "rows"), [("agency_name", 0), ("agency", 2)])
def test_there_is_no_chart_of_nothing_or_of_rows_without_a_name(key: str, rows: int) -> None:
    assert pictures(report(key, rows), "en") == ""
