"""Reports as Markdown and as pages: every figure is there, and names are text whatever they hold."""

from axis.compliance.reports.renderings import as_markdown, as_page, cells_of
from axis.compliance.reports.report import Report, ReportColumn

NAME = "<script>alert(1)</script> | *UBND*\u202e [x](y)"
REPORT = Report(
    title={"en": "Signed documents", "vi": "Tỷ lệ ký số"},
    columns=[
        ReportColumn("agency_name", "text", {"en": "Name", "vi": "Tên cơ quan"}),
        ReportColumn("sent", "number", {"en": "Sent", "vi": "Gửi đi"}),
        ReportColumn("rate", "share", {"en": "Rate", "vi": "Tỷ lệ"}),
    ],
    rows=[
        {"agency_name": NAME, "sent": 1_000, "rate": 0.179},
        {"agency_name": "Hải Dương", "sent": 0, "rate": None},
    ],
    definition={"en": "What it <means>.", "vi": "Ý nghĩa."},
    asked=[("recipient", "000.00.00.G22")],
)


def test_a_page_holds_title_filters_figures_and_definition_and_no_markup_of_a_name() -> None:
    page = as_page(REPORT, "vi")
    assert '<html lang="vi">' in page
    for text in (
        "Tỷ lệ ký số",
        "<dt>Cơ quan nhận</dt><dd><bdi>000.00.00.G22</bdi>",
        ">1.000",
        ">17,9%",
        "Hải Dương",
        "Ý nghĩa.",
    ):
        assert text in page
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page
    assert "What it &lt;means&gt;." in as_page(REPORT, "en")


def test_a_page_loads_nothing() -> None:
    page = as_page(REPORT, "en")
    assert "default-src 'none'" in page
    assert "http:" not in page
    assert "https:" not in page
    assert " src=" not in page


def test_markdown_is_a_table_whose_cells_hold_no_marks_of_their_own() -> None:
    lines = as_markdown(REPORT, "en").splitlines()
    assert lines[0] == "# Signed documents"
    assert "| Name | Sent | Rate |" in lines
    assert "| --- | ---: | ---: |" in lines
    hostile = next(line for line in lines if "alert" in line)
    assert r"\<script\>" in hostile
    assert r"\| \*UBND\*" in hostile
    assert hostile.endswith("| 1,000 | 17.9 % |")
    assert lines[-1] == r"What it \<means\>\."[:-2] + "."


def test_cells_read_as_text() -> None:
    assert cells_of(REPORT, "en")[1] == ["Hải Dương", "0", "-"]
