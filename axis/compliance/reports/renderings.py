"""A report as Markdown and as a page of HTML; and its cells as text.

Names of agencies come from outside: control characters are made visible, and markup is escaped.
"""

import re
from collections.abc import Sequence

from axis.compliance.reports.pictures import pictures
from axis.compliance.reports.report import Report, ReportColumn, cell_text
from axis.problems import Language
from charts.style import STYLE as CHARTS_STYLE
from signing.pages.formats import printable
from signing.pages.standalone import escaped, standalone_page

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~-])")


def as_markdown(report: Report, language: Language) -> str:
    """Return a heading, what was asked, the table, and the definition."""
    marks = ["---" if column.kind == "text" else "---:" for column in report.columns]
    lines = [f"# {_plain(report.title[language])}", ""]
    lines += [f"- {_plain(name)}: {_plain(value)}" for name, value in report.asked]
    lines += ["", _line(_headings(report, language)), _line(marks, plain=False)]
    lines += [_line(cells) for cells in cells_of(report, language)]
    return "\n".join([*lines, "", _plain(report.definition[language]), ""])


def as_page(report: Report, language: Language) -> str:
    """Return a page to file or print: title, what was asked, charts, the table, and the definition."""
    title = report.title[language]
    asked = "".join(f"<dt>{escaped(name)}<dd>{escaped(value)}" for name, value in report.asked)
    heads = "".join(
        f'<th scope="col"{_class(column)}>{escaped(column.heading[language])}' for column in report.columns
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{_class(column)}>{escaped(cell)}" for column, cell in zip(report.columns, cells, strict=True)
        )
        + "</tr>\n"
        for cells in cells_of(report, language)
    )
    return standalone_page(
        title,
        f'<main><h1>{escaped(title)}</h1>\n<dl class="facts">{asked}</dl>\n'
        f"{pictures(report, language)}"
        f"<table><thead><tr>{heads}</tr></thead>\n<tbody>\n{body}</tbody></table>\n"
        f'<p class="note">{escaped(report.definition[language])}</p></main>',
        language,
        style=CHARTS_STYLE,
    )


def cells_of(report: Report, language: Language) -> list[list[str]]:
    """Return every row's cells for reading."""
    return [
        [printable(cell_text(row.get(column.name), column.kind, language)) for column in report.columns]
        for row in report.rows
    ]


def _headings(report: Report, language: Language) -> list[str]:
    return [column.heading[language] for column in report.columns]


def _line(cells: Sequence[str], *, plain: bool = True) -> str:
    return f"| {' | '.join(_plain(cell) if plain else cell for cell in cells)} |"


def _plain(text: str) -> str:
    """Return text in which Markdown sees no mark."""
    return _MARKDOWN.sub(r"\\\1", printable(text))


def _class(column: ReportColumn) -> str:
    return "" if column.kind == "text" else ' class="figure"'
