"""Reads a page of a filtered list, in the ledger's order, at a limited cost.

One filter finds candidates by its index, and these are checked against the other filters. After a few
thousand candidates the page ends, full or not, with a position to go on from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Select, Table, case, func, literal, null, select, text

from axis.database import Read

LOOKED_AT = (400, 1_600, 4_000)
"""How many matches of the driving filter are read in each step, until the page is full. Common filters need
the first step alone; all steps together take well under a tenth of a second."""


@dataclass(frozen=True, slots=True)
class Driver:
    """A selection of positions, read from an index.

    `key` is the indexed column that orders it: the position itself, or the position times `scale` and more.
    """

    positions: Select[tuple[int]]
    key: ColumnElement[int]
    scale: int = 1
    ordered: bool = True
    """Whether the index gives positions in order. If not, the filter drives only where it has few matches."""

    def between(self, after: int, until: int | None) -> Select[Any]:
        """Return the positions above `after`, and not above `until`."""
        bounded = self.positions.where(self.key >= (after + 1) * self.scale)
        return bounded if until is None else bounded.where(self.key < (until + 1) * self.scale)

    def ahead(self, after: int, until: int | None, *, newest_first: bool = False) -> Select[Any]:
        """Return the same in their order, or the other way round."""
        return self.between(after, until).order_by(self.key.desc() if newest_first else self.key)


@dataclass(frozen=True, slots=True)
class PartsDriver:
    """A selection of the positions of parts, such as deliveries, by what is said of their wholes.

    The parts of a whole have the positions from its own times `scale` on, fewer than `scale` of them.
    """

    wholes: Driver
    part: Column[int]
    scale: int

    @property
    def ordered(self) -> bool:
        """Whether the index gives positions in order."""
        return self.wholes.ordered

    def between(self, after: int, until: int | None) -> Select[Any]:
        """Return the positions above `after`, and not above `until`."""
        return self._parts(after, until)[0]

    def ahead(self, after: int, until: int | None, *, newest_first: bool = False) -> Select[Any]:
        """Return the same in their order, or the other way round."""
        parts, whole = self._parts(after, until)
        if newest_first:
            return parts.order_by(whole.desc(), self.part.desc())
        return parts.order_by(whole, self.part)

    def _parts(self, after: int, until: int | None) -> tuple[Select[Any], ColumnElement[int]]:
        before = (after + 1) // self.scale - 1
        wholes = self.wholes.between(before, None if until is None else until // self.scale).subquery()
        (whole,) = wholes.c
        first = whole * self.scale
        of_whole = self.part.between(first, first + self.scale - 1)
        parts = select(self.part).select_from(wholes.join(self.part.table, of_whole))
        parts = parts.where(self.part > after)
        return (parts if until is None else parts.where(self.part <= until)), whole


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order. `reached`: the position up (or down) to which all were examined; None at the end."""

    rows: Sequence[Row[Any]]
    reached: int | None


def walk(
    tx: Read,
    statement: Select[Any],
    position: Column[int],
    *,
    drivers: Sequence[Driver | PartsDriver],
    filters: Sequence[ColumnElement[bool]],
    after: int,
    until: int | None,
    limit: int,
    newest_first: bool = False,
) -> Page:
    """Return the next rows of a statement that pass all filters: above `after`, not above `until`.

    With `newest_first` it begins at the end and goes back.

    There is a driver for each filter that has an index. `filters` holds all conditions once more, in a form
    for which no index is used (`opaque`). The page has `limit` rows at most, each with its `position`.
    """
    keep_to_indexes(tx)
    rows: list[Row[Any]] = []
    everything = Driver(select(position), position)
    candidates: list[Driver | PartsDriver] = [
        driver for driver in drivers if driver.ordered or _is_rare(tx, driver, after, until)
    ]
    candidates = candidates or [everything]
    for looked_at in LOOKED_AT:
        reaches = [_reach(tx, each, after, until, looked_at, newest_first) for each in candidates]
        best = min if newest_first else max
        driver, reached = best(
            zip(candidates, reaches, strict=True), key=lambda pair: _distance(pair[1], newest_first)
        )
        candidates = [driver]
        begin, end = after, until
        if reached is not None:
            begin, end = (reached - 1, until) if newest_first else (after, reached)
        stretch = statement.where(position > begin, *filters)
        if driver is not everything:
            stretch = stretch.where(position.in_(driver.between(begin, end)))
        if end is not None:
            stretch = stretch.where(position <= end)
        order = position.desc() if newest_first else position
        rows.extend(tx.execute(stretch.order_by(order).limit(limit - len(rows))))
        if len(rows) == limit:
            return Page(rows, rows[-1].position)
        if reached is None:
            return Page(rows, None)
        after, until = (after, reached - 1) if newest_first else (reached, until)
    return Page(rows, reached)


def keep_to_indexes(tx: Read) -> None:
    """Make the planner use indexes for the rest of the transaction: every query here has one made for it.

    For a minute after a store has grown, PostgreSQL has no statistics of it and would read whole tables.
    """
    if tx.dialect == "postgresql":
        for way in ("seqscan", "hashjoin", "mergejoin"):
            tx.execute(text(f"SET LOCAL enable_{way} = off"))


def opaque(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column as a value for which no index is used, so that the planner must use the driver's index.

    SQLite has no statistics and would use the first index that fits. NULL becomes the word that queries use
    for it.
    """
    return func.coalesce(column, "none")


def unindexed(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return a condition in a form for which no index is used, as `opaque` does for a column."""
    return case((condition, 1), else_=0) == 1


def positions_of_days(tx: Read, table: Table, first: str | None, last: str | None) -> tuple[int, int] | None:
    """Return the first and last position on the days from `first` to `last`, both inclusive; None for none.

    It asks the index (day, position) once for each day, so its cost grows with days and not with rows.
    """
    day, position = table.c.day, table.c.position
    lower = [] if first is None else [day >= first]
    upper = [] if last is None else [day <= last]
    days = select(func.min(day).label("day")).where(*lower, *upper).cte("days", recursive=True)
    following = select(func.min(day)).where(day > days.c.day, *upper).correlate(days).scalar_subquery()
    days = days.union_all(select(following).where(days.c.day.is_not(null())))
    lowest = select(func.min(position)).where(day == days.c.day).correlate(days).scalar_subquery()
    highest = select(func.max(position)).where(day == days.c.day).correlate(days).scalar_subquery()
    ends = select(func.min(lowest).label("lowest"), func.max(highest).label("highest")).where(
        days.c.day.is_not(null())
    )
    row = tx.execute(ends).one()
    return None if row.lowest is None else (row.lowest, row.highest)


def _reach(
    tx: Read,
    driver: Driver | PartsDriver,
    after: int,
    until: int | None,
    looked_at: int,
    newest_first: bool,
) -> int | None:
    """Return the position that the driver's next matches reach; None when there are no more than these."""
    if not driver.ordered:
        return None  # it is rare, so all of its matches are read
    ahead = driver.ahead(after, until, newest_first=newest_first).limit(looked_at).subquery()
    (found,) = ahead.c
    furthest = func.min(found) if newest_first else func.max(found)
    counted = select(furthest.label("furthest"), func.count(literal(1)).label("matches"))
    row = tx.execute(counted).one()
    return row.furthest if row.matches == looked_at else None


def _is_rare(tx: Read, driver: Driver | PartsDriver, after: int, until: int | None) -> bool:
    """Tell whether a driver has fewer matches than are read in any case. It counts no further than that."""
    found = driver.between(after, until).limit(LOOKED_AT[-1]).subquery()
    count: int = tx.execute(select(func.count()).select_from(found)).scalar_one()
    return count < LOOKED_AT[-1]


def _distance(reached: int | None, newest_first: bool) -> float:
    if reached is None:
        return float("-inf" if newest_first else "inf")
    return reached
