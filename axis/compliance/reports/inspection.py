"""The inspection's table: a group of agencies side by side, against targets and the period before, ranked.

No official form of it was published; its figures are defined as in the statistics.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from axis.agencies import queries
from axis.agencies.callers import Caller
from axis.agencies.directory import Directory
from axis.clock import Microseconds
from axis.compliance.deadline_statistics import deadline_items
from axis.compliance.reports.report import Report, ReportChart, ReportColumn
from axis.compliance.statistics import Item, Question, signature_items
from axis.compliance.statistics_definitions import SIGNATURES
from axis.compliance.statistics_periods import spans_of
from axis.compliance.targets import targets_for
from axis.database import Read
from axis.problems import Language
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.errors import Place, QueryInvalid

_TITLE: Final[dict[Language, str]] = {
    "en": "Inspection of the signed-document rate",
    "vi": "Kiểm tra tình hình gửi, nhận và ký số văn bản điện tử",
}
_COLUMNS: Final = (
    ReportColumn("rank", "number", {"en": "Rank", "vi": "Hạng"}),
    ReportColumn("agency", "text", {"en": "Agency", "vi": "Mã cơ quan"}),
    ReportColumn("agency_name", "text", {"en": "Name", "vi": "Tên cơ quan"}),
    ReportColumn("sent", "number", {"en": "Sent", "vi": "Văn bản gửi"}),
    ReportColumn("received", "number", {"en": "Received", "vi": "Văn bản nhận"}),
    ReportColumn("judged", "number", {"en": "Sent to the recipient", "vi": "Gửi nơi nhận xét"}),
    ReportColumn("signed", "number", {"en": "Signed", "vi": "Có ký số cơ quan"}),
    ReportColumn("rate", "share", {"en": "Rate", "vi": "Tỷ lệ ký số"}),
    ReportColumn("rate_full", "share", {"en": "Fully", "vi": "Tỷ lệ ký đầy đủ"}),
    ReportColumn("rate_before", "share", {"en": "Period before", "vi": "Tỷ lệ kỳ trước"}),
    ReportColumn("target", "share", {"en": "Target", "vi": "Chỉ tiêu"}),
    ReportColumn("met", "flag", {"en": "Met", "vi": "Đạt chỉ tiêu"}),
    ReportColumn("sent_late", "number", {"en": "Sent late", "vi": "Gửi chậm"}),
    ReportColumn("answered_late", "number", {"en": "Answered late", "vi": "Trả lời chậm"}),
    ReportColumn("overdue", "number", {"en": "Unanswered", "vi": "Quá hạn chưa trả lời"}),
    ReportColumn("regulation", "text", {"en": "Regulation", "vi": "Quy chế"}),
)
_CHARTS: Final = (
    ReportChart(
        {"en": "Signed share, and that of the period before", "vi": "Tỷ lệ ký số, so với kỳ trước"},
        ("rate", "rate_before"),
    ),
)
_DEFINITION: Final[dict[Language, str]] = {
    "en": (
        "Agencies are ranked by `rate`, the same rates sharing a rank; those that sent nothing have none. "
        "`judged`, `signed` and the rates are of what went to the recipient named above, or of everything "
        "where none is. `rate_before` is of as many days right before. `target` is that of the last day's "
        "year. `sent_late`, `answered_late` and `overdue` (unanswered past its time) are of all that was "
        "sent and received, by the deadlines of the law. `regulation` is as the given file says. "
    ),
    "vi": (
        "Xếp hạng theo `rate`, tỷ lệ bằng nhau thì cùng hạng; cơ quan không gửi văn bản thì không xếp hạng. "
        "`judged`, `signed` và các tỷ lệ tính trên văn bản gửi nơi nhận nêu trên, hoặc trên tất cả nếu "
        "không nêu. `rate_before` tính trên kỳ liền trước có cùng số ngày. `target` là chỉ tiêu của năm "
        "chứa ngày cuối kỳ. `sent_late`, `answered_late` và `overdue` (chưa trả lời, đã quá hạn) tính trên "
        "toàn bộ văn bản gửi, nhận, theo thời hạn luật định. `regulation` theo tệp được cung cấp. "
    ),
}


@dataclass(frozen=True, slots=True)
class Inspection:
    """What is inspected: days of Viet Nam's calendar, both included."""

    first: dt.date
    last: dt.date
    group: Sequence[AgencyCode]
    """The agencies; all of the directory's first level where it is empty."""
    recipient: AgencyCode | None = None
    """Whose mail the rates are of; None: everybody's."""
    regulations: Mapping[AgencyCode, str] | None = None
    """Which regulation on electronic documents an agency has issued; empty for none."""

    @property
    def before(self) -> tuple[dt.date, dt.date]:
        """As many days, right before the first."""
        days = self.last - self.first + dt.timedelta(days=1)
        return self.first - days, self.first - dt.timedelta(days=1)


def inspection_report(
    tx: Read,
    directory: Directory,
    caller: Caller,
    asked: Inspection,
    notes: Sequence[tuple[str, str]],
    now: Microseconds,
) -> Report:
    """Return the table, best first; `now`: the business time of which deadlines are.

    Raises:
        QueryInvalid: when an agency of the group is not in the directory, or the period is none.

    """
    if asked.first > asked.last:
        raise QueryInvalid(Place("query:to", f"{asked.last}", f"a day not before {asked.first}"))
    group = _group(tx, directory, asked.group)
    judged = _signatures(tx, caller, (asked.first, asked.last), asked.recipient)
    before = _signatures(tx, caller, asked.before, asked.recipient)
    question = _question((asked.first, asked.last), None)
    exchanged = {item["agency"]: item for item in deadline_items(tx, directory, caller, question, now)}
    targets = targets_for(tx, list(group), asked.last.year)
    rows = []
    for code, name in group.items():
        figures, volumes = judged.get(code, {}), exchanged.get(code, {})
        rate, target = figures.get("rate"), targets.get(code)
        rows.append(
            {
                "agency": code,
                "agency_name": name,
                "sent": volumes.get("sent", 0),
                "received": volumes.get("received", 0),
                "judged": figures.get("sent", 0),
                "signed": figures.get("signed", 0),
                "rate": rate,
                "rate_full": figures.get("rate_full"),
                "rate_before": before.get(code, {}).get("rate"),
                "target": target,
                "met": None if rate is None or target is None else rate >= target,
                **{name: volumes.get(name, 0) for name in ("sent_late", "answered_late", "overdue")},
                "regulation": None if asked.regulations is None else asked.regulations.get(code, ""),
            }
        )
    definition: dict[Language, str] = {
        language: _DEFINITION[language] + SIGNATURES[language] for language in ("en", "vi")
    }
    return Report(_TITLE, _COLUMNS, _ranked(rows), definition, notes, _CHARTS)


def _group(tx: Read, directory: Directory, codes: Sequence[AgencyCode]) -> dict[AgencyCode, str]:
    """Return the names of the group's agencies, in its order."""
    if not codes:
        rows = queries.unit_page(tx, "", _MOST, level=1, deleted=False)
        return {AgencyCode(row.code): row.name for row in rows}
    found = directory.find(tx, codes)
    unknown = [code for code in codes if code not in found]
    if unknown:
        raise QueryInvalid(*(Place("query:group", code, "an agency of the directory") for code in unknown))
    return {code: found[code].name for code in codes}


def _signatures(
    tx: Read, caller: Caller, days: tuple[dt.date, dt.date], recipient: AgencyCode | None
) -> dict[str, Item]:
    return {item["agency"]: item for item in signature_items(tx, caller, _question(days, recipient))}


def _question(days: tuple[dt.date, dt.date], recipient: AgencyCode | None) -> Question:
    spans = spans_of(days[0].isoformat(), days[1].isoformat(), by_day=False)
    return Question(spans, ("agency",), recipient=recipient)


def _ranked(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows by falling rate, then by what was sent; those without a rate come last."""

    def order(row: Mapping[str, Any]) -> tuple[Any, ...]:
        rate = row["rate"]
        return (rate is None, -(rate or 0.0), -row["judged"], row["agency"])

    ranked: list[dict[str, Any]] = []
    for place, row in enumerate(sorted(rows, key=order), start=1):
        above = ranked[-1] if ranked else None
        rank = above["rank"] if above is not None and above["rate"] == row["rate"] else place
        ranked.append({"rank": None if row["rate"] is None else rank, **row})
    return ranked


_MOST = 10_000
