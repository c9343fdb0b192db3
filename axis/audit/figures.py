"""Works out the figures that a ledger's entries give, in the shape of the hub's statistics.

docs/contract.md#statistics says what each figure counts. Figures of deadlines are in
`axis.audit.deadline_figures`.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from axis.audit.recount import CLASSES

By = Literal["agency,type", "agency,day,type", "agency,kind", "agency,day,kind"]
Key = tuple[str, ...]
"""An agency's code, then what else is asked for."""
Row = Mapping[str, int]
MESSAGE: Final = "thong-diep"
"""The type of messages between systems, which have a statistic of their own."""
OF_MESSAGES: Final[tuple[By, By]] = ("agency,kind", "agency,day,kind")
EXCHANGE: Final = ("sent", "addressed", "received", "handled", "pending", "refused", "withdrawn")

_COLUMNS: Final[Mapping[By, Sequence[str]]] = {
    "agency,type": ("{agency}", "d.type"),
    "agency,day,type": ("{agency}", "d.day", "d.type"),
    "agency,kind": ("{agency}", "coalesce(d.kind, '')"),
    "agency,day,kind": ("{agency}", "d.day", "coalesce(d.kind, '')"),
}
_SENT: Final = (
    "SELECT {key}, d.class, count(*) FROM documents d {joined} WHERE {where} GROUP BY {key}, d.class"
)
_DOCUMENTS: Final = "SELECT {key}, count(*) FROM documents d WHERE {where} GROUP BY {key}"
_ADDRESSED: Final = (
    "SELECT {key}, count(*) FROM documents d JOIN deliveries v ON v.document = d.position "
    "WHERE {where} GROUP BY {key}"
)
_OUTCOME: Final = """CASE
    WHEN v.request = 'agreed' AND v.request_action = 'recall' THEN 'withdrawn'
    WHEN v.processing = '02' THEN 'refused'
    WHEN v.request = 'agreed' THEN 'handled'
    WHEN v.processing IS NULL OR v.processing = '01' THEN 'pending'
    ELSE 'handled' END"""
_RECEIVED: Final = (
    "SELECT {key}, {outcome} AS became, count(*) FROM documents d "
    "JOIN deliveries v ON v.document = d.position WHERE {where} GROUP BY {key}, became"
)


def months(rows: sqlite3.Connection) -> list[str]:
    """Return the months in which documents were accepted, oldest first."""
    found = rows.execute("SELECT DISTINCT month FROM documents WHERE counted ORDER BY month")
    return [month for (month,) in found]


def parties(rows: sqlite3.Connection, month: str) -> tuple[list[str], list[str]]:
    """Return the senders and the recipients of a month's documents."""
    senders = "SELECT DISTINCT sender FROM documents WHERE counted AND month = ? ORDER BY 1"
    recipients = (
        "SELECT DISTINCT v.recipient FROM documents d JOIN deliveries v ON v.document = d.position "
        "WHERE d.counted AND d.month = ? ORDER BY 1"
    )
    sent, received = (rows.execute(each, (month,)).fetchall() for each in (senders, recipients))
    return [code for (code,) in sent], [code for (code,) in received]


def signature_figures(
    rows: sqlite3.Connection, month: str, by: By, recipient: str | None = None
) -> dict[Key, Row]:
    """Count a month's documents by who signed them; with a recipient those addressed to it."""
    where, given = "d.counted AND d.month = ? AND d.type <> ?", [month, MESSAGE]
    joined = ""
    if recipient is not None:
        joined = "JOIN deliveries v ON v.document = d.position"
        where += " AND v.recipient = ?"
        given.append(recipient)
    key = key_columns(by, "d.sender")
    statement = _SENT.format(key=key, joined=joined, where=where)
    counts: dict[Key, dict[str, int]] = defaultdict(lambda: dict.fromkeys(CLASSES, 0))
    for *names, signing_class, total in rows.execute(statement, given):
        counts[tuple(names)][signing_class] = total
    return {
        name: {**row, "sent": sum(row.values()), "signed": row["both"] + row["organisation"]}
        for name, row in counts.items()
    }


def exchange_figures(
    rows: sqlite3.Connection, month: str, by: By, sender: str | None = None
) -> dict[Key, Row]:
    """Count a month's documents and deliveries by agency; with a sender those of its documents alone.

    By kind it counts messages, and otherwise all but messages.
    """
    where = "d.counted AND d.month = ? AND d.type " + ("= ?" if by in OF_MESSAGES else "<> ?")
    given = [month, MESSAGE]
    if sender is not None:
        where += " AND d.sender = ?"
        given.append(sender)
    counts: dict[Key, dict[str, int]] = defaultdict(lambda: dict.fromkeys(EXCHANGE, 0))
    sending, receiving = key_columns(by, "d.sender"), key_columns(by, "v.recipient")
    for name, statement in (("sent", _DOCUMENTS), ("addressed", _ADDRESSED)):
        for *names, total in rows.execute(statement.format(key=sending, where=where), given):
            counts[tuple(names)][name] = total
    outcome = _RECEIVED.format(key=receiving, where=where, outcome=_OUTCOME)
    for *names, became, total in rows.execute(outcome, given):
        row = counts[tuple(names)]
        row[became] += total
        row["received"] += total
    return dict(counts)


def key_columns(by: By, agency: str) -> str:
    """Return the columns of SQL by which rows are grouped; `agency` is that of the agency."""
    return ", ".join(_COLUMNS[by]).format(agency=agency)
