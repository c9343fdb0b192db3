"""Figures of signatures and exchange, read from counters.

`axis.compliance.statistics_definitions` says what they mean. Figures of deadlines are in
`axis.compliance.deadline_statistics`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, or_, true

from axis.agencies.callers import Caller
from axis.agencies.directory import Directory, subtree_filter
from axis.compliance.agency_rows import add_names, add_silent
from axis.compliance.queries import Key, Sums, add_sums, of_type
from axis.compliance.statistics_periods import Span
from axis.counters.tables import OUTCOMES, SIGNING_CLASSES, counters
from axis.database import Read
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.errors import Place, QueryInvalid

BY = ("agency", "month", "day", "type", "level")
BY_OF_MESSAGES = (*BY, "kind")
ITEMS = 100_000
"""The most rows of one answer. A question with more has to be narrowed."""

Item = dict[str, Any]
Columns = Sequence[tuple[int, ColumnElement[int]]]
"""What is summed up, each with its place among the sums."""
_SENT, _ADDRESSED, _RECEIVED = 0, 1, 2
_RECEIVING = ("received", *OUTCOMES)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the counters."""

    spans: Sequence[Span]
    by: tuple[str, ...] = ()
    """Some of `BY_OF_MESSAGES`, in the order of the members of a row; `kind` only where `type` is theirs."""
    sender: AgencyCode | None = None
    recipient: AgencyCode | None = None
    silent: bool = False
    """Whether agencies that have no row get one of zeros. `by` then holds `agency`."""
    type: str | None = None
    """Only documents of this type. Without it all but messages (of type `thong-diep`)."""


def signature_items(tx: Read, caller: Caller, question: Question) -> list[Item]:
    """Return the rows of the signed-document rate. An agency gets those of documents that it sent.

    Raises:
        QueryInvalid: when there would be more than `ITEMS`.

    """
    conditions = [
        counters.c.recipient == (question.recipient or ""),
        _sender_is(question),
        of_type(question.type),
        subtree_filter(counters.c.sender, caller),
    ]
    columns = [(place, counters.c[name]) for place, name in enumerate(SIGNING_CLASSES)]
    sums: Sums = {}
    add_sums(tx, sums, question.spans, question.by, counters.c.sender, conditions, columns, ITEMS + 1)
    if question.silent:
        add_silent(tx, sums, question.by, caller, question.sender, ITEMS)
    items = _items(
        question, sums, lambda row: signature_figures(dict(zip(SIGNING_CLASSES, row, strict=False)))
    )
    return add_names(tx, items)


def signature_figures(classes: dict[str, int]) -> Item:
    """Return sums and rates of documents counted by signing class."""
    sent = sum(classes[name] for name in SIGNING_CLASSES)
    signed = classes["both"] + classes["organisation"]

    def share(part: int) -> float | None:
        return part / sent if sent else None

    return {
        "sent": sent,
        "signed": signed,
        **{name: classes[name] for name in SIGNING_CLASSES},
        "rate": share(signed),
        "rate_full": share(classes["both"]),
        "rate_any": share(signed + classes["person"]),
    }


def exchange_items(tx: Read, directory: Directory, caller: Caller, question: Question) -> list[Item]:
    """Return the rows of the exchange: what agencies sent, and the outcomes of what they received.

    An agency sees its own documents and deliveries. Of other agencies it sees those that the filters limit to
    it: with its own code as `sender`, for instance, it sees what became of everything it sent at each
    receiver.

    Raises:
        QueryInvalid: when there would be more than `ITEMS`.

    """
    sums: Sums = {}
    view = view_of(tx, directory, caller, question)
    add_sent(
        tx, sums, question, view, [(_SENT, documents_sent(question)), (_ADDRESSED, counters.c.addressed)]
    )
    names = ("addressed", *OUTCOMES)
    columns = [(place, counters.c[name]) for place, name in enumerate(names, start=_RECEIVED)]
    add_received(tx, sums, question, view, columns)
    return finished_items(tx, question, sums, caller, _exchange_figures)


@dataclass(frozen=True, slots=True)
class View:
    """What a caller sees of the exchange: its own, and all where a filter names an agency of its own."""

    caller: Caller
    from_own: bool
    """Whether only documents are asked for that an agency of its own sent."""
    to_own: bool
    """Whether only documents are asked for that were addressed to an agency of its own."""

    def sent_by(self, sender: ColumnElement[str]) -> ColumnElement[bool]:
        """Return the condition that the caller sees what an agency sent."""
        return or_(true() if self.to_own else false(), subtree_filter(sender, self.caller))

    def received_by(self, recipient: ColumnElement[str]) -> ColumnElement[bool]:
        """Return the condition that the caller sees what an agency received."""
        return or_(true() if self.from_own else false(), subtree_filter(recipient, self.caller))


def view_of(tx: Read, directory: Directory, caller: Caller, question: Question) -> View:
    """Return what a caller sees of what is asked."""

    def own(code: AgencyCode | None) -> bool:
        return code is not None and (caller.role == "auditor" or directory.may_speak_for(tx, caller, code))

    return View(caller, own(question.sender), own(question.recipient))


def documents_sent(question: Question) -> ColumnElement[int]:
    """Return the number of documents in the rows of `add_sent`, each once."""
    if question.recipient is None:
        return _sum_of([counters.c[name] for name in SIGNING_CLASSES])
    return counters.c.addressed


def add_sent(tx: Read, sums: Sums, question: Question, view: View, columns: Columns) -> None:
    """Add what agencies sent; with a recipient the documents addressed to it."""
    conditions = [
        counters.c.recipient == (question.recipient or ""),
        _sender_is(question),
        of_type(question.type),
        view.sent_by(counters.c.sender),
    ]
    add_sums(tx, sums, question.spans, question.by, counters.c.sender, conditions, columns, ITEMS + 1)


def add_received(tx: Read, sums: Sums, question: Question, view: View, columns: Columns) -> None:
    """Add what agencies received; with a sender the deliveries from it."""
    conditions = [counters.c.sender == (question.sender or ""), of_type(question.type)]
    seen = view.received_by(counters.c.recipient)
    if question.recipient is not None:
        conditions.append(counters.c.recipient == question.recipient)
    elif view.from_own and not {"agency", "level"} & set(question.by):
        conditions.append(counters.c.recipient == "")  # the sum over all recipients
        seen = true()
    else:
        conditions.append(counters.c.recipient != "")
    conditions.append(seen)
    add_sums(tx, sums, question.spans, question.by, counters.c.recipient, conditions, columns, ITEMS + 1)


def _sender_is(question: Question) -> ColumnElement[bool]:
    """Return the condition on senders. It never selects the rows that are sums over all senders."""
    if question.sender is not None:
        return counters.c.sender == question.sender
    return counters.c.sender != ""


def _sum_of(columns: Sequence[ColumnElement[int]]) -> ColumnElement[int]:
    total = columns[0]
    for column in columns[1:]:
        total = total + column
    return total


def _exchange_figures(row: Sequence[int]) -> Item:
    received, handled, refused, withdrawn = row[_RECEIVED : _RECEIVED + len(_RECEIVING)]
    return {
        "sent": row[_SENT],
        "addressed": row[_ADDRESSED],
        "received": received,
        "handled": handled,
        "pending": received - handled - refused - withdrawn,
        "refused": refused,
        "withdrawn": withdrawn,
    }


def finished_items(
    tx: Read, question: Question, sums: Sums, caller: Caller, figures: Callable[[Sequence[int]], Item]
) -> list[Item]:
    """Return the rows of both sides with names, and those of silent agencies where they are asked for.

    Raises:
        QueryInvalid: when there would be more than `ITEMS`.

    """
    if question.silent:
        add_silent(tx, sums, question.by, caller, None, ITEMS)
    return add_names(tx, _items(question, sums, figures))


def _items(question: Question, sums: Sums, figures: Callable[[Sequence[int]], Item]) -> list[Item]:
    if len(sums) > ITEMS:
        raise too_many_rows()
    if not question.by:
        sums.setdefault((), [0] * 16)
    keys: list[Key] = sorted(sums)
    return [dict(zip(question.by, key, strict=True)) | figures(sums[key]) for key in keys]


class TooManyItemsError(QueryInvalid):
    """More than `ITEMS` rows would answer the question; a table of them is refused as any table."""


def too_many_rows() -> TooManyItemsError:
    """Return the refusal of a question that more than `ITEMS` rows would answer."""
    expected = f"a question with at most {ITEMS} rows for an answer"
    return TooManyItemsError(Place("query:by", f"more than {ITEMS} rows", expected))
