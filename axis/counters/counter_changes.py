"""Collects how a group of documents and statuses changes the counters, and writes the changes at once.

The class of a document comes from its verdict, the outcome of a delivery from its status. Documents with
action `recall` are not counted (docs/contract.md#statistics): ask `counted` first.
"""

from collections.abc import Iterator, Sequence
from typing import Literal, get_args

from sqlalchemy import Executable, bindparam

from axis.counters.tables import KEYS, MESSAGE_MARK, NUMBERS, OUTCOMES, SIGNING_CLASSES, counters
from axis.database import Write
from axis.database.group_statements import BulkStatement
from axis.database.schema import insert_of
from axis.database.transactions import Dialect

SigningClass = Literal["both", "organisation", "person", "indeterminate", "failed", "unsigned"]
Outcome = Literal["pending", "handled", "refused", "withdrawn"]
Key = tuple[str, str, str, str, str]

assert get_args(SigningClass) == SIGNING_CLASSES
assert get_args(Outcome) == ("pending", *OUTCOMES)

_PLACE = {name: place for place, name in enumerate(NUMBERS)}
_ADDRESSED = _PLACE["addressed"]
_SENT_LATE, _ANSWERED_LATE = _PLACE["sent_late"], _PLACE["answered_late"]
_MONTH = len("YYYY-MM")
_CLASS_OF_INDICATION: dict[str | None, SigningClass] = {
    None: "unsigned",
    "TOTAL-FAILED": "failed",
    "INDETERMINATE": "indeterminate",
}


def signing_class(indication: str | None, signed_by: str) -> SigningClass:
    """Return the one class a document counts in, from its verdict's indication and `signed_by`."""
    if signed_by == "both":
        return "both"
    if signed_by == "organisation":
        return "organisation"
    if signed_by == "person":
        return "person"
    return _CLASS_OF_INDICATION.get(indication, "indeterminate")


def counted(action: str) -> bool:
    """Tell whether documents of this action count anywhere."""
    return action != "recall"


def counted_type(document_type: str, kind: str | None) -> str:
    """Return the type a document counts under; `kind` is that of its message, if it is one."""
    return document_type if kind is None else MESSAGE_MARK + kind


class CounterChanges:
    """What a transaction adds to the counters; equal keys are added up before anything is written.

    Types are those that `counted_type` returns.
    """

    __slots__ = ("rows",)

    def __init__(self) -> None:
        self.rows: dict[Key, list[int]] = {}

    def accepted(
        self,
        day: str,
        sender: str,
        document_type: str,
        signed_class: SigningClass,
        recipients: Sequence[str],
        *,
        late: bool = False,
    ) -> None:
        """Count a document of that day (`YYYY-MM-DD`, Viet Nam's) and its deliveries; `late`: sent late."""
        place = _PLACE[signed_class]
        for grain, period in (("d", day), ("m", day[:_MONTH])):
            row = self._row((grain, "", period, sender, document_type))
            row[place] += 1
            row[_ADDRESSED] += len(recipients)
            for recipient in recipients:
                for key in (
                    (grain, recipient, period, sender, document_type),
                    (grain, recipient, period, "", document_type),
                ):
                    row = self._row(key)
                    row[place] += 1
                    row[_ADDRESSED] += 1
        if late:
            self.sent_late_moved(day, sender, document_type, recipients, 1)

    def sent_late_moved(
        self, day: str, sender: str, document_type: str, recipients: Sequence[str], by: int
    ) -> None:
        """Count a document and its deliveries as sent late (`by` 1), or no longer so (-1)."""
        for key in _document_keys(day, sender, document_type, recipients):
            self._row(key)[_SENT_LATE] += by

    def outcome_moved(
        self,
        day: str,
        sender: str,
        recipient: str,
        document_type: str,
        before: Outcome,
        after: Outcome,
        *,
        late: bool = False,
    ) -> None:
        """Move a delivery from one outcome to another; `day` is that of its document.

        What leaves `pending` is answered by that; `late`: after its time.
        """
        if before == after:
            return
        for grain, period in (("d", day), ("m", day[:_MONTH])):
            for to, by in ((recipient, sender), (recipient, ""), ("", sender)):
                row = self._row((grain, to, period, by, document_type))
                if before != "pending":
                    row[_PLACE[before]] -= 1
                elif late:
                    row[_ANSWERED_LATE] += 1
                if after != "pending":
                    row[_PLACE[after]] += 1

    def class_moved(
        self,
        day: str,
        sender: str,
        document_type: str,
        recipients: Sequence[str],
        before: SigningClass,
        after: SigningClass,
    ) -> None:
        """Move a document and its deliveries from one signing class to another, after a new verdict."""
        if before == after:
            return
        lost, gained = _PLACE[before], _PLACE[after]
        for key in _document_keys(day, sender, document_type, recipients):
            row = self._row(key)
            row[lost] -= 1
            row[gained] += 1

    def _row(self, key: Key) -> list[int]:
        row = self.rows.get(key)
        if row is None:
            row = self.rows[key] = [0] * len(NUMBERS)
        return row


def _document_keys(day: str, sender: str, document_type: str, recipients: Sequence[str]) -> Iterator[Key]:
    """Yield the rows in which a document is counted, or its deliveries as deliveries of it."""
    for grain, period in (("d", day), ("m", day[:_MONTH])):
        yield grain, "", period, sender, document_type
        for recipient in recipients:
            yield grain, recipient, period, sender, document_type
            yield grain, recipient, period, "", document_type


def _upsert(dialect: Dialect) -> Executable:
    names = (*KEYS, *NUMBERS)
    adding = insert_of(dialect, counters).values({name: bindparam(name) for name in names})
    return adding.on_conflict_do_update(
        index_elements=list(KEYS),
        set_={name: counters.c[name] + adding.excluded[name] for name in NUMBERS},
    )


_UPSERT = BulkStatement((*KEYS, *NUMBERS), _upsert)


def apply(tx: Write, changes: CounterChanges) -> None:
    """Add the changes to the table: one statement, run once for each key.

    Keys come in order, so that two transactions touching the same rows take their locks alike.
    """
    _UPSERT.run(tx, [(*key, *row) for key, row in sorted(changes.rows.items()) if any(row)])
