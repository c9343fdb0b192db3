"""Rows become files of each format: complete and typed. CSV and XLSX: `tests/axis/test_csv_and_xlsx.py`."""

import datetime as dt
import json
import tracemalloc

import duckdb
import pytest

from axis.csv_and_xlsx import Column
from axis.exports.file_writers import WRITERS, write_ndjson, write_parquet

COLUMNS = (
    Column("position", "integer"),
    Column("number"),
    Column("to", "texts"),
    Column("at", "time"),
    Column("day", "day"),
)
AT = 1_559_527_869_123_456  # 2019-06-03T02:11:09.123456Z
ROWS = [
    (1, "1/UBND-VX", ["000.00.00.G22", "000.00.00.H05"], AT, "2019-06-03"),
    (2, "=HYPERLINK(1)", [], None, None),
    (3, None, None, AT, "1899-01-01"),
    (4, 'Trích "yếu",\nhai dòng', ["@x"], AT, "2019-06-04"),
]
NOTES = [("what", "documents"), ("rows", "4")]


def batches(rows=ROWS, size=2):
    return (rows[start : start + size] for start in range(0, len(rows), size))


def test_ndjson_has_an_object_for_each_row(tmp_path):
    path = tmp_path / "f.ndjson"
    write_ndjson(path, COLUMNS, batches(), NOTES)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert rows[0] == {
        "position": 1,
        "number": "1/UBND-VX",
        "to": ["000.00.00.G22", "000.00.00.H05"],
        "at": "2019-06-03T02:11:09.123456Z",
        "day": "2019-06-03",
    }
    assert rows[1]["number"] == "=HYPERLINK(1)"
    assert rows[2]["to"] is None


def test_parquet_has_types(tmp_path):
    path = tmp_path / "f.parquet"
    write_parquet(path, COLUMNS, batches(), NOTES)
    with duckdb.connect() as store:
        types = store.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
        assert [row[1] for row in types] == [
            "BIGINT", "VARCHAR", "VARCHAR[]", "TIMESTAMP WITH TIME ZONE", "DATE",
        ]  # fmt: skip
        rows = store.execute(f'SELECT position, number, "to", epoch_us("at"), day FROM \'{path}\'').fetchall()
        said = store.execute(f"SELECT key, value FROM parquet_kv_metadata('{path}')").fetchall()
    day = dt.date(2019, 6, 3)
    assert rows[0] == (1, "1/UBND-VX", ["000.00.00.G22", "000.00.00.H05"], AT, day)
    assert rows[1] == (2, "=HYPERLINK(1)", [], None, None)
    assert rows[2][4] == dt.date(1899, 1, 1)
    assert (b"what", b"documents") in said


@pytest.mark.parametrize("form", list(WRITERS))
def test_nothing_to_export_is_an_empty_table(tmp_path, form):
    WRITERS[form](tmp_path / "f", COLUMNS, iter(()), NOTES)
    content = (tmp_path / "f").read_bytes()
    assert (content == b"") == (form == "ndjson")


@pytest.mark.parametrize("form", list(WRITERS))
def test_rows_are_not_gathered_in_memory(tmp_path, form):
    def many():
        for start in range(0, 40_000, 1_000):
            yield [
                (start + n, f"{start + n}/UBND-VX " * 20, ["a", "b"], AT, "2019-06-03") for n in range(1_000)
            ]

    tracemalloc.start()
    try:
        WRITERS[form](tmp_path / "f", COLUMNS, many(), NOTES)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * 1024 * 1024  # the texts alone have 12 MiB
