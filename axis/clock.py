"""Business time: the time at which documents are accepted, which a sandbox may move and have run faster.

Tokens and durations go by the machine's own clock. Formats follow RFC 3339; days and months are Viet Nam's,
at a fixed +07:00.
"""

import datetime as dt
import functools
import time
from typing import Final, NamedTuple, NewType

Microseconds = NewType("Microseconds", int)
"""Microseconds since 1970-01-01T00:00:00Z: the one form in which the hub keeps a time."""

VIET_NAM = dt.timezone(dt.timedelta(hours=7))
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_DAY = dt.timedelta(days=1) // _MICROSECOND
_VIET_NAM_AHEAD = dt.timedelta(hours=7) // _MICROSECOND


MOVED_YEARS: Final = (dt.datetime(2010, 1, 1, tzinfo=dt.UTC), dt.datetime(2060, 1, 1, tzinfo=dt.UTC))
"""A sandbox's clock may show any time from the first to before the second."""
FAST_UNTIL: Final = Microseconds((MOVED_YEARS[1] - _EPOCH) // _MICROSECOND - 60_000_000)
"""A clock that runs faster stands still here, a minute before those years and the sandbox's authority end."""


class ClockSetting(NamedTuple):
    """How business time follows from real time: by the same sum in every process of a hub."""

    offset: int = 0
    """Microseconds added to real time; negative in the past."""
    factor: int = 1
    """How many times as fast as real time it runs."""
    since: int = 0
    """The real time from which on it runs so fast; without meaning for a factor of 1."""

    def business(self, real: int) -> Microseconds:
        """Return the business time at a real time."""
        if self.factor == 1:
            return Microseconds(real + self.offset)
        return Microseconds(min(real + self.offset + (self.factor - 1) * (real - self.since), FAST_UNTIL))


class Clock:
    """The hub's business time: real time, unless the sandbox moves it or has it run faster."""

    def __init__(self, offset: int = 0, factor: int = 1, since: int = 0) -> None:
        self._setting = ClockSetting(offset, factor, since)

    @property
    def moved(self) -> bool:
        """Whether times differ from real ones; leaves written meanwhile say so."""
        return self._setting.offset != 0 or self._setting.factor != 1

    @property
    def offset(self) -> int:
        """Microseconds added to real time, besides what a faster clock has gained."""
        return self._setting.offset

    @property
    def factor(self) -> int:
        """How many times as fast as real time it runs."""
        return self._setting.factor

    def now(self) -> Microseconds:
        """Return the business time."""
        return self._setting.business(time.time_ns() // 1000)

    def move(self, offset: int, factor: int = 1, since: int = 0) -> None:
        """Follow a `ClockSetting`, given by its members; an offset of 0 alone is real time again."""
        self._setting = ClockSetting(offset, factor, since)


def real_now() -> Microseconds:
    """Return the machine's own time, which tokens expire by."""
    return Microseconds(time.time_ns() // 1000)


def to_datetime(moment: Microseconds) -> dt.datetime:
    """Return the moment as an aware UTC datetime."""
    return _EPOCH + moment * _MICROSECOND


def from_datetime(moment: dt.datetime) -> Microseconds:
    """Return an aware datetime as microseconds."""
    return Microseconds((moment - _EPOCH) // _MICROSECOND)


def rfc3339(moment: Microseconds) -> str:
    """Return the moment as RFC 3339 in UTC, microseconds written out: `2019-06-03T02:11:09.123456Z`."""
    second, fraction = divmod(moment, 1_000_000)
    return f"{_written_out(second)}.{fraction:06d}Z"


@functools.lru_cache(maxsize=4_096)
def _written_out(second: int) -> str:
    """Write a second of UTC; lists name the same ones again and again."""
    return (_EPOCH + dt.timedelta(seconds=second)).replace(tzinfo=None).isoformat()


def parse_rfc3339(text: str) -> Microseconds:
    """Read an RFC 3339 time with its zone.

    Raises:
        ValueError: when it is not a time, or states no zone.

    """
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        message = "a time needs its zone, as in 2019-06-03T02:11:09Z"
        raise ValueError(message)
    return from_datetime(moment)


def day_of(moment: Microseconds) -> str:
    """Return Viet Nam's calendar day of the moment, as `YYYY-MM-DD`."""
    return _day((moment + _VIET_NAM_AHEAD) // _DAY)


@functools.lru_cache(maxsize=4_096)
def _day(number: int) -> str:
    """Write the day with this number, counted from 1970-01-01; most documents are of the same few days."""
    return (_EPOCH.date() + dt.timedelta(days=number)).isoformat()
