"""Rows become files of each format: complete, typed, and harmless in a spreadsheet."""

import csv
import datetime as dt
import io
import json
import tracemalloc
import zipfile

import duckdb
import pytest
from lxml import etree

from axis.exports.columns import ColumnSpec
from axis.exports.formats import WRITERS, XLSX_CHARACTERS, write_csv, write_ndjson, write_parquet, write_xlsx
from axis.protocol.errors import ExportInvalid

COLUMNS = (
    ColumnSpec("position", "integer"),
    ColumnSpec("number"),
    ColumnSpec("to", "texts"),
    ColumnSpec("at", "time"),
    ColumnSpec("day", "day"),
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


def test_csv_opens_in_spreadsheets_and_runs_nothing(tmp_path):
    path = tmp_path / "f.csv"
    write_csv(path, COLUMNS, batches(), NOTES)
    text = path.read_bytes().decode("utf-8-sig")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == ["position", "number", "to", "at", "day"]
    assert rows[1] == [
        "1",
        "1/UBND-VX",
        "000.00.00.G22 000.00.00.H05",
        "2019-06-03T02:11:09.123456Z",
        "2019-06-03",
    ]
    assert rows[2] == ["2", "'=HYPERLINK(1)", "", "", ""]
    assert rows[4][1:3] == ['Trích "yếu",\nhai dòng', "'@x"]


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


def cells(path):
    """The cells of the first sheet, with what they are, as another reader sees them."""
    space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(path) as book:
        sheet = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        about = book.read("xl/worksheets/sheet2.xml").decode()
    found = {}
    for cell in sheet.iterfind(".//m:c", space):
        value = "".join(cell.itertext())
        found[cell.get("r")] = (cell.get("t"), value, cell.find("m:f", space) is not None)
    return found, sheet, about


def test_xlsx_has_typed_cells_a_frozen_heading_and_says_what_it_is(tmp_path):
    path = tmp_path / "f.xlsx"
    write_xlsx(path, COLUMNS, batches(), NOTES)
    found, sheet, about = cells(path)
    assert found["A1"][:2] == ("inlineStr", "position")
    assert found["A2"][:2] == (None, "1")
    assert found["B3"] == ("inlineStr", "=HYPERLINK(1)", False)
    assert float(found["D2"][1]) == pytest.approx(43619.3827444, abs=1e-6)  # 09:11:09 in Viet Nam
    assert found["E2"][1] == "43619"
    assert found["E4"][:2] == ("inlineStr", "1899-01-01")  # before a spreadsheet's first day
    assert "C3" not in found or found["C3"][1] == ""
    assert not any(is_formula for _, _, is_formula in found.values())
    assert b"pane" in etree.tostring(sheet)
    assert "documents" in about


def test_a_text_that_no_cell_takes_is_refused_and_not_cut(tmp_path):
    rows = [(1, "a" * XLSX_CHARACTERS, [], AT, None), (2, "a" * (XLSX_CHARACTERS + 1), [], AT, None)]
    with pytest.raises(ExportInvalid) as refused:
        write_xlsx(tmp_path / "f.xlsx", COLUMNS, batches(rows), NOTES)
    assert "csv, ndjson or parquet" in refused.value.places[0].expected
    write_xlsx(tmp_path / "g.xlsx", COLUMNS, batches(rows[:1]), NOTES)


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
