"""A report as a workbook: typed numbers and percentages, a frozen heading with filters, and a definition."""

import io
from typing import Final

from axis.compliance.reports.report import Kind, Report, cell_text
from axis.csv_and_xlsx import Column, Sheets, write_xlsx
from axis.csv_and_xlsx import Kind as CellKind
from axis.problems import Language

_SHEETS: Final[dict[Language, Sheets]] = {
    "en": Sheets("Figures", "About"),
    "vi": Sheets("Số liệu", "Giải thích"),
}
_CELLS: Final[dict[Kind, CellKind]] = {
    "text": "text",
    "number": "integer",
    "share": "share",
    "flag": "text",
}


def as_workbook(report: Report, language: Language) -> bytes:
    """Return an XLSX file. No cell of it becomes a formula or a link."""
    table = [Column(each.name, _CELLS[each.kind], each.heading[language]) for each in report.columns]
    rows = [
        [_cell(row.get(column.name), column.kind, language) for column in report.columns]
        for row in report.rows
    ]
    notes = [(report.title[language], ""), *report.asked, ("", report.definition[language])]
    file = io.BytesIO()
    write_xlsx(file, table, [rows], notes, _SHEETS[language])
    return file.getvalue()


def _cell(value: object, kind: Kind, language: Language) -> object:
    if value is None or _CELLS[kind] != "text":
        return value
    return cell_text(value, kind, language)
