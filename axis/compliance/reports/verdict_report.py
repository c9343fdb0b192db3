"""The report of what verdicts found: documents by result, reason, algorithm or issuer.

The other statistics' reports are in `axis.compliance.reports.report_kinds`.
"""

from collections.abc import Sequence
from typing import Final

from axis.agencies.callers import Caller
from axis.compliance.reports.report import Report
from axis.compliance.reports.report_kinds import KEYS, Columns, report_columns
from axis.compliance.statistics_definitions import VERDICTS
from axis.compliance.verdict_statistics import VerdictQuestion, verdict_items
from axis.database import Read
from axis.problems import Language

NAME: Final = "verdicts"
USUAL: Final = ("indication", "sub_indication")
"""What its rows are by where nothing else is asked."""
_TITLE: Final[dict[Language, str]] = {
    "en": "Documents sent, and what their verdicts found",
    "vi": "Văn bản điện tử gửi đi và kết quả xác thực chữ ký số",
}
_COLUMNS: Final[Columns] = {
    **KEYS,
    "indication": ("text", "Result", "Kết quả"),
    "sub_indication": ("text", "Reason", "Lý do"),
    "signed_by": ("text", "Signed by", "Chữ ký hợp lệ của"),
    "signature_kind": ("text", "Kind of signature", "Loại chữ ký"),
    "algorithm": ("text", "Algorithm", "Thuật toán"),
    "issuer": ("text", "Issuer", "Nơi cấp chứng thư số"),
}
_DOCUMENTS: Final[Columns] = {"documents": ("number", "Documents", "Số văn bản")}


def verdict_report(
    tx: Read, caller: Caller, question: VerdictQuestion, asked: Sequence[tuple[str, str]]
) -> Report:
    """Return the report, of what the caller may see.

    Raises:
        QueryInvalid: when it would have too many rows.

    """
    names = [name for by in question.by for name in ((by, "agency_name") if by == "agency" else (by,))]
    columns = report_columns({name: _COLUMNS[name] for name in names}) + report_columns(_DOCUMENTS)
    return Report(_TITLE, columns, verdict_items(tx, caller, question), VERDICTS, asked, ())
