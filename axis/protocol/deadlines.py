"""By when a document has to be sent, and by when a delivery has to be answered.

The rules are those in force on the document's date: Decision 28/2018/QĐ-TTg, and from 5 March 2020 Decree
30/2020/NĐ-CP, article 18. docs/deadlines.md says them in full. They run on `axis.protocol.working_calendar`.
"""

import functools
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from axis.protocol.document_types import MESSAGE
from axis.protocol.working_calendar import (
    CLOSES,
    NOON,
    VIET_NAM,
    at_time,
    next_working_day,
    next_working_moment,
)

Rules = Literal["decision-28-2018", "decree-30-2020"]

DECREE_30_SINCE: Final = "2020-03-05"
"""The first date of documents that the decree is for."""
AT_ONCE: Final = timedelta(minutes=60)
"""What `at once` of urgent documents is taken to mean."""
ANSWERS: Final = frozenset({"02", "03", "04", "05", "06", "15"})
"""The statuses that answer a delivery. 01 says that it arrived; after 16, which declines a request, the
answer is still to come."""

_LAST: Final = datetime.max.replace(tzinfo=VIET_NAM)


def has_deadlines(action: str, document_type: str) -> bool:
    """Tell whether documents of this action and type have deadlines: recalls and messages have none."""
    return action != "recall" and document_type != MESSAGE


def is_urgent(priority: str) -> bool:
    """Tell whether a priority asks for a document to be handled at once: every one but normal."""
    return priority != "normal"


def rules_on(issued_on: str) -> Rules:
    """Return the rules for a document of this date, `YYYY-MM-DD`."""
    return "decree-30-2020" if issued_on >= DECREE_30_SINCE else "decision-28-2018"


def send_due(signed_on: str, issued_on: str, priority: str) -> datetime:
    """Return the last moment at which a document is sent in time.

    `signed_on` is the day on which it was signed, `issued_on` its own date, both as `YYYY-MM-DD`. Of the
    signing only the day is known, so what is urgent is late where it certainly is: an hour after that day.

    Raises:
        ValueError: when `signed_on` is no day of the calendar.

    """
    return _send_due(signed_on, rules_on(issued_on), is_urgent(priority))


def answer_due(arrived: datetime, priority: str) -> datetime:
    """Return the last moment at which a delivery is answered in time; `arrived` is an aware moment.

    What arrives outside working hours arrives at their next beginning.
    """
    begins = next_working_moment(arrived)
    if is_urgent(priority):
        return begins + AT_ONCE
    return at_time(begins.date(), CLOSES)


@functools.lru_cache(maxsize=1_024)
def _send_due(signed_on: str, rules: Rules, urgent: bool) -> datetime:
    day = date.fromisoformat(signed_on)
    if urgent:
        return _LAST if day == date.max else at_time(day + timedelta(days=1), time.min) + AT_ONCE
    following = next_working_day(day)
    return at_time(following, NOON[0] if rules == "decision-28-2018" else CLOSES)
