"""Receipts that a restored hub does not know: checked, kept with a leaf that says so, and listed.

They are of entries of an earlier ledger, from after the backup. What they acknowledge does not come back by
that: the sender sends it again.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, select

from axis.database import Read, Write
from axis.ledger.journal import Journal
from axis.ledger.leaves import read_leaf, receipt_leaf
from axis.ledger.queries import current_ledger, read_head
from axis.ledger.queries import read_leaf as stored_leaf
from axis.ledger.setup import ledger_named
from axis.ledger.tables import ledger_receipts
from axis.ledger.tree_checks import Difference
from axis.protocol.errors import Place, QueryInvalid, shorten
from axis.protocol.ledger_positions import begin_of, index_of, ledger_of
from signing.merkle import leaf_hash
from signing.notes import MAX_RECEIPT_BYTES, VerifierKey, check_receipt

_log = logging.getLogger("axis.ledger")
WHERE: Final = "/receipt"
AGENCY_CHARACTERS: Final = 32
ID_CHARACTERS: Final = 64
PAGE: Final = 256


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A receipt that a key of the hub's ledgers signed."""

    text: str
    origin: str
    """The name of its ledger."""
    index: int
    raw: bytes
    """The entry."""
    leaf: dict[str, Any]

    def said(self, name: str, most: int) -> str | None:
        """Return a text that the entry says, where it says one that a column can hold."""
        value = self.leaf.get(name)
        return value if isinstance(value, str) and len(value) <= most else None


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a receipt."""

    entry: int
    """The position of the entry that it proves."""
    position: int | None
    """Of the leaf that says that it was handed in; None where the hub has the entry itself."""
    is_new: bool


def read_handed_in(text: object, keys: Sequence[VerifierKey]) -> HandedIn:
    """Read a receipt and check that a key of the hub's ledgers signed it, and that it proves its entry.

    Raises:
        QueryInvalid: naming what is wrong.

    """
    expected = "a receipt (C2SP tlog-proof) as the hub gave it"
    if not isinstance(text, str) or len(text) > MAX_RECEIPT_BYTES:
        found = shorten(text) if isinstance(text, str) else type(text).__name__
        raise QueryInvalid(Place(WHERE, found, expected))
    checks = [check_receipt(text, key) for key in keys]
    check = next((each for each in checks if each.valid), checks[0])
    if check.receipt is None:
        raise QueryInvalid(Place(WHERE, shorten(text), expected))
    if not check.valid or check.checkpoint is None:
        signed = next((each for each in checks if each.checkpoint is not None), None)
        if signed is None:
            raise QueryInvalid(Place(WHERE, "no signature of a key of this hub", "one of its ledger's keys"))
        raise QueryInvalid(Place(WHERE, "an entry that its checkpoint does not cover", "one that it covers"))
    try:
        leaf = read_leaf(check.receipt.leaf)
    except (ValueError, TypeError):
        raise QueryInvalid(Place(WHERE, "an entry that cannot be read", expected)) from None
    return HandedIn(text, check.checkpoint.origin, check.receipt.position, check.receipt.leaf, leaf)


def keep_receipts(tx: Write, journal: Journal, items: Sequence[HandedIn]) -> list[Kept | Exception]:
    """Keep receipts, each with a leaf; a kind of the ledger's `Recorder`. Those that are known add nothing.

    The outcome is `QueryInvalid` where the hub has another entry at that position: then its key signed two
    trees, and the receipt proves it.
    """
    return [_kept(tx, journal, each) for each in items]


def _kept(tx: Write, journal: Journal, given: HandedIn) -> Kept | Exception:
    ledger = ledger_named(tx, given.origin)
    if ledger is None:
        return QueryInvalid(Place(WHERE, f"the ledger {given.origin}", "a ledger of this hub"))
    entry = begin_of(ledger) + given.index
    own = stored_leaf(tx, entry)
    if own is not None:
        return Kept(entry, None, is_new=False) if own == given.raw else _contradiction(given)
    if ledger == current_ledger(tx):
        return _contradiction(given)
    known = tx.execute(select(ledger_receipts).where(ledger_receipts.c.entry == entry)).one_or_none()
    if known is not None:
        leaf = read_leaf(stored_leaf(tx, known.position) or b"{}")
        if leaf.get("leaf") != leaf_hash(given.raw).hex():
            return _contradiction(given)
        return Kept(entry, known.position, is_new=False)
    document = given.said("document", ID_CHARACTERS)
    position = journal.append(receipt_leaf(given.origin, given.index, leaf_hash(given.raw).hex(), document))
    row = {
        "position": position,
        "entry": entry,
        "sender": given.said("from", AGENCY_CHARACTERS),
        "document": document,
        "receipt": given.text,
        "at": journal.at,
    }
    tx.execute(ledger_receipts.insert(), row)
    return Kept(entry, position, is_new=True)


def _contradiction(given: HandedIn) -> QueryInvalid:
    """Say that the key signed another entry here than the hub has, and have the operator know."""
    facts = {"ledger": given.origin, "entry": given.index}
    _log.error("a receipt contradicts the ledger, and the ledger's key signed it", extra={"facts": facts})
    found = f"another entry at {given.index} than this hub has"
    return QueryInvalid(Place(WHERE, found, "the entry that it has: keep the receipt, and tell an auditor"))


def handed_in_rows(tx: Read, mine: ColumnElement[bool], after: int, limit: int) -> list[Row[Any]]:
    """Return receipts that were handed in after a position, in order; `mine`: a condition on `sender`."""
    statement = select(ledger_receipts).where(mine, ledger_receipts.c.position > after)
    return list(tx.execute(statement.order_by(ledger_receipts.c.position).limit(limit)))


def check_handed_in(tx: Read, keys: Sequence[VerifierKey]) -> Iterator[Difference]:
    """Check that each receipt that is kept proves its entry, is one that was lost, and has its leaf."""
    head, after = read_head(tx), -1
    while rows := handed_in_rows(tx, ledger_receipts.c.position >= 0, after, PAGE):
        for row in rows:
            yield from _check_row(tx, row, keys, 0 if head is None else head[0])
        after = rows[-1].position


def _check_row(tx: Read, row: Row[Any], keys: Sequence[VerifierKey], end: int) -> Iterator[Difference]:
    where = f"receipt {row.position}"
    try:
        given = read_handed_in(row.receipt, keys)
    except QueryInvalid as error:
        yield Difference(where, str(error.places[0].found), "a receipt that a key of the ledgers signed")
        return
    ledger = ledger_named(tx, given.origin)
    if ledger != ledger_of(row.entry) or given.index != index_of(row.entry) or row.entry >= end:
        yield Difference(where, f"of {given.origin} entry {given.index}", f"of position {row.entry}")
    if stored_leaf(tx, row.entry) is not None:
        yield Difference(where, "the hub has the entry", "one that was lost")
    said = receipt_leaf(given.origin, given.index, leaf_hash(given.raw).hex(), row.document)
    try:
        leaf = read_leaf(stored_leaf(tx, row.position) or b"")
    except (ValueError, TypeError):
        leaf = {}
    if any(leaf.get(name) != value for name, value in said.items()):
        yield Difference(where, "another leaf, or none", "the leaf that says it")
