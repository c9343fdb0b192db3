"""The chart of rates by month, drawn from the rows of the table that stands beside it."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from axis.problems import Language
from axis.web.catalogues import N_, texts_of
from charts.chart import Chart, Series
from signing.pages.formats import shown_month


def monthly_chart(months: Sequence[Mapping[str, Any]], language: Language) -> Markup:
    """Return the chart as HTML; nothing for fewer than two months."""
    if len(months) < 2:  # noqa: PLR2004 - one month has no course
        return Markup("")
    from charts.drawing import figure  # noqa: PLC0415 - lxml and pygal, once somebody looks at a chart

    texts = texts_of(language)

    def said(text: str, **named: object) -> str:
        return texts.one(text, **named).unescape()

    chart = Chart(
        said(N_("Signed share by month")),
        said(N_("Two lines over %(count)s months; the table has the figures."), count=len(months)),
        [shown_month(row["month"], language) for row in months],
        [
            Series(said(N_("Signed")), [row["rate"] for row in months]),
            Series(said(N_("Fully signed")), [row["rate_full"] for row in months]),
        ],
        "lines",
        shares=True,
        language=language,
    )
    return Markup(figure(chart, "months"))  # noqa: S704 - charts escapes what it draws
