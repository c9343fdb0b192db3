"""Writes rows as CSV, NDJSON, XLSX or Parquet, in bounded memory and without leaving anything out.

Rows come in batches, so that whoever reads them may tell how far it is. What does not fit a format is
refused, never cut. No cell of CSV or XLSX becomes a formula.
"""

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import orjson

from axis.clock import VIET_NAM, rfc3339, to_datetime
from axis.exports.columns import ColumnSpec
from axis.protocol.csv_text import BYTE_ORDER_MARK, safe_cell
from axis.protocol.errors import ExportInvalid, Place

Format = Literal["csv", "xlsx", "ndjson", "parquet", "zip"]
Row = Sequence[Any]
Batches = Iterable[Sequence[Row]]

XLSX_ROWS: Final = 1_048_575
"""Rows of a sheet below its heading."""
XLSX_CHARACTERS: Final = 32_767
ROW_GROUP: Final = 20_000
"""Rows that Parquet's writer holds until it writes them."""
MEDIA_TYPES: Final[dict[Format, str]] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "zip": "application/zip",
}
Notes = Sequence[tuple[str, str]]
"""What a file with a place for it says of itself: names and texts."""


def write_csv(path: Path, columns: Sequence[ColumnSpec], batches: Batches, _notes: Notes) -> None:
    """Write CSV: RFC 4180, UTF-8 with a byte order mark, times in UTC, lists with a space between."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(BYTE_ORDER_MARK)
        writer = csv.writer(file)
        writer.writerow([column.name for column in columns])
        shown = [_IN_CSV.get(column.kind, safe_cell) for column in columns]
        for batch in batches:
            writer.writerows(
                [None if value is None else show(value) for show, value in zip(shown, row, strict=True)]
                for row in batch
            )


def write_ndjson(path: Path, columns: Sequence[ColumnSpec], batches: Batches, _notes: Notes) -> None:
    """Write a JSON object for each row, with every column, null where there is no value."""
    names = [column.name for column in columns]
    times = [place for place, column in enumerate(columns) if column.kind == "time"]
    with path.open("wb") as file:
        for batch in batches:
            for row in batch:
                values = list(row)
                for place in times:
                    values[place] = None if values[place] is None else rfc3339(values[place])
                members = dict(zip(names, values, strict=True))
                file.write(orjson.dumps(members, option=orjson.OPT_APPEND_NEWLINE))


def write_xlsx(path: Path, columns: Sequence[ColumnSpec], batches: Batches, notes: Notes) -> None:
    """Write a workbook: rows with typed cells below a frozen heading, and a sheet that says what they are.

    Times are Viet Nam's, since spreadsheets know no zones.

    Raises:
        ExportInvalid: when a text is longer than a cell may be.

    """
    import xlsxwriter  # noqa: PLC0415 - loaded by who needs it

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, {**options, "strings_to_numbers": False}) as book:
        heading = book.add_format({"bold": True})
        styles = {
            "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        sheet = book.add_worksheet("Dữ liệu")
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.name, heading)
        line = 0
        for batch in batches:
            for row in batch:
                line += 1
                for place, (column, value) in enumerate(zip(columns, row, strict=True)):
                    if value is not None:
                        _write_cell(sheet, (line, place), column, value, styles)
        about = book.add_worksheet("Giải thích")
        for number, (name, text) in enumerate(notes):
            about.write_string(number, 0, name, heading)
            about.write_string(number, 1, text)


def write_parquet(path: Path, columns: Sequence[ColumnSpec], batches: Batches, notes: Notes) -> None:
    """Write Parquet with typed columns: lists of texts, days, and times in UTC to the microsecond."""
    import arro3.core as arrow  # noqa: PLC0415 - loaded by who needs it
    from arro3.io import write_parquet as write  # noqa: PLC0415

    types: dict[str, Any] = {
        "text": arrow.DataType.string(),
        "integer": arrow.DataType.int64(),
        "time": arrow.DataType.timestamp("us", tz="UTC"),
        "day": arrow.DataType.date32(),
        "texts": arrow.DataType.list(arrow.Field("item", arrow.DataType.string(), nullable=True)),
    }
    fields = [arrow.Field(column.name, types[column.kind], nullable=True) for column in columns]
    schema = arrow.Schema(fields)

    def arrays() -> Iterator[Any]:
        for batch in batches:
            made = [
                _array(arrow, types, column.kind, values)
                for column, values in zip(columns, zip(*batch, strict=True), strict=True)
            ]
            yield arrow.RecordBatch.from_arrays(made, schema=schema)

    write(
        arrow.RecordBatchReader.from_batches(schema, arrays()),
        path,
        compression="zstd(3)",
        max_row_group_size=ROW_GROUP,
        key_value_metadata=dict(notes),
    )


def _array(arrow: Any, types: dict[str, Any], kind: str, values: Sequence[Any]) -> Any:
    """Return a column of a batch in Arrow's form."""
    if kind == "time":
        return arrow.Array(values, type=arrow.DataType.int64()).cast(types["time"])
    if kind == "day":
        days = [None if value is None else _days(value) for value in values]
        return arrow.Array(days, type=arrow.DataType.int32()).cast(types["day"])
    if kind == "texts":
        offsets, items = [0], list[str]()
        for value in values:
            items += value or ()
            offsets.append(len(items))
        made = arrow.Array(items, type=arrow.DataType.string())
        return arrow.list_array(
            arrow.Array(offsets, type=arrow.DataType.int32()), made, type=arrow.Field("l", types["texts"])
        )
    return arrow.Array(values, type=types[kind])


def _days(text: str) -> int:
    return dt.date.fromisoformat(text).toordinal() - _EPOCH


_EPOCH: Final = dt.date(1970, 1, 1).toordinal()


def _write_cell(
    sheet: Any, place: tuple[int, int], column: ColumnSpec, value: Any, styles: dict[str, Any]
) -> None:
    if column.kind == "integer":
        sheet.write_number(*place, value)
    elif column.kind == "time":
        local = to_datetime(value).astimezone(VIET_NAM).replace(tzinfo=None)
        sheet.write_datetime(*place, local, styles["time"])
    elif column.kind == "day" and value >= "1900-01-01":
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
}
Writer = Callable[[Path, Sequence[ColumnSpec], Batches, Notes], None]
WRITERS: Final[dict[Format, Writer]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "ndjson": write_ndjson,
    "parquet": write_parquet,
}
"""By format; `zip` is evidence's."""
