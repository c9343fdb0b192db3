"""What verdicts found, on `/report`: documents by reason, algorithm and issuer, and the lists behind them.

Figures come from `GET /v1/statistics/verdicts`' own functions.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from axis.agencies.callers import Caller
from axis.compliance.statistics import Item, Question
from axis.compliance.verdict_statistics import ASKED, VerdictQuestion, verdict_items
from axis.database import Read
from axis.documents.filters import NONE
from axis.web.rendering import address_with

ROWS: Final = 30
"""The most rows of one table of the page; the files have all."""
_TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "reasons": ("indication", "sub_indication"),
    "algorithms": ("algorithm",),
    "issuers": ("issuer",),
}


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One of the tables: what its rows are by, and those with the most documents."""

    by: tuple[str, ...]
    rows: Sequence[Item]
    left_out: int


def verdict_breakdowns(tx: Read, caller: Caller, question: Question) -> dict[str, Breakdown] | None:
    """Return the tables by name; None where a recipient is asked for, by whom verdicts are not counted."""
    if question.recipient is not None:
        return None
    found = {}
    for name, by in _TABLES.items():
        asked = VerdictQuestion(question.spans, by, question.sender, question.type)
        rows = sorted(verdict_items(tx, caller, asked), key=lambda row: -row["documents"])
        found[name] = Breakdown(by, rows[:ROWS], max(0, len(rows) - ROWS))
    return found


def documents_behind_verdicts(filters: Mapping[str, Any], caller: Caller) -> Callable[[Item], str]:
    """Return what makes the address of the documents that a row counts."""
    side = {"side": "sent"} if caller.role == "agency" else {}

    def behind(row: Item) -> str:
        found = {name: value or NONE for name, value in row.items() if name in ASKED}
        return address_with("/documents", {**filters, **side, "counted": "true"}, **found)

    return behind
