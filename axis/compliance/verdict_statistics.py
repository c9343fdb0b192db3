"""Numbers of documents by what their newest verdicts found, read from counters.

`axis.compliance.statistics_definitions` says what they mean.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement

from axis.agencies.callers import Caller
from axis.agencies.directory import subtree_filter
from axis.compliance.agency_rows import OF_THE_AGENCY, add_names
from axis.compliance.queries import of_type, verdict_sums
from axis.compliance.statistics import BY, ITEMS, Item, too_many_rows
from axis.compliance.statistics_periods import Span
from axis.counters.tables import verdict_counters
from axis.database import Read
from axis.protocol.agency_codes import AgencyCode

ASKED = ("indication", "sub_indication", "signed_by", "signature_kind", "algorithm", "issuer")
"""What is asked of a verdict, and of its signatures."""
BY_OF_VERDICTS = (*BY, *ASKED)


@dataclass(frozen=True, slots=True)
class VerdictQuestion:
    """What is asked of documents by verdict."""

    spans: Sequence[Span]
    by: tuple[str, ...] = ()
    """Some of `BY_OF_VERDICTS`, in the order of the members of a row."""
    sender: AgencyCode | None = None
    type: str | None = None
    """Only documents of this type. Without it all but messages (of type `thong-diep`)."""
    asked: Mapping[str, str] = field(default_factory=dict)
    """What the verdict, and one and the same signature, have to say: some of `ASKED` with their values.
    `none` stands for what nothing says."""


def verdict_items(tx: Read, caller: Caller, question: VerdictQuestion) -> list[Item]:
    """Return the rows of documents by verdict. An agency gets those of documents that it sent.

    Raises:
        QueryInvalid: when there would be more than `ITEMS`.

    """
    conditions = [*_senders(caller, question), of_type(question.type, verdict_counters)]
    sums = verdict_sums(tx, question.spans, question.by, conditions, question.asked, ITEMS + 1)
    if len(sums) > ITEMS:
        raise too_many_rows()
    if not question.by:
        sums.setdefault((), 0)
    keys = sorted(sums, key=lambda key: [(value is not None, value) for value in key])
    return add_names(
        tx, [dict(zip(question.by, key, strict=True)) | {"documents": sums[key]} for key in keys]
    )


def _senders(caller: Caller, question: VerdictQuestion) -> list[ColumnElement[bool]]:
    """Return the conditions on senders: the rows that are sums over all of them, where these will do."""
    sender = verdict_counters.c.sender
    if question.sender is not None:
        return [sender == question.sender, subtree_filter(sender, caller)]
    if caller.role == "auditor" and not set(question.by) & set(OF_THE_AGENCY):
        return [sender == ""]
    return [sender != "", subtree_filter(sender, caller)]
