"""Compares the ledger's leaves with the rows that they describe.

The leaves themselves are checked by `axis.ledger.tree_checks`, counters by
`axis.compliance.reconciliation.counter_comparison`.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from axis.clock import rfc3339
from axis.compliance.store_checks.contents import (
    check_attachments,
    check_messages,
    check_signatures,
    check_status_messages,
)
from axis.compliance.store_checks.due_times import check_due_times
from axis.compliance.store_checks.expiries import check_expiries
from axis.compliance.store_checks.recalls import check_requests
from axis.compliance.store_checks.repeated_rows import check_repeated
from axis.compliance.store_checks.states import check_standing
from axis.database import Read
from axis.deliveries.new_deliveries import delivery_id
from axis.deliveries.tables import RECIPIENTS_PER_DOCUMENT, deliveries, events
from axis.documents.signing_days import signed_on
from axis.documents.tables import documents, manifests, refusals, verdicts
from axis.ledger.leaves import has
from axis.ledger.queries import ended_ledgers, read_head
from axis.ledger.tree_checks import Difference, read_leaves
from axis.objects.store import Pieces, stored_chunks
from axis.protocol.ledger_positions import begin_of, index_of
from signing.errors import UnreadableVerdict
from signing.verdict import DocumentVerdict

PAGE = 256
"""Positions checked at once: their manifests are in memory together."""

Leaf = Mapping[str, Any]


def check_rows(tx: Read, pieces: Pieces = stored_chunks) -> Iterator[Difference]:
    """Yield every difference between leaves and rows, in the ledger's order.

    `pieces` reads large contents; without it those that are rows.
    """
    head = read_head(tx)
    end = head[0] if head else 0
    leaves = read_leaves(tx)
    page: dict[int, Leaf] = {}
    first = 0
    for position, leaf in leaves:
        if position >= first + PAGE:
            yield from _check_page(tx, first, first + PAGE, page, pieces)
            page = {}
            first = position - position % PAGE
        page[position] = leaf
    yield from _check_page(tx, first, first + PAGE, page, pieces)
    for ended in ended_ledgers(tx):
        yield from _check_beyond(tx, begin_of(ended.number) + ended.size, begin_of(ended.number + 1))
    yield from _check_beyond(tx, end, None)
    yield from check_standing(tx)
    yield from check_due_times(tx)
    yield from check_expiries(tx)


def _check_page(
    tx: Read, first: int, end: int, leaves: Mapping[int, Leaf], pieces: Pieces
) -> Iterator[Difference]:
    """Compare the leaves of a range of positions with the rows at them, both ways."""
    accepted = _rows(tx, documents.c.position, first, end)
    happened = _rows(tx, events.c.position, first, end)
    refused = _rows(tx, refusals.c.position, first, end)
    kinds: Mapping[str, Mapping[int, Row[Any]]] = {
        "acceptance": accepted,
        "refusal": refused,
        "status": {position: row for position, row in happened.items() if row.kind == "status"},
        "verdict": {position: row for position, row in happened.items() if row.kind == "verdict"},
        "expiry": {position: row for position, row in happened.items() if row.kind == "expired"},
    }
    for event, rows in kinds.items():
        said = {position for position, leaf in leaves.items() if leaf.get("event") == event}
        for position in sorted(said - rows.keys()):
            yield Difference(f"{event} {position}", "no row", "a row, as its leaf says")
        for position in sorted(rows.keys() - said):
            yield Difference(f"{event} {position}", "no leaf", "a leaf, as its row says")
    both = {position: leaf for position, leaf in leaves.items() if position in accepted}
    yield from _check_documents(tx, {at: accepted[at] for at in both}, both, pieces)
    for position, leaf in leaves.items():
        if leaf.get("event") == "refusal" and position in refused:
            yield from _check_refusal(position, refused[position], leaf)
            if position not in happened:
                yield Difference(f"refusal {position}", "no event", "an event for its sender")
        if leaf.get("event") in {"status", "verdict", "expiry"} and position in happened:
            yield from _check_event(position, happened[position], leaf)
    yield from check_requests(tx, leaves)
    yield from check_status_messages(tx, leaves)


def _rows(tx: Read, column: ColumnElement[int], first: int, end: int) -> dict[int, Row[Any]]:
    table = column.table
    return {row.position: row for row in tx.execute(select(table).where(column >= first, column < end))}


def _check_documents(
    tx: Read, rows: Mapping[int, Row[Any]], leaves: Mapping[int, Leaf], pieces: Pieces
) -> Iterator[Difference]:
    if not rows:
        return
    low, high = min(rows), max(rows)
    contents = _manifests(tx, low, high)
    recipients: dict[int, list[str]] = {position: [] for position in rows}
    statement = select(deliveries.c.document, deliveries.c.recipient).where(
        deliveries.c.position >= low * RECIPIENTS_PER_DOCUMENT,
        deliveries.c.position < (high + 1) * RECIPIENTS_PER_DOCUMENT,
    )
    for delivery in tx.execute(statement.order_by(deliveries.c.position)):
        recipients.setdefault(delivery.document, []).append(delivery.recipient)
    first_verdicts = {
        row.document: row
        for row in tx.execute(
            select(verdicts).where(
                verdicts.c.document >= low, verdicts.c.document <= high, verdicts.c.sequence == 0
            )
        )
    }
    for position, row in rows.items():
        leaf = leaves[position]
        found = {
            "document": row.id,
            "from": row.sender,
            "to": recipients[position],
            "number": row.number,
            "issued_on": row.issued_on,
            "type": row.type,
            "action": row.action,
            "manifest": hashlib.sha256(contents.get(position, b"")).hexdigest(),
            "at": rfc3339(row.accepted_at),
            "relay": row.relay,
        }
        found |= {name: getattr(row, name) for name in ("priority", "kind") if has(leaf, name)}
        yield from _compare(f"document {row.id}", found, leaf)
        if row.manifest_sha256 != found["manifest"]:
            yield Difference(f"document {row.id} manifest_sha256", row.manifest_sha256, found["manifest"])
        yield from _check_verdict(row, first_verdicts.get(position), leaf)
    yield from check_repeated(tx, rows, contents)
    yield from check_signatures(tx, rows, leaves)
    yield from check_attachments(tx, rows, contents, pieces)
    yield from check_messages(tx, rows, leaves, pieces)


def _manifests(tx: Read, first: int, last: int) -> dict[int, bytes]:
    statement = select(manifests).where(manifests.c.document >= first, manifests.c.document <= last)
    return {row.document: row.content for row in tx.execute(statement)}


def _check_verdict(document: Row[Any], row: Row[Any] | None, leaf: Leaf) -> Iterator[Difference]:
    where = f"document {document.id} verdict 0"
    if row is None:
        yield Difference(where, "nothing", "the verdict it was accepted under")
        return
    found = {name: getattr(row, name) for name in ("indication", "sub_indication", "signed_by", "policy")}
    yield from _compare(where, found, leaf.get("verdict") or {})
    if not has(leaf, "signed_on"):
        return
    try:
        verdict = DocumentVerdict.from_stored(row.report)
    except UnreadableVerdict:
        yield Difference(f"{where} report", "nothing that can be read", "the verdict")
        return
    day = signed_on(verdict, document.issued_on, document.accepted_at)
    yield from _compare(f"document {document.id}", {"signed_on": day}, leaf)


def _check_refusal(position: int, row: Row[Any], leaf: Leaf) -> Iterator[Difference]:
    found = {
        "refusal": row.id,
        "from": row.sender,
        "number": row.number,
        "code": row.code,
        "manifest": row.manifest_sha256,
        "at": rfc3339(row.at),
    }
    yield from _compare(f"refusal {position}", found, leaf)


def _check_event(position: int, row: Row[Any], leaf: Leaf) -> Iterator[Difference]:
    found: dict[str, Any] = {"document": row.document, "at": rfc3339(row.at)}
    if row.kind == "verdict":
        yield from _compare(f"event {position}", found, leaf)
        yield from _compare(f"event {position}", {"indication": row.code}, leaf.get("verdict") or {})
        return
    found["delivery"] = delivery_id(row.document, (row.delivery or 0) % RECIPIENTS_PER_DOCUMENT)
    if row.kind == "expired":
        yield from _compare(f"event {position}", found, leaf)
        return
    found |= {
        "code": row.code,
        "by": row.by,
        "note": None if row.note is None else hashlib.sha256(row.note.encode()).hexdigest(),
        "relay": row.relay,
        "origin": row.origin,
    }
    yield from _compare(f"event {position}", found, leaf)


def _compare(where: str, found: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[Difference]:
    for name, value in found.items():
        if value != expected.get(name):
            yield Difference(f"{where} {name}", str(value), str(expected.get(name)))


def _check_beyond(tx: Read, end: int, until: int | None) -> Iterator[Difference]:
    """Yield rows at positions beyond the end of a ledger, and before the next one where there is one."""
    for name, column in (
        ("document", documents.c.position),
        ("refusal", refusals.c.position),
        ("event", events.c.position),
    ):
        beyond = select(column).where(column >= end).order_by(column).limit(100)
        if until is not None:
            beyond = beyond.where(column < until)
        for position in tx.execute(beyond).scalars():
            expected = f"none past the ledger's {index_of(end)} entries"
            yield Difference(f"{name} {position}", "a row", expected)
