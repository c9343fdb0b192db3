"""Times of the old protocol, in Viet Nam's time without a zone, and the days of a list's query.

The timestamp of a call is read by `axis.protocol.vxp`.
"""

import datetime as dt
import re
from typing import Final

from axis.clock import Microseconds, from_datetime, to_datetime
from axis.protocol.edxml import VIET_NAM
from axis.protocol.errors import shorten
from axis.protocol.vxp import Call
from axis.vxp.replies import Code, Refused

_TIME: Final = r"(?:[ T](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?)?"
_FORMS: Final = tuple(
    re.compile(form + _TIME)
    for form in (
        r"(?P<year>[0-9]{4})(?P<between>[/-])(?P<month>[0-9]{1,2})(?P=between)(?P<day>[0-9]{1,2})",
        r"(?P<day>[0-9]{1,2})(?P<between>[/-])(?P<month>[0-9]{1,2})(?P=between)(?P<year>[0-9]{4})",
        r"(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year>[0-9]{4})",
    )
)


def stamp(moment: Microseconds) -> str:
    """Return `2026/01/15 09:30:00`, in Viet Nam's time."""
    at = to_datetime(moment).astimezone(VIET_NAM)
    return f"{at.year:04}/{at.month:02}/{at.day:02} {at.hour:02}:{at.minute:02}:{at.second:02}"


def days_of(call: Call) -> tuple[dt.date | None, dt.date | None]:
    """Return the first and the last day of `fromDate` and `toDate`, both included.

    Each may be `yyyy/MM/dd`, `yyyy-MM-dd`, `dd/MM/yyyy`, `dd-MM-yyyy` or `ddMMyyyy`. A time of day after it
    is ignored.

    Raises:
        Refused: with 20 when one of them is no day.

    """
    return _day_of(call, "fromDate"), _day_of(call, "toDate")


def moments_of(call: Call) -> tuple[Microseconds | None, Microseconds | None]:
    """Return the first moment of those days, and the first one after them.

    Raises:
        Refused: as `days_of`.

    """
    first, last = days_of(call)
    return (None if first is None else _midnight(first)), (None if last is None else _midnight(last, 1))


def _midnight(day: dt.date, later: int = 0) -> Microseconds:
    start = dt.datetime(day.year, day.month, day.day, tzinfo=VIET_NAM)
    try:
        return from_datetime(start + dt.timedelta(days=later))
    except OverflowError:  # the last day of the year 9999
        return from_datetime(start)


def _day_of(call: Call, name: str) -> dt.date | None:
    text = call.first(name).strip()
    if not text:
        return None
    for form in _FORMS:
        if found := form.fullmatch(text):
            try:
                return dt.date(int(found["year"]), int(found["month"]), int(found["day"]))
            except ValueError:
                break
    raise Refused(
        Code.SYSTEM_ERROR,
        f"{name} cannot be read: found {shorten(text)}, expected a day, such as 2026/01/15.",
    )
