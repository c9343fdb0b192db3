"""Counts everything again in two ways: from the rows of documents and deliveries, and from the ledger alone.

It compares nothing; `axis.compliance.reconciliation.counter_comparison` does. The count from the ledger uses
no rows, only the entries and the rules of statuses. So a rate can be proven from the entries.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, select

from axis.clock import day_of, parse_rfc3339
from axis.compliance.reconciliation.months import WHOLE, Part
from axis.counters.counter_changes import CounterChanges, SigningClass, counted, counted_type, signing_class
from axis.database import Read
from axis.database.paging import opaque, positions_of_days
from axis.deliveries.tables import RECIPIENTS_PER_DOCUMENT, deliveries
from axis.deliveries.transitions import PLAIN_REQUEST
from axis.documents.tables import documents
from axis.ledger.queries import read_head
from axis.ledger.tree_checks import read_leaves
from axis.protocol import statuses
from axis.protocol.manifest import Action
from axis.protocol.statuses import DeliveryState, Request, outcome

PAGE = 1_000
ENTRIES_AT_ONCE = 500_000
"""Entries whose documents are in memory at once. A longer ledger is read several times."""

_REQUESTS: dict[str, Request] = {
    statuses.REQUESTED: "open",
    statuses.AGREED: "agreed",
    statuses.DECLINED: "refused",
}


Seen = Callable[[int], object]
"""Is told now and then how many of a part's leaves were counted; it may raise, to end the counting."""


def unseen(_leaves: int) -> None:
    """Tell nobody."""


def replayed(state: DeliveryState, code: str) -> DeliveryState:
    """Return the state after a recorded status. A recorded status was allowed at its time."""
    if code in _REQUESTS:
        return replace(state, request=_REQUESTS[code])
    return replace(state, processing=code)


def recount_rows(tx: Read, part: Part = WHOLE, seen: Seen = unseen) -> CounterChanges:
    """Count documents by their newest verdicts, and deliveries by their state."""
    changes = CounterChanges()
    for page in _document_pages(tx, part):
        seen(0)
        received = _deliveries_between(tx, page[0].position, page[-1].position)
        for row in page:
            own = received.get(row.position, [])
            if not counted(row.action):
                continue
            document_type = counted_type(row.type, row.kind)
            changes.accepted(
                row.day,
                row.sender,
                document_type,
                signing_class(row.indication, row.signed_by),
                [delivery.recipient for delivery in own],
            )
            for delivery in own:
                state = DeliveryState(processing=delivery.processing, request=delivery.request)
                after = outcome(state, delivery.request_action)
                changes.outcome_moved(
                    row.day, row.sender, delivery.recipient, document_type, "pending", after
                )
    return changes


def _document_pages(tx: Read, part: Part) -> Iterator[list[Row[Any]]]:
    columns = (
        documents.c.position,
        documents.c.sender,
        documents.c.type,
        documents.c.kind,
        documents.c.action,
        documents.c.day,
        documents.c.indication,
        documents.c.signed_by,
    )
    after, conditions = -1, []
    if part != WHOLE:
        bounds = positions_of_days(tx, documents, part.first, part.end)
        if bounds is None:
            return
        after = bounds[0] - 1
        conditions = [documents.c.position <= bounds[1], opaque(documents.c.day) >= part.first]
        conditions += [] if part.end is None else [opaque(documents.c.day) < part.end]
    while True:
        statement = select(*columns).where(documents.c.position > after, *conditions)
        page: list[Row[Any]] = list(tx.execute(statement.order_by(documents.c.position).limit(PAGE)))
        if not page:
            return
        yield page
        after = page[-1].position


def _deliveries_between(tx: Read, first: int, last: int) -> dict[int, list[Row[Any]]]:
    statement = (
        select(
            deliveries.c.document,
            deliveries.c.recipient,
            deliveries.c.processing,
            deliveries.c.request,
            deliveries.c.request_action,
        )
        .where(
            deliveries.c.position >= first * RECIPIENTS_PER_DOCUMENT,
            deliveries.c.position < (last + 1) * RECIPIENTS_PER_DOCUMENT,
        )
        .order_by(deliveries.c.position)
    )
    found: dict[int, list[Row[Any]]] = {}
    for row in tx.execute(statement):
        found.setdefault(row.document, []).append(row)
    return found


@dataclass(slots=True)
class _Counted:
    """What the entries read so far say of one document."""

    day: str
    sender: str
    type: str
    recipients: list[str]
    signed_class: SigningClass
    states: dict[str, tuple[DeliveryState, Action | None]]
    """The states of the deliveries that have a status, by delivery id."""


def recount_ledger(tx: Read, part: Part = WHOLE, seen: Seen = unseen) -> CounterChanges:
    """Count from the entries: acceptances, statuses and later verdicts, in their order."""
    head = read_head(tx)
    length = (head[0] if head else 0) - part.position
    shares = 1 + (length if part.documents is None else part.documents) // ENTRIES_AT_ONCE
    changes = CounterChanges()
    for share in range(shares):
        known: dict[str, _Counted] = {}
        for position, leaf in read_leaves(tx, part.position):
            if position % PAGE == 0:
                seen((share * length + position - part.position) // shares)
            document = leaf.get("document")
            if isinstance(document, str) and zlib.crc32(document.encode()) % shares == share:
                _count_leaf(changes, known, document, leaf, part)
    return changes


def _count_leaf(
    changes: CounterChanges, known: dict[str, _Counted], document: str, leaf: dict[str, Any], part: Part
) -> None:
    if leaf["event"] == "acceptance":
        day = day_of(parse_rfc3339(leaf["at"]))
        if counted(leaf["action"]) and part.holds(day):
            known[document] = _accepted(changes, leaf, day)
        return
    entry = known.get(document)
    if entry is None:  # a recall, which counts nowhere, or of another part
        return
    if leaf["event"] == "verdict":
        after = signing_class(leaf["verdict"]["indication"], leaf["verdict"]["signed_by"])
        changes.class_moved(entry.day, entry.sender, entry.type, entry.recipients, entry.signed_class, after)
        entry.signed_class = after
    elif leaf["event"] == "status":
        _move(changes, entry, leaf)


def _accepted(changes: CounterChanges, leaf: dict[str, Any], day: str) -> _Counted:
    signed_class = signing_class(leaf["verdict"]["indication"], leaf["verdict"]["signed_by"])
    document_type = counted_type(leaf["type"], leaf.get("kind"))  # leaves of version 1 are of no message
    changes.accepted(day, leaf["from"], document_type, signed_class, leaf["to"])
    return _Counted(day, leaf["from"], document_type, leaf["to"], signed_class, {})


def _move(changes: CounterChanges, entry: _Counted, leaf: dict[str, Any]) -> None:
    state, action = entry.states.get(leaf["delivery"], (DeliveryState(), None))
    before = outcome(state, action)
    code = leaf["code"]
    if code == statuses.REQUESTED:
        action = (leaf.get("request") or {}).get("action", PLAIN_REQUEST)
    state = replayed(state, code)
    entry.states[leaf["delivery"]] = (state, action)
    (recipient,) = leaf["to"]
    changes.outcome_moved(entry.day, entry.sender, recipient, entry.type, before, outcome(state, action))
