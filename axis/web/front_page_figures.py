"""What the front page shows to someone who signed in: their own day and month, and what was refused.

The figures come from the functions of the API's lists and statistics.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from axis.agencies.callers import Caller
from axis.agencies.directory import Directory, names_of
from axis.clock import rfc3339
from axis.compliance.statistics import Question, exchange_items, signature_items
from axis.compliance.statistics_periods import spans_of
from axis.database import Read
from axis.documents.filters import DocumentQuery, RefusalQuery
from axis.documents.listing import Back, list_documents, refusal_rows

SHOWN: Final = 10
"""Of documents and refusals."""


@dataclass(frozen=True, slots=True)
class FrontPageFigures:
    """A day of Viet Nam's calendar, and its month so far, as a caller may see them."""

    date: str
    month: str
    """The month's first day."""
    name: str
    """Of the agency; empty for an auditor."""
    sent: int
    rate: float | None
    received: int
    pending: int
    newest: Sequence[Mapping[str, Any]]
    refusals: Sequence[Any]
    names: Mapping[str, str]


def front_page_figures(tx: Read, directory: Directory, caller: Caller, today: str) -> FrontPageFigures:
    """Read a day of an agency, or for an auditor of all."""
    month = f"{today[:7]}-01"
    of_day = Question(spans_of(today, today, by_day=True))
    of_month = Question(spans_of(month, today, by_day=False))
    (signed_today,) = signature_items(tx, caller, of_day)
    (signed,) = signature_items(tx, caller, of_month)
    (exchanged,) = exchange_items(tx, directory, caller, of_month)
    days = {"from": today, "to": today, "limit": SHOWN}
    newest, _ = list_documents(tx, DocumentQuery.model_validate(days), caller, back=Back(None))
    refused, _ = refusal_rows(tx, RefusalQuery.model_validate(days), caller, back=Back(None))
    own = [caller.agency] if caller.agency else []
    names = names_of(tx, [*own, *(item["from"] for item in newest)])
    return FrontPageFigures(
        date=today,
        month=month,
        name=names.get(caller.agency or "", caller.agency or ""),
        sent=signed_today["sent"],
        rate=signed["rate"],
        received=exchanged["received"],
        pending=exchanged["pending"],
        newest=newest,
        refusals=[
            {"at": rfc3339(row.at), "number": row.number, "sender": row.sender, "code": row.code}
            for row in refused
        ],
        names=names,
    )
