"""Viet Nam's working days and office hours, by which deadlines run.

Offices work Monday to Friday except on public holidays, and on weekend days that were swapped for free ones
(`axis.protocol.public_holidays`). Hours are those of the provinces' one-stop systems.
"""

import functools
from datetime import date, datetime, time, timedelta, timezone
from typing import Final

from axis.protocol.public_holidays import PUBLIC_HOLIDAYS, SWAPS

VIET_NAM: Final = timezone(timedelta(hours=7), "+07:00")
OPENS: Final = time(7, 0)
NOON: Final = (time(11, 30), time(13, 30))
"""The end of the morning, and the beginning of the afternoon."""
CLOSES: Final = time(17, 0)

_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Tell whether offices work on that day."""
    free, worked = _exceptions()
    return day in worked or (day.weekday() < _SATURDAY and day not in free)


def next_working_day(day: date) -> date:
    """Return the first working day after a day; at the end of the calendar its last day."""
    while day < date.max:
        day += _DAY
        if is_working_day(day):
            break
    return day


def next_working_moment(at: datetime) -> datetime:
    """Return an aware moment in Viet Nam's time if offices work then, else the moment they next begin."""
    local = at.astimezone(VIET_NAM)
    day, hour = local.date(), local.time()
    if hour >= CLOSES or not is_working_day(day):
        return at_time(next_working_day(day), OPENS)
    if hour < OPENS:
        return at_time(day, OPENS)
    if NOON[0] <= hour < NOON[1]:
        return at_time(day, NOON[1])
    return local


def at_time(day: date, hour: time) -> datetime:
    """Return the moment of a day of Viet Nam's."""
    return datetime.combine(day, hour, VIET_NAM)


@functools.cache
def _exceptions() -> tuple[frozenset[date], frozenset[date]]:
    """Return the free days among Mondays to Fridays, and the weekend days that are worked."""
    holidays = [f"{year}-{day}" for year, days in PUBLIC_HOLIDAYS.items() for day in days.split()]
    free = [*holidays, *(swap.free for swap in SWAPS)]
    return frozenset(map(date.fromisoformat, free)), frozenset(
        date.fromisoformat(swap.worked) for swap in SWAPS
    )
