"""The due times that are stored with documents and deliveries, and the conditions of lists by deadline.

The rules are in `axis.protocol.deadlines`.
"""

import functools
from typing import Final, Literal, NamedTuple

from sqlalchemy import ColumnElement, and_

from axis.clock import Microseconds, from_datetime, to_datetime
from axis.documents.tables import deliveries, documents
from axis.protocol import deadlines as rules

Deadline = Literal["late", "overdue", "open", "in_time"]
"""`late` and `in_time`: done by then or not. `overdue` and `open`: not done, past its time or not yet."""


class DueTimes(NamedTuple):
    """By when a document has to be sent, and by when each of its deliveries has to be answered."""

    sent: Microseconds | None
    """None where it has no deadlines, as recalls and messages."""
    answered: Microseconds | None

    def is_late(self, accepted_at: Microseconds) -> bool:
        """Tell whether a document that was accepted then was sent late."""
        return self.sent is not None and accepted_at > self.sent

    def is_answered_late(self, answered_at: Microseconds | None) -> bool:
        """Tell whether a delivery with that first answer was answered late; None for none."""
        return self.answered is not None and answered_at is not None and answered_at > self.answered


_HALF_AN_HOUR: Final = 30 * 60 * 1_000_000
NO_DUE_TIMES: Final = DueTimes(None, None)


def due_times(
    action: str, document_type: str, priority: str, issued_on: str, signed_on: str, accepted_at: Microseconds
) -> DueTimes:
    """Return the due times of a document; `signed_on` as `axis.documents.signing_days` tells it."""
    if not rules.has_deadlines(action, document_type):
        return NO_DUE_TIMES
    sent = _send_due(signed_on, issued_on, priority)
    if rules.is_urgent(priority):
        return DueTimes(sent, _answer_due(accepted_at, priority))
    return DueTimes(sent, _answer_due_of_all(accepted_at - accepted_at % _HALF_AN_HOUR))


@functools.lru_cache(maxsize=1_024)
def _send_due(signed_on: str, issued_on: str, priority: str) -> Microseconds:
    return from_datetime(rules.send_due(signed_on, issued_on, priority))


def _answer_due(accepted_at: int, priority: str) -> Microseconds:
    return from_datetime(rules.answer_due(to_datetime(Microseconds(accepted_at)), priority))


@functools.lru_cache(maxsize=64)
def _answer_due_of_all(half_an_hour: int) -> Microseconds:
    """Return by when to answer what is not urgent and arrives within the half hour that begins then.

    Offices begin and end to work on half hours, so it is due at one time. Every document is asked for, on the
    hot path.
    """
    return _answer_due(half_an_hour, "normal")


def document_is(deadline: Literal["late", "in_time"]) -> ColumnElement[bool]:
    """Return the condition that a document was sent late, or in time."""
    column = documents.c
    if deadline == "late":
        return column.accepted_at > column.send_due
    return column.accepted_at <= column.send_due


def delivery_is(deadline: Deadline, now: Microseconds | ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a delivery was answered late or in time, or is unanswered as of `now`."""
    column = deliveries.c
    if deadline == "late":
        return column.answered_at > column.answer_due
    if deadline == "in_time":
        return column.answered_at <= column.answer_due
    due = column.answer_due
    return and_(column.answered_at.is_(None), due < now if deadline == "overdue" else due >= now)
