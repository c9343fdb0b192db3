"""Splits a period into whole months and the days at its edges, as counters are kept.

A period has at most three spans, so the cost of reading it does not grow with its length.
"""

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Literal

from axis.protocol.errors import Place, QueryInvalid, shorten

_MONTH = len("YYYY-MM")
EARLIEST, LATEST = "0000", "9999-99"
"""Before and after every day and month, as text."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days (`grain` d) or months (m) from the first to the last, both included."""

    grain: Literal["d", "m"]
    first: str
    last: str


def spans_of(first: str | None, last: str | None, *, by_day: bool) -> list[Span]:
    """Return the spans of a period of days, both included; None is open. `by_day` keeps them all in days.

    Raises:
        QueryInvalid: when a bound is no day of the calendar, or the first lies after the last.

    """
    _check_day("from", first)
    _check_day("to", last)
    if first is not None and last is not None and first > last:
        raise QueryInvalid(Place("query:to", last, f"a day not before {first}"))
    if by_day:
        return [Span("d", first or EARLIEST, last or LATEST)]
    spans: list[Span] = []
    first_month, last_month = EARLIEST, LATEST
    if first is not None:
        first_month = first[:_MONTH]
        if first[_MONTH:] != "-01":
            end = min(_end_of(first_month), last or LATEST)
            spans.append(Span("d", first, end))
            first_month = _month_after(first_month)
    if last is not None:
        last_month = last[:_MONTH]
        if last != _end_of(last_month):
            if last_month >= first_month:  # else the span of days above holds it
                spans.append(Span("d", f"{last_month}-01", last))
            last_month = _month_before(last_month)
    if first_month <= last_month:
        spans.append(Span("m", first_month, last_month))
    return spans


def _check_day(name: str, text: str | None) -> None:
    if text is None:
        return
    try:
        if dt.date.fromisoformat(text).isoformat() == text:
            return
    except ValueError:
        pass
    raise QueryInvalid(Place(f"query:{name}", shorten(text), "a day of the calendar, as in 2019-06-03"))


def _end_of(month: str) -> str:
    days = calendar.monthrange(int(month[:4]), int(month[5:]))[1]
    return f"{month}-{days:02}"


def _month_after(month: str) -> str:
    if month == "9999-12":
        return LATEST
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


def _month_before(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year - (number == 1):04}-{(number - 2) % 12 + 1:02}"
