"""What each report holds: the statistics of a period, under the headings that an office uses.

The inspection's report is in `axis.compliance.reports.inspection`, that of verdicts in `verdict_report`.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from axis.agencies.callers import Caller
from axis.agencies.directory import Directory
from axis.clock import Microseconds
from axis.compliance.deadline_statistics import deadline_items
from axis.compliance.reports.report import Kind, Report, ReportChart, ReportColumn
from axis.compliance.statistics import Question, exchange_items, signature_items
from axis.compliance.statistics_definitions import DEADLINES, EXCHANGE, SIGNATURES
from axis.database import Read
from axis.problems import Language

Columns = Mapping[str, tuple[Kind, str, str]]
"""Columns by their names: kind, English heading, Vietnamese heading."""

KEYS: Final[Columns] = {
    "agency": ("text", "Agency", "Mã cơ quan"),
    "agency_name": ("text", "Name", "Tên cơ quan"),
    "month": ("text", "Month", "Tháng"),
    "day": ("text", "Day", "Ngày"),
    "type": ("text", "Type", "Loại văn bản"),
    "level": ("text", "Level", "Cấp"),
}
"""What every report's rows may be by."""
_SIGNATURE_FIGURES: Final[Columns] = {
    "sent": ("number", "Sent", "Gửi đi"),
    "signed": ("number", "Signed", "Có ký số cơ quan"),
    "both": ("number", "Both", "Ký số đầy đủ"),
    "organisation": ("number", "Organisation", "Chỉ cơ quan ký"),
    "person": ("number", "Person", "Chỉ cá nhân ký"),
    "indeterminate": ("number", "Indeterminate", "Chưa xác định"),
    "failed": ("number", "Failed", "Chữ ký không hợp lệ"),
    "unsigned": ("number", "Unsigned", "Không ký số"),
    "rate": ("share", "Rate", "Tỷ lệ ký số"),
    "rate_full": ("share", "Fully", "Tỷ lệ ký đầy đủ"),
    "rate_any": ("share", "Any", "Tỷ lệ có chữ ký"),
}
_EXCHANGE_FIGURES: Final[Columns] = {
    "sent": ("number", "Sent", "Văn bản gửi"),
    "addressed": ("number", "Addressed", "Lượt gửi"),
    "received": ("number", "Received", "Lượt nhận"),
    "handled": ("number", "Handled", "Đã xử lý"),
    "pending": ("number", "Pending", "Chờ xử lý"),
    "refused": ("number", "Refused", "Từ chối"),
    "withdrawn": ("number", "Withdrawn", "Đã thu hồi"),
}
_DEADLINE_FIGURES: Final[Columns] = {
    "sent": ("number", "Sent", "Văn bản gửi"),
    "sent_in_time": ("number", "Sent in time", "Gửi đúng hạn"),
    "sent_late": ("number", "Sent late", "Gửi chậm"),
    "received": ("number", "Received", "Lượt nhận"),
    "answered_in_time": ("number", "Answered in time", "Trả lời đúng hạn"),
    "answered_late": ("number", "Answered late", "Trả lời chậm"),
    "overdue": ("number", "Overdue", "Quá hạn chưa trả lời"),
    "open": ("number", "Open", "Còn trong hạn"),
    "rate_sent": ("share", "In time, sent", "Tỷ lệ gửi đúng hạn"),
    "rate_answered": ("share", "In time, answered", "Tỷ lệ trả lời đúng hạn"),
}
_TITLES: Final[dict[str, dict[Language, str]]] = {
    "signatures": {
        "en": "Documents sent, and who signed them",
        "vi": "Văn bản điện tử gửi đi và tỷ lệ ký số",
    },
    "exchange": {
        "en": "Documents sent and received on the axis",
        "vi": "Tình hình gửi, nhận văn bản điện tử trên trục",
    },
    "deadlines": {
        "en": "Documents sent and answered in time",
        "vi": "Tình hình gửi và xử lý văn bản điện tử theo thời hạn",
    },
}
_CHARTS: Final = {
    "signatures": (
        ReportChart({"en": "Share of documents signed", "vi": "Tỷ lệ văn bản ký số"}, ("rate", "rate_full")),
        ReportChart(
            {"en": "Documents sent, by who signed them", "vi": "Văn bản gửi đi, theo chữ ký số"},
            ("both", "organisation", "person", "indeterminate", "failed", "unsigned"),
            is_whole=True,
        ),
    ),
    "exchange": (
        ReportChart(
            {"en": "What became of what was received", "vi": "Kết quả xử lý văn bản nhận"},
            ("handled", "pending", "refused", "withdrawn"),
            is_whole=True,
        ),
    ),
    "deadlines": (
        ReportChart(
            {"en": "Shares in time", "vi": "Tỷ lệ đúng hạn"},
            ("rate_sent", "rate_answered"),
        ),
        ReportChart(
            {"en": "Answers to what was received", "vi": "Trả lời văn bản nhận"},
            ("answered_in_time", "answered_late", "overdue", "open"),
            is_whole=True,
        ),
    ),
}
NAMES: Final = tuple(_TITLES)
"""The reports there are."""


def make_report(
    tx: Read,
    directory: Directory,
    caller: Caller,
    name: str,
    question: Question,
    asked: Sequence[tuple[str, str]],
    now: Microseconds,
) -> Report:
    """Return one of `NAMES`, of what the caller may see; `now`: the business time of which deadlines are.

    Raises:
        QueryInvalid: when it would have too many rows.

    """
    keys = [key for by in question.by for key in ((by, "agency_name") if by == "agency" else (by,))]
    if name == "signatures":
        rows, figures, definition = signature_items(tx, caller, question), _SIGNATURE_FIGURES, SIGNATURES
    elif name == "exchange":
        rows = exchange_items(tx, directory, caller, question)
        figures, definition = _EXCHANGE_FIGURES, EXCHANGE
    else:
        rows = deadline_items(tx, directory, caller, question, now)
        figures, definition = _DEADLINE_FIGURES, DEADLINES
    columns = [*report_columns({key: KEYS[key] for key in keys}), *report_columns(figures)]
    return Report(_TITLES[name], columns, rows, definition, asked, _CHARTS[name])


def report_columns(named: Columns) -> list[ReportColumn]:
    """Return columns by their names, each with its kind and its headings in English and Vietnamese."""
    return [ReportColumn(name, kind, {"en": en, "vi": vi}) for name, (kind, en, vi) in named.items()]
