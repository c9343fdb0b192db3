"""Splits a reconciliation into parts: months that are compared together, and where in the ledger each begins.

A document counts on the day of its acceptance, so months can be compared one after the other, each in a
snapshot of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from axis.clock import day_of, parse_rfc3339
from axis.database import Read
from axis.ledger.tree_checks import read_leaves

MONTH = len("YYYY-MM")
PART_DOCUMENTS = 20_000
"""Months with fewer documents are compared together: each part reads the ledger from its first leaf on."""
MOST_PARTS = 16


@dataclass(frozen=True, slots=True)
class Part:
    """Months that follow one another; without arguments all there are."""

    first: str = ""
    """The first month, `YYYY-MM`; empty for the beginning."""
    end: str | None = None
    """The first month after them; None where there is no end."""
    position: int = 0
    """No leaf before this one accepts a document of these months."""
    documents: int | None = None
    """How many leaves accepted one when the ledger was surveyed; None where that is not known."""

    def holds(self, day: str) -> bool:
        """Tell whether a day (`YYYY-MM-DD`) or a month lies in it."""
        return self.first <= day and (self.end is None or day < self.end)


WHOLE = Part()
Months = Mapping[str, tuple[int, int]]
"""By month: the position of the first leaf that accepts a document of it, and how many do."""


def survey(tx: Read, known: Months, first: int, end: int) -> Months:
    """Return what is known of months, and what the leaves from `first` on and before `end` add to it."""
    months = dict(known)
    for position, leaf in read_leaves(tx, first):
        if position >= end:
            break
        if leaf.get("event") == "acceptance":
            month = day_of(parse_rfc3339(leaf["at"]))[:MONTH]
            begins, documents = months.get(month, (position, 0))
            months[month] = (begins, documents + 1)
    return months


def parts_of(months: Months) -> list[Part]:
    """Return parts that hold all months there may be, from the first to the last, and share out these."""
    total = sum(documents for _, documents in months.values())
    enough = max(PART_DOCUMENTS, total // MOST_PARTS)
    parts: list[Part] = []
    first, position, documents = "", None, 0
    for month in sorted(months):
        if documents >= enough:
            parts.append(Part(first, month, position or 0, documents))
            first, position, documents = month, None, 0
        begins, count = months[month]
        position = begins if position is None else min(position, begins)
        documents += count
    return [*parts, Part(first, None, position or 0, documents)]
