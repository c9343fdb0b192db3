"""The deadlines of docs/deadlines.md, written a second time for the audit.

It shares the working calendar with the hub (`axis.protocol.working_calendar`). Times are microseconds since
1970 in UTC.
"""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final

from axis.protocol.working_calendar import is_working_day

ANSWERS: Final = ("02", "03", "04", "05", "06", "15")
"""The first of these is a delivery's answer."""

_VIET_NAM: Final = timezone(timedelta(hours=7))
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_OPEN: Final = ((timedelta(hours=7), timedelta(hours=11.5)), (timedelta(hours=13.5), timedelta(hours=17)))
"""The working hours of a day, from its midnight on."""
_DECREE_SINCE: Final = date(2020, 3, 5)


def microseconds(at: str) -> int:
    """Return a time in RFC 3339. Raises `ValueError`."""
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None:
        raise ValueError(f"{at} has no zone")
    return _count(moment)


def rfc3339(at: int) -> str:
    """Return a time as hubs write it, in UTC to the microsecond."""
    moment = _EPOCH + timedelta(microseconds=at)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def has_deadlines(leaf: dict[str, Any]) -> bool:
    """Tell whether the document of an acceptance has deadlines: recalls and messages have none."""
    return bool(leaf["action"] != "recall" and leaf["type"] != "thong-diep")


def last_to_send(signed_on: str, issued_on: str, priority: str) -> int:
    """Return the last moment to send a document. Raises `ValueError` for days that are none."""
    signed, issued = date.fromisoformat(signed_on), date.fromisoformat(issued_on)
    if priority != "normal":
        return _count(_midnight(signed)) + _count(_EPOCH + _DAY + _HOUR)
    end = _OPEN[0][1] if issued < _DECREE_SINCE else _OPEN[1][1]
    return _count(_midnight(_working_day(signed, after=True)) + end)


def last_to_answer(arrived: str, priority: str) -> int:
    """Return the last moment to answer a delivery that arrived then, in RFC 3339. Raises `ValueError`."""
    local = datetime.fromisoformat(arrived).astimezone(_VIET_NAM)
    day = _working_day(local.date(), after=False)
    hour = local - _midnight(day)
    begun = [max(hour, opens) for opens, closes in _OPEN if hour < closes]
    if not begun:
        day, begun = _working_day(day, after=True), [_OPEN[0][0]]
    return _count(_midnight(day) + (_OPEN[1][1] if priority == "normal" else begun[0] + _HOUR))


def _working_day(day: date, *, after: bool) -> date:
    """Return the first working day from a day on, or after it; at the end of the calendar its last day."""
    if after and day < date.max:
        day += _DAY
    while not is_working_day(day) and day < date.max:
        day += _DAY
    return day


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=_VIET_NAM)


def _count(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
