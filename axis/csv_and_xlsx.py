"""Writes tables as CSV or XLSX: typed columns, and rows that come in batches.

What does not fit the format is refused and not cut. A cell that a spreadsheet would run as a formula is
written as text.
"""

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, Any, Final, Literal, TextIO

from axis.clock import VIET_NAM, rfc3339, to_datetime
from axis.protocol.csv_text import BYTE_ORDER_MARK, safe_cell
from axis.protocol.errors import ExportInvalid, Place

Kind = Literal["text", "integer", "share", "time", "day", "texts"]
"""`share`: a number from 0 to 1; `time`: microseconds since 1970 in UTC; `day`: `YYYY-MM-DD`; `texts`: a
list. A value is None where there is none."""
Row = Sequence[Any]
Batches = Iterable[Sequence[Row]]
Notes = Sequence[tuple[str, str]]
"""What a workbook says of itself on a sheet of its own: names and texts."""

XLSX_ROWS: Final = 1_048_575
"""Rows of a sheet below its heading."""
XLSX_CHARACTERS: Final = 32_767
_WIDEST: Final = 60
_NARROWEST: Final = 12
_FIRST_DAY: Final = "1900-01-01"
"""Spreadsheets have no day before it."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what its values are, and a heading where that is not the name."""

    name: str
    kind: Kind = "text"
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class Sheets:
    """What the two sheets of a workbook are called."""

    data: str = "Dữ liệu"
    about: str = "Giải thích"


def columns(**kinds: Kind) -> tuple[Column, ...]:
    """Return columns by their names; one that is a word of Python has an underscore behind it."""
    return tuple(Column(name.removesuffix("_"), kind) for name, kind in kinds.items())


def write_csv(file: TextIO, table: Sequence[Column], batches: Batches) -> None:
    """Write CSV: RFC 4180, with a byte order mark, times in UTC, lists with a space between.

    `file` is open for text in UTF-8 with `newline=""`.
    """
    file.write(BYTE_ORDER_MARK)
    writer = csv.writer(file)
    writer.writerow([column.name for column in table])
    shown = [_IN_CSV.get(column.kind, safe_cell) for column in table]
    for batch in batches:
        writer.writerows(
            [None if value is None else show(value) for show, value in zip(shown, row, strict=True)]
            for row in batch
        )


def write_xlsx(
    file: IO[bytes] | str, table: Sequence[Column], batches: Batches, notes: Notes, sheets: Sheets = Sheets()
) -> None:
    """Write a workbook: rows with typed cells below a frozen heading with filters, and a sheet of notes.

    Times are Viet Nam's, since spreadsheets know no zones.

    Raises:
        ExportInvalid: when a text is longer than a cell may be.

    """
    with _workbook(file) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        styles = {kind: book.add_format({"num_format": shown}) for kind, shown in _FORMATS.items()}
        sheet = book.add_worksheet(sheets.data)
        sheet.freeze_panes(1, 0)
        widths = [_NARROWEST] * len(table)
        for place, column in enumerate(table):
            sheet.write_string(0, place, column.heading or column.name, bold)
        line = 0
        for batch in batches:
            for row in batch:
                line += 1
                for place, (column, value) in enumerate(zip(table, row, strict=True)):
                    if value is not None:
                        _write_cell(sheet, (line, place), column, value, styles)
                        if column.kind == "text":
                            widths[place] = max(widths[place], len(value) + 1)
        for place, (column, width) in enumerate(zip(table, widths, strict=True)):
            sheet.set_column(place, place, _WIDTHS.get(column.kind, min(width, _WIDEST)))
        sheet.autofilter(0, 0, line, len(table) - 1)
        about = book.add_worksheet(sheets.about)
        about.set_column(0, 0, 24)
        about.set_column(1, 1, 100)
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for number, (name, text) in enumerate(notes):
            about.write_string(number, 0, name, bold)
            about.write_string(number, 1, text, wrapped)


def _workbook(file: IO[bytes] | str) -> AbstractContextManager[Any]:
    import xlsxwriter  # noqa: PLC0415 - loaded by who needs it

    texts = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book: AbstractContextManager[Any] = xlsxwriter.Workbook(file, {"constant_memory": True, **texts})
    return book


def _write_cell(
    sheet: Any, place: tuple[int, int], column: Column, value: Any, styles: dict[str, Any]
) -> None:
    if column.kind in {"integer", "share"}:
        sheet.write_number(*place, value, styles[column.kind])
    elif column.kind == "time":
        local = to_datetime(value).astimezone(VIET_NAM).replace(tzinfo=None)
        sheet.write_datetime(*place, local, styles["time"])
    elif column.kind == "day" and value >= _FIRST_DAY:
        sheet.write_datetime(*place, dt.datetime.fromisoformat(value), styles["day"])
    else:
        text = " ".join(value) if column.kind == "texts" else value
        if len(text.encode("utf-16-le")) // 2 > XLSX_CHARACTERS:
            found = f"a text of {len(text)} characters in the column {column.name}"
            expected = f"at most {XLSX_CHARACTERS}, or the format csv, ndjson or parquet"
            raise ExportInvalid(Place("/format", found, expected))
        sheet.write_string(*place, text)


def _joined(values: Sequence[str]) -> str:
    return str(safe_cell(" ".join(values)))


_IN_CSV: Final[dict[str, Callable[[Any], object]]] = {
    "time": rfc3339,
    "texts": _joined,
    "integer": lambda value: value,
    "share": lambda value: value,
}
_FORMATS: Final = {
    "integer": "#,##0",
    "share": "0.0%",
    "time": "yyyy-mm-dd hh:mm:ss",
    "day": "yyyy-mm-dd",
}
_WIDTHS: Final = {"integer": 12, "share": 12, "time": 20, "day": 12, "texts": 30}
