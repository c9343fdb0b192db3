"""When an office works: by which moments it answers, and on which days a scenario goes on. It reads no clock.

Days and hours are those of Viet Nam's one working calendar (`axis.protocol.working_calendar`), by which the
hub counts deadlines too; an office or a scenario may have days off of its own, and other hours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from axis.protocol.working_calendar import CLOSES, NOON, OPENS, VIET_NAM, is_working_day

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """When an office works: from `opens` to `closes` but for the break at noon, on working days."""

    opens: time = OPENS
    closes: time = CLOSES
    holidays: frozenset[date] = frozenset()
    """Days off that the calendar does not have."""
    worked: frozenset[date] = frozenset()
    """Days worked that the calendar has free."""
    always: bool = False
    """Whether it works at any hour of any day, as a machine does."""

    def is_working_day(self, day: date) -> bool:
        """Tell whether the office opens on that day."""
        return self.always or (day not in self.holidays and (day in self.worked or is_working_day(day)))

    def days(self, first: date, last: date) -> Iterator[date]:
        """Yield the working days from `first` to `last`, both inclusive."""
        for number in range((last - first).days + 1):
            if self.is_working_day(day := first + number * _DAY):
                yield day

    def is_open(self, at: datetime) -> bool:
        """Tell whether the office works at an aware moment."""
        return self.next_open(at) == at

    def next_open(self, at: datetime) -> datetime:
        """Return `at` if the office works then, else the moment it next opens."""
        local = at.astimezone(VIET_NAM)
        if self.always:
            return local
        begins = max(local.time(), self.opens)
        if NOON[0] <= begins < NOON[1]:
            begins = NOON[1]
        if begins < self.closes and self.is_working_day(local.date()):
            return datetime.combine(local.date(), begins, VIET_NAM)
        return self.next_open(datetime.combine(self._next_day(local.date()), time(), VIET_NAM))

    def later(self, at: datetime, working_days: int) -> datetime:
        """Return the same time of day that many working days on; 0 is the next working moment."""
        first = self.next_open(at)
        day = first.date()
        for _ in range(working_days):
            day = self._next_day(day)
        return datetime.combine(day, first.time(), VIET_NAM)

    def _next_day(self, day: date) -> date:
        """Return the first working day after a day."""
        day += _DAY
        while not self.is_working_day(day):
            day += _DAY
        return day
