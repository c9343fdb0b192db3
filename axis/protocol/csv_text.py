"""Writes tables as CSV that spreadsheets open as they are meant: RFC 4180, UTF-8 with a byte order mark.

A text that a spreadsheet would run as a formula begins with an apostrophe. Numbers stay numbers.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

BYTE_ORDER_MARK: Final = "\ufeff"
_RUN_BY_SPREADSHEETS: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """Return the table with a heading, byte order mark first; members that are no column are left out."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([safe_cell(row.get(name)) for name in columns])
    return BYTE_ORDER_MARK + lines.getvalue()


def safe_cell(value: object) -> object:
    """Return a value as a cell that no spreadsheet runs."""
    if isinstance(value, str) and value.startswith(_RUN_BY_SPREADSHEETS):
        return f"'{value}"
    return value
