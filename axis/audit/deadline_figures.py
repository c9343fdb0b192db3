"""Works out the figures of deadlines that follow from a ledger's entries, each as a least and a most.

The two differ where entries are of version 1, which say neither a document's priority nor the day it was
signed.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from axis.audit.figures import MESSAGE, By, Key, key_columns

DEADLINES: Final = (
    "sent",
    "sent_in_time",
    "sent_late",
    "received",
    "answered_in_time",
    "answered_late",
    "overdue",
    "open",
)
_SENT: Final = (
    "SELECT {key}, count(*), coalesce(sum(d.sent_late = 0), 0), coalesce(sum(d.sent_late = 1), 0) "
    "FROM documents d {joined} WHERE {where} GROUP BY {key}"
)
_RECEIVED: Final = """SELECT {key}, count(*),
    coalesce(sum(v.answered_at <= v.answer_due), 0), coalesce(sum(v.answered_at > v.answer_due), 0),
    coalesce(sum(v.answered_at IS NULL AND v.answer_due < ?), 0),
    coalesce(sum(v.answered_at IS NULL AND v.answer_due >= ?), 0),
    coalesce(sum(v.answered_at IS NOT NULL AND v.answer_due IS NULL), 0),
    coalesce(sum(v.answered_at IS NULL AND v.answer_due IS NULL), 0)
    FROM documents d JOIN deliveries v ON v.document = d.position WHERE {where} GROUP BY {key}"""


NO_PARTIES: Final[Mapping[str, str]] = MappingProxyType({})


class Bounds(NamedTuple):
    """A figure's least and greatest value."""

    least: int
    most: int


def deadline_figures(
    rows: sqlite3.Connection, month: str, by: By, now: int, more: Mapping[str, str] = NO_PARTIES
) -> Mapping[Key, Mapping[str, Bounds]]:
    """Count a month's documents and deliveries by agency, as of `now` in microseconds since 1970.

    `more`: only those of a `sender`, or to a `recipient`.
    """
    where, given = "d.counted AND d.month = ? AND d.type <> ?", [month, MESSAGE]
    joined = ""
    if "sender" in more:
        where += " AND d.sender = ?"
    if "recipient" in more:
        joined = "JOIN deliveries v ON v.document = d.position"
        where += " AND v.recipient = ?"
    given += [more[name] for name in ("sender", "recipient") if name in more]
    found: dict[Key, dict[str, Bounds]] = defaultdict(lambda: dict.fromkeys(DEADLINES, Bounds(0, 0)))
    sending = _SENT.format(key=key_columns(by, "d.sender"), where=where, joined=joined)
    for *names, sent, in_time, late in rows.execute(sending, given):
        row, unsure = found[tuple(names)], sent - in_time - late
        row["sent"] = Bounds(sent, sent)
        row["sent_in_time"], row["sent_late"] = Bounds(in_time, in_time + unsure), Bounds(late, late + unsure)
    receiving = _RECEIVED.format(key=key_columns(by, "v.recipient"), where=where)
    for *names, received, in_time, late, overdue, still_open, unsure, waiting in rows.execute(
        receiving, (now, now, *given)
    ):
        row = found[tuple(names)]
        row["received"] = Bounds(received, received)
        row["answered_in_time"] = Bounds(in_time, in_time + unsure)
        row["answered_late"] = Bounds(late, late + unsure)
        row["overdue"], row["open"] = (
            Bounds(overdue, overdue + waiting),
            Bounds(still_open, still_open + waiting),
        )
    return dict(found)
