"""Writes rows as CSV, NDJSON, XLSX or Parquet, batch by batch.

What does not fit a format is refused and not cut. The columns are in `axis.exports.columns`; cells of CSV and
XLSX are written by `axis.csv_and_xlsx`.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import orjson

from axis.clock import rfc3339
from axis.csv_and_xlsx import Batches, Column, Notes, write_csv, write_xlsx

Format = Literal["csv", "xlsx", "ndjson", "parquet", "zip"]

ROW_GROUP: Final = 5_000
"""Rows that Parquet's writer holds until it writes them: with 20,000 a process grew by 100 MiB instead of 57,
and files were a fifteenth smaller."""
MEDIA_TYPES: Final[dict[Format, str]] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "zip": "application/zip",
}


def write_csv_file(path: Path, columns: Sequence[Column], batches: Batches, _notes: Notes) -> None:
    """Write CSV (`axis.csv_and_xlsx.write_csv`)."""
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(file, columns, batches)


def write_ndjson(path: Path, columns: Sequence[Column], batches: Batches, _notes: Notes) -> None:
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


def write_xlsx_file(path: Path, columns: Sequence[Column], batches: Batches, notes: Notes) -> None:
    """Write a workbook (`axis.csv_and_xlsx.write_xlsx`)."""
    write_xlsx(str(path), columns, batches, notes)


def write_parquet(path: Path, columns: Sequence[Column], batches: Batches, notes: Notes) -> None:
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


Writer = Callable[[Path, Sequence[Column], Batches, Notes], None]
WRITERS: Final[dict[Format, Writer]] = {
    "csv": write_csv_file,
    "xlsx": write_xlsx_file,
    "ndjson": write_ndjson,
    "parquet": write_parquet,
}
"""By format; `zip` is evidence's."""
