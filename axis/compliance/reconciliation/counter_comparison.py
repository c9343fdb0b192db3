"""Compares the counters with what they are made from, and names each difference.

A part of the ledger is compared in one snapshot (`axis.database.snapshots`), while others go on writing.
Differences are not repaired.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import select

from axis.compliance.reconciliation.months import WHOLE, Part
from axis.compliance.reconciliation.recounts import Seen, recount_ledger, recount_rows, unseen
from axis.compliance.reconciliation.verdict_comparison import StoredVerdicts, Unlike
from axis.compliance.store_checks.column_types import check_types
from axis.counters.counter_changes import CounterChanges, Key
from axis.counters.tables import (
    KEYS,
    NUMBERS,
    OUTCOMES,
    SIGNING_CLASSES,
    counters,
    verdict_counters,
    verdict_profile_signatures,
    verdict_profiles,
)
from axis.database import Read
from axis.documents.tables import deliveries, documents, signature_facts
from axis.ledger.tables import ledger_entries, ledger_head

_CLASSES = [NUMBERS.index(name) for name in SIGNING_CLASSES]
_OUTCOMES = [NUMBERS.index(name) for name in OUTCOMES]
_ADDRESSED = NUMBERS.index("addressed")


_READ = tuple(
    each.name
    for each in (
        counters,
        verdict_counters,
        verdict_profiles,
        verdict_profile_signatures,
        documents,
        signature_facts,
        deliveries,
        ledger_head,
        ledger_entries,
    )
)
"""The tables that are counted from."""

Source = Literal["documents", "ledger", "identity"]
SOURCES: tuple[Source, ...] = get_args(Source)


@dataclass(frozen=True, slots=True)
class Difference:
    """A counter that differs from what counting again gives."""

    counter: str
    """Which: period, parties, type and number."""
    found: int
    """What the counter says."""
    expected: int
    """What counting again gives."""
    source: Source
    """What was counted: `documents`, `ledger`, or `identity` for a sum that is wrong."""


def reconcile(tx: Read, part: Part = WHOLE, seen: Seen = unseen) -> Iterator[Difference]:
    """Yield every difference between the counters and the rows, the ledger, and the sums that must hold.

    Parts that together hold everything yield what `WHOLE` does. Where values are not of their column's type,
    as SQLite allows, nothing can be counted, and these values are yielded instead.
    """
    types = [f"{each.where}: {each.found} in place of {each.expected}" for each in check_types(tx, _READ)]
    if types:
        yield from (Difference(where, 1, 0, "identity") for where in types)
        return
    stored = _stored(tx, part)
    by_verdict = StoredVerdicts.read(tx, part.first, part.end)
    of_rows = recount_rows(tx, part, seen)
    yield from _differences(stored, of_rows.counters, "documents")
    yield from _by_verdict(by_verdict.unlike_rows(of_rows.verdicts), "documents")
    of_ledger = recount_ledger(tx, part, seen)
    yield from _differences(stored, of_ledger.counters, "ledger")
    yield from _by_verdict(by_verdict.unlike_ledger(of_ledger.verdicts), "ledger")
    yield from _identities(stored)
    yield from _by_verdict(by_verdict.altered_profiles(), "identity")


def _by_verdict(unlike: Iterator[Unlike], source: Source) -> Iterator[Difference]:
    for counter, found, expected in unlike:
        yield Difference(counter, found, expected, source)


def _stored(tx: Read, part: Part) -> dict[Key, list[int]]:
    statement = select(*(counters.c[name] for name in (*KEYS, *NUMBERS))).where(
        counters.c.period >= part.first
    )
    if part.end is not None:
        statement = statement.where(counters.c.period < part.end)
    found: dict[Key, list[int]] = {}
    row: Any
    for row in tx.execute(statement):
        grain, recipient, period, sender, document_type = row[: len(KEYS)]
        found[grain, recipient, period, sender, document_type] = [int(value) for value in row[len(KEYS) :]]
    return found


def _differences(
    stored: dict[Key, list[int]], counted: CounterChanges, source: Source
) -> Iterator[Difference]:
    nothing = [0] * len(NUMBERS)
    for key in sorted(stored.keys() | counted.rows.keys()):
        found, expected = stored.get(key, nothing), counted.rows.get(key, nothing)
        for place, name in enumerate(NUMBERS):
            if found[place] != expected[place]:
                yield Difference(_named(key, name), found[place], expected[place], source)


def _identities(stored: dict[Key, list[int]]) -> Iterator[Difference]:
    """Check for each pair, day and type that `addressed` is `received` and no less than the outcomes."""
    sent: dict[tuple[str, str, str, str], int] = {}
    received: dict[tuple[str, str, str, str], int] = {}
    by_sender: dict[tuple[str, str, str, str], int] = {}
    by_recipient: dict[tuple[str, str, str, str], int] = {}
    for key, row in stored.items():
        grain, recipient, period, sender, document_type = key
        addressed = row[_ADDRESSED]
        if sum(row[place] for place in _OUTCOMES) > addressed or min(row) < 0:
            outcomes = sum(row[place] for place in _OUTCOMES)
            yield Difference(_named(key, "outcomes"), outcomes, addressed, "identity")
        of_sender = (grain, period, sender, document_type)
        of_recipient = (grain, period, recipient, document_type)
        if not recipient:
            sent[of_sender] = addressed
            continue
        if sum(row[place] for place in _CLASSES) != addressed:
            classes = sum(row[place] for place in _CLASSES)
            yield Difference(_named(key, "addressed"), addressed, classes, "identity")
        if not sender:
            received[of_recipient] = addressed
        else:
            by_sender[of_sender] = by_sender.get(of_sender, 0) + addressed
            by_recipient[of_recipient] = by_recipient.get(of_recipient, 0) + addressed
    yield from _unequal(sent, by_sender, "addressed by")
    yield from _unequal(received, by_recipient, "received by")


def _unequal(
    sums: dict[tuple[str, str, str, str], int], pairs: dict[tuple[str, str, str, str], int], what: str
) -> Iterator[Difference]:
    for key in sorted(sums.keys() | pairs.keys()):
        found, expected = sums.get(key, 0), pairs.get(key, 0)
        if found != expected:
            _, period, agency, document_type = key
            yield Difference(f"{period} {what} {agency} {document_type}", found, expected, "identity")


def _named(key: Key, name: str) -> str:
    _, recipient, period, sender, document_type = key
    return f"{period} {sender or 'anyone'} → {recipient or 'anyone'} {document_type} {name}"
