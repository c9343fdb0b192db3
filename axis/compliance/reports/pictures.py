"""The charts on a report's page, drawn from the cells of its table."""

from axis.compliance.reports.report import Report, ReportChart, ReportColumn
from axis.problems import Language
from axis.protocol.refused_characters import printable
from charts.chart import Chart, Form, Series
from charts.drawing import MAX_ROWS, figure

_OVER_TIME = frozenset({"day", "month"})
_NO_LABEL = frozenset({"agency", "regulation"})
"""Texts that are no row's name, or say less than the one beside them, the agency's name."""
_SAYS: dict[Language, str] = {
    "en": "{series}, for each of {rows} rows; the table below has the figures.",
    "vi": "{series}, cho {rows} dòng; số liệu ở bảng dưới.",
}
_CUT: dict[Language, str] = {
    "en": " The first {most} of them are drawn.",
    "vi": " Chỉ vẽ {most} dòng đầu.",
}


def pictures(report: Report, language: Language) -> str:
    """Return the report's charts as HTML; nothing where there is nothing to compare."""
    texts = [column for column in report.columns if column.kind == "text"]
    keys = [column for column in texts if column.name not in _NO_LABEL]
    if not keys or not report.rows:
        return ""
    is_over_time = len(keys) == 1 and keys[0].name in _OVER_TIME and len(report.rows) > 1
    drawn = (_picture(report, chart, keys, language, is_over_time=is_over_time) for chart in report.charts)
    return "".join(figure(chart, f"chart-{place}") for place, chart in enumerate(drawn))


def _picture(
    report: Report, chart: ReportChart, keys: list[ReportColumn], language: Language, *, is_over_time: bool
) -> Chart:
    by_name = {column.name: column for column in report.columns}
    columns = [by_name[name] for name in chart.columns]
    headings = [column.heading[language] for column in columns]
    form: Form = "lines" if is_over_time else "stacked_bars" if chart.is_whole else "bars"
    says = _SAYS[language].format(series=", ".join(headings), rows=len(report.rows))
    if len(report.rows) > MAX_ROWS[form]:
        says += _CUT[language].format(most=MAX_ROWS[form])
    return Chart(
        chart.title[language],
        says,
        [" · ".join(printable(str(row.get(key.name) or "-")) for key in keys) for row in report.rows],
        [
            Series(heading, [row.get(column.name) for row in report.rows])
            for heading, column in zip(headings, columns, strict=True)
        ],
        form,
        shares=columns[0].kind == "share",
        language=language,
    )
