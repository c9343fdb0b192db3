"""A report as Markdown and as a page of HTML; and its cells as text.

Names of agencies come from outside: control characters are made visible, and markup is escaped.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from axis.compliance.reports.pictures import pictures
from axis.compliance.reports.report import Report, ReportColumn, cell_text
from axis.problems import Language
from charts.style import STYLE as CHARTS_STYLE
from signing.pages.formats import printable, shown_day, shown_time
from signing.pages.standalone import apart, escaped, facts_list, standalone_page

_ASKED: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "from": "From",
        "to": "To",
        "sender": "Sender",
        "recipient": "Recipient",
        "by": "A row for each",
        "group": "Agencies",
        "at": "Made at",
    },
    "vi": {
        "from": "Từ ngày",
        "to": "Đến ngày",
        "sender": "Cơ quan gửi",
        "recipient": "Cơ quan nhận",
        "by": "Mỗi dòng là một",
        "agency": "cơ quan",
        "month": "tháng",
        "day": "ngày",
        "type": "loại văn bản",
        "level": "cấp",
        "kind": "loại thông điệp",
        "group": "Các cơ quan",
        "at": "Lập lúc",
    },
}
"""What a page calls the filters and groupings; the other forms keep their names."""
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
    asked = facts_list(
        (_ASKED[language].get(name, name), apart(_value(name, value, language)))
        for name, value in report.asked
    )
    heads = "".join(
        f'<th scope="col"{_class(column)}>{escaped(column.heading[language])}' for column in report.columns
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{_class(column)}>{apart(cell) if column.kind == 'text' else escaped(cell)}"
            for column, cell in zip(report.columns, cells, strict=True)
        )
        + "</tr>\n"
        for cells in cells_of(report, language)
    )
    return standalone_page(
        title,
        f"<main><h1>{escaped(title)}</h1>\n{asked}\n"
        f"{pictures(report, language)}"
        f'<div class="wide" tabindex="0" role="group" aria-label="{escaped(title)}">'
        f"<table><thead><tr>{heads}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n"
        f'<p class="note">{escaped(report.definition[language])}</p></main>',
        language,
        style=CHARTS_STYLE,
    )


def _value(name: str, value: str, language: Language) -> str:
    """Return the value of a filter for reading."""
    if name in {"from", "to"}:
        return shown_day(value, language)
    if name == "by":
        return ", ".join(_ASKED[language].get(each, each) for each in value.split(", "))
    return shown_time(value, language) if name == "at" else value


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
