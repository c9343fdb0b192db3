"""Reports as workbooks: numbers are numbers, shares are percentages, and no text is a formula."""

import io
import re
import zipfile

from axis.compliance.reports.report import Report, ReportColumn
from axis.compliance.reports.workbook import as_workbook
from axis.problems import Language

REPORT = Report(
    title={"en": "Signed documents", "vi": "Tỷ lệ ký số"},
    columns=[
        ReportColumn("agency_name", "text", {"en": "Name", "vi": "Tên"}),
        ReportColumn("sent", "number", {"en": "Sent", "vi": "Gửi"}),
        ReportColumn("rate", "share", {"en": "Rate", "vi": "Tỷ lệ"}),
    ],
    rows=[
        {"agency_name": "=1+1", "sent": 28, "rate": 0.179},
        {"agency_name": "https://axis.example", "sent": 0, "rate": None},
    ],
    definition={"en": "What it means.", "vi": "Ý nghĩa."},
    asked=[("recipient", "000.00.00.G22")],
)


def parts(language: Language) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(as_workbook(REPORT, language))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")}


def test_cells_are_typed_and_nothing_is_a_formula_or_a_link() -> None:
    found = parts("en")
    sheet = found["xl/worksheets/sheet1.xml"]
    assert re.search(r'<c r="B2" s="\d+"><v>28</v>', sheet)
    assert re.search(r'<c r="C2" s="\d+"><v>0.179</v>', sheet)
    assert 'r="C3"' not in sheet, "nothing sent has no share"
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert "=1+1" in sheet
    assert '"0.0%"' in found["xl/styles.xml"]


def test_the_heading_is_frozen_and_has_filters() -> None:
    sheet = parts("en")["xl/worksheets/sheet1.xml"]
    assert 'state="frozen"' in sheet
    assert '<autoFilter ref="A1:C3"/>' in sheet


def test_a_sheet_says_what_was_asked_and_what_the_figures_mean() -> None:
    texts = parts("vi")["xl/worksheets/sheet2.xml"]
    for text in ("Tỷ lệ ký số", "recipient", "000.00.00.G22", "Ý nghĩa."):
        assert text in texts
