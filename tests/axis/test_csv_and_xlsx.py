"""Tables as CSV and XLSX: complete, typed, and harmless in a spreadsheet."""

import csv
import io
import zipfile

import pytest
from lxml import etree

from axis.csv_and_xlsx import XLSX_CHARACTERS, Column, Sheets, write_csv, write_xlsx
from axis.protocol.errors import ExportInvalid

COLUMNS = (
    Column("position", "integer"),
    Column("number"),
    Column("to", "texts"),
    Column("at", "time"),
    Column("day", "day"),
    Column("rate", "share"),
)
AT = 1_559_527_869_123_456  # 2019-06-03T02:11:09.123456Z
ROWS = [
    (1, "1/UBND-VX", ["000.00.00.G22", "000.00.00.H05"], AT, "2019-06-03", 0.179),
    (2, "=HYPERLINK(1)", [], None, None, None),
    (3, None, None, AT, "1899-01-01", 1),
    (4, 'Trích "yếu",\nhai dòng', ["@x"], AT, "2019-06-04", None),
]
NOTES = [("what", "documents"), ("rows", "4")]


def batches(rows=ROWS, size=2):
    return (rows[start : start + size] for start in range(0, len(rows), size))


def test_csv_opens_in_spreadsheets_and_runs_nothing(tmp_path):
    path = tmp_path / "f.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(file, COLUMNS, batches())
    text = path.read_bytes().decode("utf-8-sig")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == ["position", "number", "to", "at", "day", "rate"]
    assert rows[1] == [
        "1",
        "1/UBND-VX",
        "000.00.00.G22 000.00.00.H05",
        "2019-06-03T02:11:09.123456Z",
        "2019-06-03",
        "0.179",
    ]
    assert rows[2] == ["2", "'=HYPERLINK(1)", "", "", "", ""]
    assert rows[4][1:3] == ['Trích "yếu",\nhai dòng', "'@x"]


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
    write_xlsx(str(path), COLUMNS, batches(), NOTES)
    found, sheet, about = cells(path)
    assert found["A1"][:2] == ("inlineStr", "position")
    assert found["A2"][:2] == (None, "1")
    assert found["B3"] == ("inlineStr", "=HYPERLINK(1)", False)
    assert float(found["D2"][1]) == pytest.approx(43619.3827444, abs=1e-6)  # 09:11:09 in Viet Nam
    assert found["E2"][1] == "43619"
    assert found["E4"][:2] == ("inlineStr", "1899-01-01")  # before a spreadsheet's first day
    assert found["F2"][:2] == (None, "0.179")
    assert "C3" not in found or found["C3"][1] == ""
    assert not any(is_formula for _, _, is_formula in found.values())
    assert b'<autoFilter ref="A1:F5"' in etree.tostring(sheet)
    assert b"pane" in etree.tostring(sheet)
    assert "documents" in about


def test_a_text_that_no_cell_takes_is_refused_and_not_cut(tmp_path):
    rows = [
        (1, "a" * XLSX_CHARACTERS, [], AT, None, None),
        (2, "a" * (XLSX_CHARACTERS + 1), [], AT, None, None),
    ]
    with pytest.raises(ExportInvalid) as refused:
        write_xlsx(str(tmp_path / "f.xlsx"), COLUMNS, batches(rows), NOTES)
    assert "csv, ndjson or parquet" in refused.value.places[0].expected
    write_xlsx(str(tmp_path / "g.xlsx"), COLUMNS, batches(rows[:1]), NOTES)


def test_headings_and_sheets_have_the_names_they_are_given():
    file = io.BytesIO()
    table = [Column("sent", "integer", "Số gửi"), Column("rate", "share")]
    write_xlsx(file, table, [[(1260, 0.179)]], NOTES, Sheets("Số liệu", "Ghi chú"))
    with zipfile.ZipFile(file) as book:
        sheet, workbook, styles = (
            book.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "workbook", "styles")
        )
    assert "Số gửi" in sheet
    assert 'name="Số liệu"' in workbook
    assert 'name="Ghi chú"' in workbook
    assert '"0.0%"' in styles
