"""A report as a workbook: typed numbers and percentages, a frozen heading with filters, and a definition."""

import io

from axis.compliance.reports.report import Report, cell_text
from axis.problems import Language

_WIDEST = 60
_FIGURE_WIDTH = 12
_FORMATS = {"number": "#,##0", "share": "0.0%"}


def as_workbook(report: Report, language: Language) -> bytes:
    """Return an XLSX file. No cell of it becomes a formula or a link."""
    import xlsxwriter  # noqa: PLC0415 - loaded by who needs it

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {**options, "in_memory": True}) as book:
        heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        formats = {kind: book.add_format({"num_format": shown}) for kind, shown in _FORMATS.items()}
        sheet = book.add_worksheet("Số liệu" if language == "vi" else "Figures")
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(report.columns):
            sheet.write_string(0, place, column.heading[language], heading)
            values = [row.get(column.name) for row in report.rows]
            for line, value in enumerate(values, start=1):
                if value is None:
                    continue
                if column.kind in formats:
                    sheet.write_number(line, place, value, formats[column.kind])
                else:
                    sheet.write_string(line, place, cell_text(value, column.kind, language))
            longest = max([_FIGURE_WIDTH, *(len(str(value)) for value in values)])
            width = min(_WIDEST, longest + 1) if column.kind == "text" else _FIGURE_WIDTH
            sheet.set_column(place, place, width)
        sheet.autofilter(0, 0, len(report.rows), len(report.columns) - 1)
        about = book.add_worksheet("Giải thích" if language == "vi" else "About")
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        about.set_column(0, 0, 24)
        about.set_column(1, 1, 100)
        lines = [(report.title[language], ""), *report.asked, ("", report.definition[language])]
        for number, (name, text) in enumerate(lines):
            about.write_string(number, 0, name, heading)
            about.write_string(number, 1, text, wrapped)
    return file.getvalue()
