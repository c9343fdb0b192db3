"""`/deadlines`: who sends or answers late, who does not answer, and with which documents.

The figures are those of `/v1/statistics/deadlines`.
"""

from dataclasses import replace
from typing import Any, Final

from fastapi import Request, Response

from axis.agencies.directory import DirectoryDep, names_of
from axis.clock import rfc3339
from axis.compliance.deadline_statistics import deadline_items
from axis.compliance.routes import StatisticsQuery, question_of
from axis.compliance.statistics_definitions import DEADLINES
from axis.database.dependencies import ClockDep, DatabaseDep
from axis.database.snapshots import hold_snapshot
from axis.protocol.document_types import DOCUMENT_TYPES, MESSAGE
from axis.web.page_queries import members_of, read_query
from axis.web.page_routes import page_router
from axis.web.rendering import render
from axis.web.visitors import PageReader

router = page_router()

ROWS: Final = 100
"""The most rows of the table; the files have all."""


@router.get("/deadlines", summary="Deadlines")
def show_deadlines(
    request: Request, visitor: PageReader, database: DatabaseDep, directory: DirectoryDep, clock: ClockDep
) -> Response:
    """Show by agency what was sent and answered in time or late, and what waits; the worst first."""
    question = replace(question_of(read_query(request, StatisticsQuery)), by=("agency",))
    now = clock.now()
    with database.read() as tx:
        hold_snapshot(tx)
        rows = deadline_items(tx, directory, visitor.caller, question, now)
        names = names_of(tx, [code for code in (question.sender, question.recipient) if code])
    rows.sort(key=_worst_first)
    return render(
        request,
        visitor,
        "deadlines.html",
        rows=rows[:ROWS],
        left_out=max(0, len(rows) - ROWS),
        overdue=sum(row["overdue"] for row in rows),
        names=names,
        question=question,
        asked=members_of(request),
        filters=members_of(request),
        types=[slug for slug in DOCUMENT_TYPES if slug != MESSAGE],
        definition=DEADLINES[visitor.language],
        now=rfc3339(now),
    )


def _worst_first(row: dict[str, Any]) -> tuple[Any, ...]:
    return (-row["overdue"], -row["answered_late"], -row["sent_late"], row["agency"])
