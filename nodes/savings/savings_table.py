"""Shows what was saved: for a terminal, as JSON and as a page of HTML.

The figures come from `nodes.savings.calculation`.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Final

from nodes.html_page import page, table
from nodes.savings.assumptions import LEVELS, Assumptions, Share
from nodes.savings.calculation import Needed, Saving, deliveries_needed, needed, savings
from nodes.savings.counts import Counts

_AMOUNTS: Final = (
    ("pages printed", "pages_printed"),
    ("pages copied", "pages_copied"),
    ("letters", "letters"),
    ("express letters", "express_letters"),
    ("hours of work", "hours"),
)
_MONEY: Final = (
    ("paper and ink, dong", "paper"),
    ("copies, dong", "copies"),
    ("post, dong", "post"),
    ("paid to the operator, dong", "charges"),
    ("saved without hours, dong", "net"),
    ("hours, dong", "work"),
    ("saved with hours, dong", "with_work"),
)
_FRAME: Final = "The published figure holds no hours: what is set beside it is without them, in 365 days."
_ALONE: Final = "To reach it, one of these alone would have to be, all others as in the middle:"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Counts and assumptions, and what follows from them."""

    counts: Counts
    assumed: Assumptions
    savings: dict[str, Saving]
    """By each of `LEVELS`."""
    needed: tuple[Needed, ...]

    @classmethod
    def of(cls, counts: Counts, assumed: Assumptions) -> "Outcome":
        """Calculate."""
        return cls(counts, assumed, savings(counts, assumed), needed(counts, assumed))


def text(outcome: Outcome) -> str:
    """Lay it out for a terminal."""
    rows = [("", *LEVELS), *_rows(outcome)]
    widths = [max(len(_cell(row[place])) for row in rows) for place in range(len(rows[0]))]
    wanted = [(name, middle, value) for name, middle, value in _needed_rows(outcome)]
    return "\n".join(
        [
            _title(outcome),
            _counted(outcome),
            "",
            *(
                "  ".join(
                    _cell(cell).ljust(width) if place == 0 else _cell(cell).rjust(width)
                    for place, (cell, width) in enumerate(zip(row, widths, strict=True))
                ).rstrip()
                for row in rows
            ),
            "",
            f"Published: {outcome.assumed.published.vnd_per_year:,} dong a year",
            f"  ({outcome.assumed.published.source})",
            _FRAME,
            _ALONE,
            *(f"  {name:<22}{value:>16}  instead of {middle}" for name, middle, value in wanted),
        ]
    )


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Return the same as JSON values: amounts and dong as whole numbers, needed values as numbers."""
    counts, published = outcome.counts, outcome.assumed.published
    return {
        "from": counts.first.isoformat(),
        "to": counts.last.isoformat(),
        "days": counts.days,
        "documents": _whole(counts.documents),
        "deliveries": _whole(counts.deliveries),
        "assumptions": {
            name: {level: float(outcome.assumed.named(name).at(level)) for level in LEVELS}
            | {"source": outcome.assumed.named(name).source}
            for name in Assumptions.names()
        },
        "savings": {
            level: {name: _whole(getattr(found, name)) for _, name in (*_AMOUNTS, *_MONEY)}
            | {
                "net_a_year": _whole(counts.a_year(found.net)),
                "deliveries_a_year_needed": _whole_or_none(deliveries_needed(counts, outcome.assumed, level)),
            }
            for level, found in outcome.savings.items()
        },
        "published": {"vnd_per_year": published.vnd_per_year, "source": published.source},
        "needed": [
            {
                "assumption": each.name,
                "middle": float(each.middle),
                "value": None if each.value is None else float(each.value),
                "possible": each.is_possible,
            }
            for each in outcome.needed
        ],
    }


def as_page(outcome: Outcome) -> str:
    """Write the same as a page of HTML, with each assumption and its source."""
    assumed = [
        (name, *(f"{each.at(level):,f}" for level in LEVELS), each.source)
        for name in Assumptions.names()
        for each in (outcome.assumed.named(name),)
    ]
    published = outcome.assumed.published
    beside = (
        f"<h2>Beside the published figure</h2>\n<p>{published.vnd_per_year:,} dong a year: "
        f"{html.escape(published.source)}. {_FRAME} {_ALONE}</p>"
    )
    parts = [
        f"<h1>{html.escape(_title(outcome))}</h1>\n<p>{html.escape(_counted(outcome))}</p>",
        table(("", *LEVELS), _rows(outcome)),
        beside,
        table(("assumption", "middle", "would have to be"), _needed_rows(outcome)),
        "<h2>Assumptions</h2>",
        table(("assumption", *LEVELS, "source"), assumed),
    ]
    return page(_title(outcome), parts)


def _title(outcome: Outcome) -> str:
    counts = outcome.counts
    return f"What the exchange saved, {counts.first} to {counts.last} ({counts.days:,} days)"


def _counted(outcome: Outcome) -> str:
    counts = outcome.counts
    return f"{_whole(counts.documents):,} documents, {_whole(counts.deliveries):,} deliveries"


def _rows(outcome: Outcome) -> list[tuple[str | int, ...]]:
    counts, assumed, found = outcome.counts, outcome.assumed, outcome.savings
    a_year = {level: counts.a_year(found[level].net) for level in LEVELS}
    wanted = [deliveries_needed(counts, assumed, level) for level in LEVELS]
    rows: list[tuple[str | int, ...]] = [
        (title, *(_whole(getattr(found[level], name)) for level in LEVELS))
        for title, name in (*_AMOUNTS, *_MONEY)
    ]
    return [
        *rows,
        ("saved without hours in a year, dong", *(_whole(each) for each in a_year.values())),
        (
            "… of the published figure",
            *(f"{each * 100 / assumed.published.vnd_per_year:.3f} %" for each in a_year.values()),
        ),
        (
            "deliveries a year that would give it",
            *("none does" if each is None else _whole(each) for each in wanted),
        ),
    ]


def _needed_rows(outcome: Outcome) -> Sequence[tuple[str, str, str]]:
    return [(each.name, f"{each.middle:,f}", _needed(each, outcome.assumed)) for each in outcome.needed]


def _needed(each: Needed, assumed: Assumptions) -> str:
    if each.value is None:
        return "no value does"
    if isinstance(assumed.named(each.name), Share):
        return f"{each.value:,.2f}" if each.is_possible else f"{each.value:,.2f} (above 1)"
    return f"{each.value:,.1f}"


def _cell(cell: str | int) -> str:
    return f"{cell:,}" if isinstance(cell, int) else cell


def _whole(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_HALF_EVEN))


def _whole_or_none(value: Decimal | None) -> int | None:
    return None if value is None else _whole(value)
