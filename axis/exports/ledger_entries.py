"""The ledger's entries as rows of an export: what each leaf says by its version, and its bytes.

A member that an entry's version lacks is empty. An entry of an unknown event is a row all the same. The day
is Viet Nam's.
"""

from collections.abc import Callable, Iterator
from typing import Any

from axis.clock import day_of, parse_rfc3339
from axis.csv_and_xlsx import Row
from axis.database import Read
from axis.exports.export_requests import EntryQuery
from axis.ledger.leaves import read_leaf
from axis.ledger.queries import count_entries as count_all
from axis.ledger.queries import read_entries

BATCH = 2_000


def count_entries(tx: Read, query: EntryQuery, seen: Callable[[int], None]) -> int:
    """Count the entries of the days asked for: without days all, which needs no reading.

    `seen` is told how many entries were looked at.
    """
    if query.from_ is None and query.to is None:
        return count_all(tx)
    total = looked = 0
    for batch in _batches(tx):
        total += sum(_is_asked(query, day_of(parse_rfc3339(read_leaf(leaf)["at"]))) for _, leaf in batch)
        looked += len(batch)
        seen(looked)
    return total


def entry_rows(tx: Read, query: EntryQuery) -> Iterator[list[Row]]:
    """Yield the entries of the days asked for, in the ledger's order."""
    for batch in _batches(tx):
        rows = [_row(position, leaf) for position, leaf in batch]
        kept = [row for row in rows if _is_asked(query, row[_DAY])]
        if kept:
            yield kept


_DAY = 4
"""Where the day stands in a row."""


def _batches(tx: Read) -> Iterator[list[tuple[int, bytes]]]:
    first = 0
    while batch := read_entries(tx, first, BATCH):
        yield batch
        first = batch[-1][0] + 1


def _is_asked(query: EntryQuery, day: str) -> bool:
    return (query.from_ is None or day >= query.from_) and (query.to is None or day <= query.to)


def _row(position: int, raw: bytes) -> Row:
    leaf = read_leaf(raw)
    at = parse_rfc3339(leaf["at"])
    verdict: dict[str, Any] = leaf.get("verdict") or {}
    request: dict[str, Any] = leaf.get("request") or {}
    read = leaf.get
    return (
        *(position, read("v"), read("event"), at, day_of(at), read("clock"), read("document"), read("from")),
        *(read("to"), read("number"), read("issued_on"), read("type"), read("action"), read("priority")),
        *(read("signed_on"), read("kind"), read("manifest"), verdict.get("indication")),
        *(verdict.get("sub_indication"), verdict.get("signed_by"), verdict.get("policy"), read("delivery")),
        *(read("code"), read("by"), read("note"), request.get("action"), request.get("document")),
        raw.decode(),
    )
