"""What a restored hub lost of a ledger: entries that an earlier visit saw, and what became of them.

A hub may claim that it was restored to be rid of what it had acknowledged. So documents and statuses that are
gone are findings until the hub has them again; that their receipts were handed in is said, and does not
suffice, since a hub could hand them in itself.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from axis.audit.audit_folder import State
from axis.audit.findings import Finding
from axis.protocol.ledger_positions import FIRST_LEDGER, begin_of, index_of, ledger_of

_ADD = "INSERT OR REPLACE INTO gone VALUES (?, ?, ?, ?, ?, ?)"
_HANDED_IN = (
    "SELECT count(*) FROM gone JOIN handed_in ON handed_in.entry = gone.position - ? "
    "WHERE gone.position >= ? AND gone.position < ? AND handed_in.ledger = ?"
)
_LOST_DOCUMENTS = (
    "SELECT position, document FROM gone WHERE event = 'acceptance' "
    "AND NOT EXISTS (SELECT 1 FROM documents WHERE documents.manifest = gone.manifest) ORDER BY position"
)
_LOST_STATUSES = (
    "SELECT position, delivery, code FROM gone WHERE event = 'status' AND NOT EXISTS "
    "(SELECT 1 FROM given_again g WHERE g.delivery = gone.delivery AND g.code = gone.code) "
    "AND NOT EXISTS (SELECT 1 FROM gone d JOIN documents ON documents.manifest = d.manifest "
    "WHERE d.event = 'acceptance' AND d.document = gone.document) ORDER BY position"
)


@dataclass(frozen=True, slots=True)
class LostEntries:
    """How many entries were seen before the hub was restored, and are gone."""

    entries: int = 0
    documents: int = 0
    """Entries that accepted a document."""
    again: int = 0
    """Of these documents, those that the hub has again."""
    handed_in: int = 0
    """Entries whose receipts were handed in."""


def note_lost(state: State, position: int, entry: bytes) -> None:
    """Note an entry that is gone; it lasts with the next commit."""
    leaf = _members(entry)
    said = (leaf.get(name) for name in ("event", "document", "manifest", "delivery", "code"))
    event, *more = (value if isinstance(value, str) else None for value in said)
    state.rows.execute(_ADD, (position, event or "", *more))


def lost_entries(state: State) -> LostEntries:
    """Count the entries that are gone."""

    def count(statement: str, *values: object) -> int:
        return int(state.rows.execute(statement, values).fetchone()[0])

    documents = count("SELECT count(*) FROM gone WHERE event = 'acceptance'")
    lost = count(f"SELECT count(*) FROM ({_LOST_DOCUMENTS})")  # noqa: S608 - a constant
    ended = [str(each[0]) for each in state.get("ended") or []]
    handed_in = [
        count(_HANDED_IN, begin_of(number), begin_of(number), begin_of(number + 1), origin)
        for number, origin in enumerate(ended, FIRST_LEDGER)
    ]
    return LostEntries(
        entries=count("SELECT count(*) FROM gone"),
        documents=documents,
        again=documents - lost,
        handed_in=sum(handed_in),
    )


def lost_entry_findings(state: State) -> Iterator[Finding]:
    """Yield each document and each status that was acknowledged, is gone, and was not given again."""
    for position, document in state.rows.execute(_LOST_DOCUMENTS):
        yield Finding("gone", _where(position), "nothing", f"document {document}, which was acknowledged")
    for position, delivery, code in state.rows.execute(_LOST_STATUSES):
        yield Finding("gone", _where(position), "nothing", f"status {code} of {delivery}")


def _where(position: int) -> str:
    return f"ledger {ledger_of(position)} entry {index_of(position)}"


def _members(entry: bytes) -> dict[str, Any]:
    try:
        leaf = json.loads(entry)
    except (ValueError, RecursionError):
        return {}
    return leaf if isinstance(leaf, dict) else {}
