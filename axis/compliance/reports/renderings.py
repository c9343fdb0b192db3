"""A report as text for a terminal, as Markdown, and as a page of HTML that loads nothing and prints well.

Names of agencies are text from outside: what does not print is escaped, and so is markup.
"""

import html
import re
from collections.abc import Sequence

from axis.compliance.reports.pictures import pictures
from axis.compliance.reports.report import Report, ReportColumn, cell_text
from axis.problems import Language
from axis.protocol.refused_characters import printable
from charts.style import STYLE as CHARTS_STYLE

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
    title = html.escape(report.title[language])
    asked = "".join(
        f"<dt>{html.escape(name)}<dd>{html.escape(printable(value))}" for name, value in report.asked
    )
    heads = "".join(
        f'<th scope="col"{_class(column)}>{html.escape(column.heading[language])}'
        for column in report.columns
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{_class(column)}>{html.escape(cell)}"
            for column, cell in zip(report.columns, cells, strict=True)
        )
        + "</tr>\n"
        for cells in cells_of(report, language)
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{_SOURCES}">'
        f"<title>{title}</title><style>{_STYLE}{CHARTS_STYLE}</style></head>\n<body><h1>{title}</h1>\n<dl>{asked}</dl>\n"
        f"{pictures(report, language)}"
        f"<table><thead><tr>{heads}</tr></thead>\n<tbody>\n{body}</tbody></table>\n"
        f"<p>{html.escape(report.definition[language])}</p></body></html>\n"
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


_SOURCES = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
:root { color-scheme: light dark }
body { background: Canvas; color: CanvasText }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem }
dl { display: grid; grid-template-columns: max-content auto; gap: 0 1rem }
dt { font-weight: 600 }
dd { margin: 0 }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .25rem .6rem; text-align: left; vertical-align: bottom }
th, td { border-bottom: 1px solid light-dark(#ccc, #555) }
.figure { text-align: right; white-space: nowrap }
p { color: light-dark(#444, #bbb); max-width: 60rem }
thead { display: table-header-group }
@media print { :root { color-scheme: light } body { margin: 0; max-width: none } tr { break-inside: avoid } }
"""
