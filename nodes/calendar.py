"""Working days and hours in Viet Nam, by which answers are due. It reads no clock.

Offices work Monday to Friday, 07:30 to 17:00 here without the noon break. Public holidays are given by
the caller, since they differ each year.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

VIET_NAM = timezone(timedelta(hours=7), "+07:00")
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """When an office works."""

    opens: time = time(7, 30)
    closes: time = time(17, 0)
    holidays: frozenset[date] = frozenset()
    always: bool = False
    """Whether it works at any hour of any day, as a machine does."""

    def is_working_day(self, day: date) -> bool:
        """Tell whether the office opens on that day."""
        return self.always or (day.weekday() < _SATURDAY and day not in self.holidays)

    def is_open(self, at: datetime) -> bool:
        """Tell whether the office works at an aware moment."""
        local = at.astimezone(VIET_NAM)
        within = self.opens <= local.time() < self.closes
        return self.always or (within and self.is_working_day(local.date()))

    def next_open(self, at: datetime) -> datetime:
        """Return `at` if the office works then, else the moment it next opens."""
        local = at.astimezone(VIET_NAM)
        if self.is_open(local):
            return local
        day = local.date()
        if local.time() >= self.closes or not self.is_working_day(day):
            day += timedelta(days=1)
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return datetime.combine(day, self.opens, VIET_NAM)

    def later(self, at: datetime, working_days: int) -> datetime:
        """Return the same time of day that many working days on; 0 is the next working moment."""
        first = self.next_open(at)
        day = first.date()
        for _ in range(working_days):
            day += timedelta(days=1)
            while not self.is_working_day(day):
                day += timedelta(days=1)
        return datetime.combine(day, first.time(), VIET_NAM)


def working_days(first: date, last: date, holidays: Collection[date] = ()) -> Iterator[date]:
    """Yield the working days from `first` to `last`, both inclusive."""
    hours = WorkingTime(holidays=frozenset(holidays))
    day = first
    while day <= last:
        if hours.is_working_day(day):
            yield day
        day += timedelta(days=1)
