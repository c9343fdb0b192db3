"""Figures of deadlines per agency and period: what was sent and answered in time, late, or not yet.

They are read from counters; what is not due yet is counted from an index.
`axis.compliance.statistics_definitions` says what the figures mean, `axis.protocol.deadlines` has the rules.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Label, Select, and_, func, literal_column, or_, select

from axis.agencies.callers import Caller
from axis.agencies.directory import Directory
from axis.agencies.tables import agencies
from axis.clock import Microseconds
from axis.compliance.queries import Sums
from axis.compliance.statistics import (
    ITEMS,
    Item,
    Question,
    View,
    add_received,
    add_sent,
    documents_sent,
    finished_items,
    view_of,
)
from axis.compliance.statistics_periods import Span
from axis.counters.tables import OUTCOMES, counters
from axis.database import Read
from axis.documents.deadlines import delivery_is
from axis.documents.tables import deliveries

_SENT, _SENT_LATE, _RECEIVED, _ANSWERED, _ANSWERED_LATE, _OPEN = range(6)
_MONTH: Final = len("YYYY-MM")
_RECIPIENT: Final = deliveries.c.recipient.concat(literal_column("''"))


def deadline_items(
    tx: Read, directory: Directory, caller: Caller, question: Question, now: Microseconds
) -> list[Item]:
    """Return the rows of deadlines as of `now`, a business time.

    An agency sees what it sent and received, and of others what the filters limit to it. The transaction
    should hold a snapshot, since the open deliveries are subtracted from what counters say.

    Raises:
        QueryInvalid: when there would be more than `ITEMS`.

    """
    sums: Sums = {}
    view = view_of(tx, directory, caller, question)
    column = counters.c
    sent = [(_SENT, documents_sent(question)), (_SENT_LATE, column.sent_late)]
    add_sent(tx, sums, question, view, sent)
    answered = column.handled + column.refused + column.withdrawn
    assert len(OUTCOMES) == 3  # noqa: PLR2004 - each of them is an answer
    received = [(_RECEIVED, column.addressed), (_ANSWERED, answered), (_ANSWERED_LATE, column.answered_late)]
    add_received(tx, sums, question, view, received)
    _add_open(tx, sums, question, view, now)
    return finished_items(tx, question, sums, caller, deadline_figures)


def deadline_figures(row: Sequence[int]) -> Item:
    """Return the figures and rates of sums at the places of this module."""
    sent, sent_late, received, answered, answered_late, still_open = row[: _OPEN + 1]
    answered_in_time = answered - answered_late
    due = received - still_open
    return {
        "sent": sent,
        "sent_in_time": sent - sent_late,
        "sent_late": sent_late,
        "received": received,
        "answered_in_time": answered_in_time,
        "answered_late": answered_late,
        "overdue": due - answered,
        "open": still_open,
        "rate_sent": (sent - sent_late) / sent if sent else None,
        "rate_answered": answered_in_time / due if due else None,
    }


def _add_open(tx: Read, sums: Sums, question: Question, view: View, now: Microseconds) -> None:
    row: Any
    for row in tx.execute(open_deliveries(question, view, now)):
        sums.setdefault(tuple(row[:-1]), [0] * 16)[_OPEN] += row[-1]


def open_deliveries(question: Question, view: View, now: Microseconds) -> Select[Any]:
    """Return the statement that counts the deliveries that are unanswered and not due yet, by their index.

    It names the recipient in a form for which no other index is used: by the recipients' index SQLite would
    read all that a recipient ever got.
    """
    column = deliveries.c
    conditions = [
        delivery_is("open", now),
        or_(*(_within(span) for span in question.spans)),
        view.received_by(_RECIPIENT),
    ]
    for filtered, wanted in (
        (column.sender, question.sender),
        (_RECIPIENT, question.recipient),
        (column.type, question.type),
    ):
        if wanted is not None:
            conditions.append(filtered == wanted)
    keys = [_key(name) for name in question.by]
    statement = select(*keys, func.count()).where(and_(*conditions))
    if "level" in question.by:
        statement = statement.select_from(deliveries.join(agencies, agencies.c.code == _RECIPIENT))
    if keys:
        statement = statement.group_by(*(key.element for key in keys)).limit(ITEMS + 1)
    return statement


def _within(span: Span) -> ColumnElement[bool]:
    day = deliveries.c.day if span.grain == "d" else func.substr(deliveries.c.day, 1, _MONTH)
    return and_(day >= span.first, day <= span.last)


def _key(name: str) -> Label[Any]:
    column = deliveries.c
    found: dict[str, ColumnElement[Any]] = {
        "agency": _RECIPIENT,
        "level": agencies.c.level,
        "month": func.substr(column.day, 1, _MONTH),
        "day": column.day,
        "type": column.type,
    }
    return found[name].label(f"by_{name}")
