"""Reads from a hub's statistics how many documents and deliveries were exchanged, and on which days."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from nodes.client import Client
from nodes.errors import NothingCounted


@dataclass(frozen=True, slots=True)
class Counts:
    """What was exchanged."""

    documents: Decimal
    """Documents sent, each once."""
    deliveries: Decimal
    """One for each recipient of a document."""
    first: date
    last: date

    @property
    def days(self) -> int:
        """Days of the period."""
        return (self.last - self.first).days + 1

    def a_year(self, amount: Decimal) -> Decimal:
        """Return what an amount of the period is in 365 days."""
        return amount * 365 / self.days


def read_counts(client: Client, first: date | None, last: date | None, scale: Decimal) -> Counts:
    """Ask a hub; counts are divided by `scale`, the part of the exchange that it simulates.

    Without `first` or `last` the period begins or ends on the first or last day that has documents. Raises
    `NothingCounted` where there are none. Messages between systems are left out, as by the statistics.
    """
    filters = {"from_": None if first is None else first.isoformat()}
    answer = client.statistics("exchange", by="day", to=None if last is None else last.isoformat(), **filters)
    rows = answer["items"]
    documents, deliveries = (sum(row[name] for row in rows) for name in ("sent", "addressed"))
    days = [date.fromisoformat(row["day"]) for row in rows if row["sent"]]
    if not days:
        raise NothingCounted("the hub counted no document in the period: found 0, expected at least one")
    return Counts(
        Decimal(documents) / scale, Decimal(deliveries) / scale, first or min(days), last or max(days)
    )
