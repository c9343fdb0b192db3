"""Multiplies counts with assumptions: amounts, dong, and what one would have to assume to reach a figure.

The counts come from `nodes.savings.counts`.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from nodes.savings.assumptions import LEVELS, Assumptions, Share
from nodes.savings.counts import Counts

OF_HOURS: Final = frozenset({"sender_minutes", "recipient_minutes", "hour_cost"})
"""Assumptions of working time, which the published estimate leaves out."""


@dataclass(frozen=True, slots=True)
class Saving:
    """What was saved in the period, by one level of the assumptions; money in dong."""

    pages_printed: Decimal
    pages_copied: Decimal
    letters: Decimal
    express_letters: Decimal
    hours: Decimal
    paper: Decimal
    """Paper and ink of printed pages."""
    copies: Decimal
    post: Decimal
    charges: Decimal
    """Paid to the operator."""
    work: Decimal
    """The hours."""

    @property
    def net(self) -> Decimal:
        """Paper, copies and post less charges: what the published estimate holds."""
        return self.paper + self.copies + self.post - self.charges

    @property
    def with_work(self) -> Decimal:
        """`net` and the hours."""
        return self.net + self.work


@dataclass(frozen=True, slots=True)
class Needed:
    """The value of one assumption with which the published figure is reached, the others in the middle."""

    name: str
    middle: Decimal
    value: Decimal | None
    """None where no value does."""
    is_possible: bool
    """Whether the value can be: no share is above 1."""


def saving(counts: Counts, assumed: Assumptions, level: str) -> Saving:
    """Return what was saved by one of `LEVELS`."""

    def value(name: str) -> Decimal:
        return assumed.named(name).at(level)

    replaced = value("replaced_share")
    deliveries = counts.deliveries * replaced
    pages = value("pages_per_document")
    printed = pages * (deliveries + counts.documents * replaced * value("kept_by_sender"))
    copied = pages * deliveries * value("copies_by_recipient")
    express = deliveries * value("express_share")
    letters = deliveries - express
    hours = deliveries * (value("sender_minutes") + value("recipient_minutes")) / 60
    return Saving(
        pages_printed=printed,
        pages_copied=copied,
        letters=letters,
        express_letters=express,
        hours=hours,
        paper=printed * value("page_price"),
        copies=copied * value("copied_page_price"),
        post=letters * value("letter_price") + express * value("express_price"),
        charges=counts.deliveries * value("charge_per_delivery"),
        work=hours * value("hour_cost"),
    )


def savings(counts: Counts, assumed: Assumptions) -> dict[str, Saving]:
    """Return what was saved by each of `LEVELS`."""
    return {level: saving(counts, assumed, level) for level in LEVELS}


def deliveries_needed(counts: Counts, assumed: Assumptions, level: str) -> Decimal | None:
    """Return the deliveries a year with which the published figure is reached; None where none saves."""
    each = saving(counts, assumed, level).net / counts.deliveries
    return assumed.published.vnd_per_year / each if each > 0 else None


def needed(counts: Counts, assumed: Assumptions) -> tuple[Needed, ...]:
    """Return for each assumption of the published estimate what it would have to be, taken alone.

    The saving is linear in each, so two values tell.
    """

    def net(name: str, value: Decimal) -> Decimal:
        changed = assumed.with_value(name, "middle", value)
        return counts.a_year(saving(counts, changed, "middle").net)

    found = []
    for name in Assumptions.names():
        if name in OF_HOURS:
            continue
        nothing = net(name, Decimal(0))
        slope = net(name, Decimal(1)) - nothing
        value = None if slope == 0 else (assumed.published.vnd_per_year - nothing) / slope
        if value is not None and value < 0:
            value = None
        most = 1 if isinstance(assumed.named(name), Share) else None
        possible = value is not None and (most is None or value <= most)
        found.append(Needed(name, assumed.named(name).middle, value, possible))
    return tuple(found)
