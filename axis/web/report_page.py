"""`/report`: what share of its documents each agency signed, by month and recipient, and what is behind it.

Figures come from the functions of `/v1/statistics`, and lead to the documents that they count. What verdicts
found is in `axis.web.verdict_breakdown`.
"""

import calendar
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from fastapi import Request, Response
from pydantic import Field

from axis.agencies.callers import Caller
from axis.agencies.directory import Directory, DirectoryDep, names_of
from axis.agencies.tokens import Role
from axis.clock import day_of
from axis.compliance.reconciliation.ledger_health import describe_health
from axis.compliance.routes import StatisticsQuery, question_of
from axis.compliance.statistics import Item, Question, exchange_items, signature_items
from axis.compliance.statistics_definitions import SIGNATURES
from axis.compliance.statistics_periods import spans_of
from axis.compliance.targets import targets_for
from axis.database import Read
from axis.database.dependencies import ClockDep, DatabaseDep
from axis.database.snapshots import hold_snapshot
from axis.protocol.agency_codes import AgencyCode, short_form
from axis.protocol.document_types import DOCUMENT_TYPES
from axis.web.monthly_chart import monthly_chart
from axis.web.page_queries import members_of, read_query
from axis.web.page_routes import page_router
from axis.web.rendering import address_with, render
from axis.web.verdict_breakdown import Breakdown, documents_behind_verdicts, verdict_breakdowns
from axis.web.visitors import PageReader

router = page_router()

PARTS: Final[Mapping[str, Mapping[str, str]]] = {
    "sent": {},
    "signed": {"signed": "true"},
    "both": {"signed_by": "both"},
    "organisation": {"signed_by": "organisation"},
    "person": {"signed_by": "person"},
    "indeterminate": {"indication": "INDETERMINATE"},
    "failed": {"indication": "TOTAL-FAILED"},
    "unsigned": {"indication": "none"},
}
"""The filters of `/documents` that list what a figure counts."""
ROWS: Final = 100
"""The most rows of a table of the page; the files have all."""
Show = Literal["all", "unsigned", "silent"]
Order = Literal["agency", "rate", "sent"]
_ORDERS: Final[Mapping[Order, Callable[[Item], Any]]] = {
    "agency": lambda row: row["agency"],
    "rate": lambda row: (row["rate"] is None, row["rate"] or 0, -row["sent"]),
    "sent": lambda row: (-row["sent"], row["agency"]),
}
_SHOWN: Final[Mapping[Show, Callable[[Item], bool]]] = {
    "all": lambda _row: True,
    "unsigned": lambda row: row["sent"] > 0 and row["signed"] == 0,
    "silent": lambda row: row["sent"] == 0,
}


class ReportQuery(StatisticsQuery):
    """The query of the page: that of the statistic, and which agencies are shown in which order."""

    show: Show = Field("all", description="`unsigned`: who signed nothing; `silent`: who sent nothing.")
    order: Order = "agency"


@dataclass(frozen=True, slots=True)
class Figures:
    """What the page shows, read from one state of the store."""

    total: Item
    agencies: list[Item]
    months: list[Item]
    recipients: list[Item]
    verdicts: Mapping[str, Breakdown] | None
    """What verdicts found; None where it is not counted."""
    before: Mapping[str, Item] | None
    """The figures of the period before, by agency; None where the period is open."""
    targets: Mapping[AgencyCode, float]
    names: Mapping[str, str]
    health: Mapping[str, Any]


@router.get("/report", summary="The signed-document rate")
def show_report(
    request: Request, visitor: PageReader, database: DatabaseDep, directory: DirectoryDep, clock: ClockDep
) -> Response:
    """Show rates by agency and month, and to whom documents went: an agency's own, or an auditor all."""
    query = read_query(request, ReportQuery)
    question = _own(question_of(query), visitor.caller)
    today, silent = day_of(clock.now()), query.show == "silent"
    with database.read() as tx:
        hold_snapshot(tx)
        figures = Figures(
            total=signature_items(tx, visitor.caller, question)[0],
            agencies=signature_items(tx, visitor.caller, replace(question, by=("agency",), silent=silent)),
            months=signature_items(tx, visitor.caller, replace(question, by=("month",))),
            recipients=_recipients(tx, directory, visitor.caller, question),
            verdicts=verdict_breakdowns(tx, visitor.caller, question),
            before=_before(tx, visitor.caller, query, question),
            targets={},
            names=names_of(tx, [code for code in (question.sender, question.recipient) if code]),
            health=describe_health(tx),
        )
        codes = [AgencyCode(row["agency"]) for row in figures.agencies]
        year = int((query.last or today)[:4])
        figures = replace(figures, targets=targets_for(tx, codes, year))
    filters = {
        "from": query.first,
        "to": query.last,
        "type": query.type,
        "sender": question.sender,
        "recipient": question.recipient,
    }
    rows = sorted(filter(_SHOWN[query.show], figures.agencies), key=_ORDERS[query.order])
    return render(
        request,
        visitor,
        "report.html",
        figures=figures,
        rows=rows[:ROWS],
        left_out=max(0, len(rows) - ROWS),
        unsigned=sum(map(_SHOWN["unsigned"], figures.agencies)),
        asked=members_of(request),
        filters={name: value for name, value in filters.items() if value},
        query=query,
        question=question,
        periods=_periods(today),
        year=year,
        types=DOCUMENT_TYPES,
        definition=SIGNATURES[visitor.language],
        chart=monthly_chart(figures.months, visitor.language),
        documents=_documents_behind(filters, visitor.caller.role),
        judged=documents_behind_verdicts(filters, visitor.caller),
    )


def _own(question: Question, caller: Caller) -> Question:
    """Ask an agency without a subtree about itself, so that it also sees to whom it sent."""
    if caller.role == "agency" and not caller.subtree and question.sender is None:
        return replace(question, sender=caller.agency)
    return question


def _recipients(tx: Read, directory: Directory, caller: Caller, question: Question) -> list[Item]:
    """Return to whom documents went, the busiest first; nothing where the caller may not see it."""
    if caller.role == "agency" and question.sender is None:
        return []
    rows = exchange_items(tx, directory, caller, replace(question, by=("agency",)))
    return sorted((row for row in rows if row["received"]), key=lambda row: -row["received"])


def _before(tx: Read, caller: Caller, query: StatisticsQuery, question: Question) -> dict[str, Item] | None:
    """Return the figures of as many days right before the period, by agency; None without both ends."""
    if query.first is None or query.last is None:
        return None
    first, last = dt.date.fromisoformat(query.first), dt.date.fromisoformat(query.last)
    days = last - first + dt.timedelta(days=1)
    if first - days < dt.date(1, 1, 2):
        return None
    spans = spans_of(f"{first - days}", f"{first - dt.timedelta(days=1)}", by_day=False)
    rows = signature_items(tx, caller, replace(question, spans=spans, by=("agency",)))
    return {row["agency"]: row for row in rows}


def _periods(today: str) -> Sequence[tuple[str, str, str]]:
    """Return the months and years that one asks for most: a name of the template, the first and last day."""
    day = dt.date.fromisoformat(today)
    month_before = day.replace(day=1) - dt.timedelta(days=1)
    return (
        ("this month", *_month(day)),
        ("last month", *_month(month_before)),
        ("this year", f"{day.year:04}-01-01", f"{day.year:04}-12-31"),
        ("last year", f"{day.year - 1:04}-01-01", f"{day.year - 1:04}-12-31"),
    )


def _month(day: dt.date) -> tuple[str, str]:
    last = calendar.monthrange(day.year, day.month)[1]
    return f"{day:%Y-%m}-01", f"{day:%Y-%m}-{last:02}"


def _documents_behind(filters: Mapping[str, Any], role: Role) -> Callable[..., str]:
    """Return what makes the address of the documents that a figure of a row counts."""

    def behind(part: str, agency: str | None = None, month: str | None = None) -> str:
        row: dict[str, Any] = {**filters, "counted": "true"}
        if agency is not None:
            row["sender"] = short_form(AgencyCode(agency))
        if month is not None:
            first, last = _month(dt.date.fromisoformat(f"{month}-01"))
            row["from"] = max(first, filters["from"] or first)
            row["to"] = min(last, filters["to"] or last)
        if role == "agency" and row["recipient"] is None:
            row["side"] = "sent"
        return address_with("/documents", row, **PARTS[part])

    return behind
