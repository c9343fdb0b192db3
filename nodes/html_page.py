"""The frame of a page of HTML that a command writes to a file, and a table in it."""

import html
from collections.abc import Sequence
from typing import Final

from charts.style import STYLE as CHARTS_STYLE

_SOURCES: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_STYLE: Final = """
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
h1 { line-height: 1.2 } h2 { margin-top: 2.5rem; break-after: avoid }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0 }
tr { border-bottom: 1px solid #8884 }
td.number, th.number { text-align: right }
.wide { overflow-x: auto }
.missed { font-weight: 700; text-decoration: underline }
code { overflow-wrap: anywhere }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem }
dt { font-weight: 600 } dd { margin: 0; overflow-wrap: anywhere }
td.short { white-space: nowrap }
.met { font-weight: 700 }
@media (max-width: 40rem) { dl { display: block } dd { margin-bottom: .5rem } }
@media print { body { margin: 0; max-width: none; font-size: 11px } tr, .chart { break-inside: avoid } }
"""
_SHORT: Final = 20
"""Characters of a cell that stays on one line: a day, a pair of figures, a name."""
Cell = str | int


def page(title: str, parts: Sequence[str]) -> str:
    """Write a page that loads nothing from elsewhere. Parts are HTML already; empty ones are left out."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{_SOURCES}">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}{CHARTS_STYLE}</style></head>\n<body><main>"
        + "\n".join(part for part in parts if part)
        + "</main></body></html>\n"
    )


def table(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Write a table; columns of whole numbers stand to the right, and what was `MISSED` is marked."""
    numbers = [all(isinstance(row[place], int) for row in rows) for place in range(len(heads))]
    classes = [" class=number" if number else "" for number in numbers]
    head = "".join(
        f'<th scope="col"{each}>{html.escape(name)}' for name, each in zip(heads, classes, strict=True)
    )
    body = "".join(
        "<tr>" + "".join(_cell(cell, each) for cell, each in zip(row, classes, strict=True)) + "\n"
        for row in rows
    )
    named = html.escape(f"table: {', '.join(heads)}")
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{named}">'
        f"<table><thead><tr>{head}</thead>\n<tbody>\n{body}</tbody></table></div>\n"
    )


def _cell(cell: Cell, attributes: str) -> str:
    if cell == "MISSED":
        attributes = " class=missed"
    elif isinstance(cell, str) and len(cell) <= _SHORT:
        attributes = " class=short"
    text = f"{cell:,}" if isinstance(cell, int) else html.escape(cell)
    return f"<td{attributes}>{text}"
