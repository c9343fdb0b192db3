"""Counts again what the counters count: from the rows of documents and deliveries, and from the ledger.

The results are compared by `axis.compliance.reconciliation.counter_comparison`.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Row, select

from axis.clock import Microseconds, day_of, parse_rfc3339
from axis.compliance.reconciliation.months import WHOLE, Part
from axis.counters.counter_changes import CounterChanges, SigningClass, counted, counted_type, signing_class
from axis.counters.verdict_changes import VerdictChanges
from axis.counters.verdict_profiles import SignatureFacts, VerdictProfile, profile_from
from axis.database import Read
from axis.database.paging import opaque, positions_of_days
from axis.deliveries.tables import RECIPIENTS_PER_DOCUMENT, deliveries
from axis.deliveries.transitions import PLAIN_REQUEST
from axis.documents.deadlines import NO_DUE_TIMES, DueTimes, due_times
from axis.documents.signing_days import signed_on
from axis.documents.tables import documents, signature_facts, verdicts
from axis.ledger.leaves import has
from axis.ledger.queries import count_entries, entries_before
from axis.ledger.tree_checks import read_leaves
from axis.protocol import statuses
from axis.protocol.manifest import Action
from axis.protocol.statuses import DeliveryState, Request, outcome
from signing.errors import UnreadableVerdict
from signing.verdict import DocumentVerdict

# The count from the ledger uses the entries and the rules of statuses and deadlines, so that a rate can be
# proven from the entries. An entry of version 1 says neither priority nor day of signing: there the rows do.

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
    """Take the number of leaves read so far, and do nothing with it."""


@dataclass(frozen=True, slots=True)
class Recount:
    """What was counted again."""

    counters: CounterChanges = field(default_factory=CounterChanges)
    verdicts: VerdictChanges = field(default_factory=VerdictChanges)
    """Documents by verdict. Counted from the ledger, their profiles are without signatures."""


def replayed(state: DeliveryState, code: str) -> DeliveryState:
    """Return the state after a recorded status. A recorded status was allowed at its time."""
    if code in _REQUESTS:
        return replace(state, request=_REQUESTS[code])
    return replace(state, processing=code)


def recount_rows(tx: Read, part: Part = WHOLE, seen: Seen = unseen) -> Recount:
    """Count documents by their newest verdicts, and deliveries by their state."""
    recount = Recount()
    changes = recount.counters
    for page in _document_pages(tx, part):
        seen(0)
        received = _deliveries_between(tx, page[0].position, page[-1].position)
        facts = _facts_between(tx, page[0].position, page[-1].position)
        for row in page:
            own = received.get(row.position, [])
            if not counted(row.action):
                continue
            document_type = counted_type(row.type, row.kind)
            due = _due_times(row)
            changes.accepted(
                row.day,
                row.sender,
                document_type,
                signing_class(row.indication, row.signed_by),
                [delivery.recipient for delivery in own],
                late=due.is_late(row.accepted_at),
            )
            summary = (row.indication, row.sub_indication, row.signed_by)
            profile = profile_from(*summary, facts.get(row.position, ()))
            recount.verdicts.accepted(row.day, row.sender, document_type, profile)
            for delivery in own:
                state = DeliveryState(processing=delivery.processing, request=delivery.request)
                after = outcome(state, delivery.request_action)
                late = due.is_answered_late(delivery.answered_at)
                changes.outcome_moved(
                    row.day, row.sender, delivery.recipient, document_type, "pending", after, late=late
                )
    return recount


def _due_times(row: Row[Any]) -> DueTimes:
    """Return the due times that follow from a document's row; none from one that was spoilt."""
    try:
        facts = (row.action, row.type, row.priority, row.issued_on)
        return due_times(*facts, row.signed_on, row.accepted_at)
    except (ValueError, TypeError, OverflowError):
        return NO_DUE_TIMES


def _document_pages(tx: Read, part: Part) -> Iterator[list[Row[Any]]]:
    columns = (
        documents.c.position,
        documents.c.sender,
        documents.c.type,
        documents.c.kind,
        documents.c.action,
        documents.c.day,
        documents.c.indication,
        documents.c.sub_indication,
        documents.c.signed_by,
        documents.c.accepted_at,
        documents.c.priority,
        documents.c.issued_on,
        documents.c.signed_on,
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
            deliveries.c.answered_at,
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


def _facts_between(tx: Read, first: int, last: int) -> dict[int, list[SignatureFacts]]:
    columns = signature_facts.c
    statement = select(columns.document, columns.kind, columns.algorithm, columns.issuer)
    found: dict[int, list[SignatureFacts]] = {}
    for row in tx.execute(statement.where(columns.document.between(first, last))):
        found.setdefault(row.document, []).append(SignatureFacts(row.kind, row.algorithm, row.issuer))
    return found


@dataclass(slots=True)
class _Counted:
    """What the entries read so far say of one document."""

    day: str
    sender: str
    type: str
    recipients: list[str]
    signed_class: SigningClass
    profile: VerdictProfile
    position: int
    facts: tuple[str, str, str, str]
    """Action, type, priority and `issued_on`, from which due times follow."""
    accepted_at: Microseconds
    due: DueTimes
    verdicts: int
    """How many were given again."""
    states: dict[str, tuple[DeliveryState, Action | None]]
    """The states of the deliveries that have a status, by delivery id."""


def recount_ledger(tx: Read, part: Part = WHOLE, seen: Seen = unseen) -> Recount:
    """Count from the entries: acceptances, statuses and later verdicts, in their order."""
    length = count_entries(tx) - entries_before(tx, part.position)
    shares = 1 + (length if part.documents is None else part.documents) // ENTRIES_AT_ONCE
    recount = Recount()
    for share in range(shares):
        known: dict[str, _Counted] = {}
        for done, (position, leaf) in enumerate(read_leaves(tx, part.position)):
            if done % PAGE == 0:
                seen((share * length + done) // shares)
            document = leaf.get("document")
            if isinstance(document, str) and zlib.crc32(document.encode()) % shares == share:
                _count_leaf(tx, recount, known, position, leaf, part)
    return recount


def _count_leaf(
    tx: Read,
    recount: Recount,
    known: dict[str, _Counted],
    position: int,
    leaf: dict[str, Any],
    part: Part,
) -> None:
    if leaf["event"] == "acceptance":
        day = day_of(parse_rfc3339(leaf["at"]))
        if counted(leaf["action"]) and part.holds(day):
            known[leaf["document"]] = _accepted(tx, recount, position, leaf, day)
        return
    entry = known.get(leaf["document"])
    if entry is None:  # a recall, which counts nowhere, or of another part
        return
    changes = recount.counters
    if leaf["event"] == "verdict":
        after = signing_class(leaf["verdict"]["indication"], leaf["verdict"]["signed_by"])
        changes.class_moved(entry.day, entry.sender, entry.type, entry.recipients, entry.signed_class, after)
        entry.signed_class = after
        profile = _profile(leaf)
        recount.verdicts.moved(entry.day, entry.sender, entry.type, entry.profile, profile)
        entry.profile = profile
        entry.verdicts += 1
        _sign(tx, changes, entry, leaf)
    elif leaf["event"] == "status":
        _move(changes, entry, leaf)


def _profile(leaf: dict[str, Any]) -> VerdictProfile:
    """Return what a leaf says of a verdict; it says nothing of signatures."""
    verdict = leaf["verdict"]
    return VerdictProfile(verdict["indication"], verdict["sub_indication"], verdict["signed_by"])


def _accepted(tx: Read, recount: Recount, position: int, leaf: dict[str, Any], day: str) -> _Counted:
    signed_class = signing_class(leaf["verdict"]["indication"], leaf["verdict"]["signed_by"])
    document_type = counted_type(leaf["type"], leaf.get("kind"))  # leaves of version 1 are of no message
    accepted_at = parse_rfc3339(leaf["at"])
    priority = leaf["priority"] if has(leaf, "priority") else _older_priority(tx, position)
    facts = (leaf["action"], leaf["type"], priority, leaf["issued_on"])
    signed = leaf["signed_on"] if has(leaf, "signed_on") else _older_day(tx, position, 0, leaf["issued_on"])
    due = due_times(*facts, signed, accepted_at)
    recount.counters.accepted(
        day, leaf["from"], document_type, signed_class, leaf["to"], late=due.is_late(accepted_at)
    )
    profile = _profile(leaf)
    recount.verdicts.accepted(day, leaf["from"], document_type, profile)
    return _Counted(
        day=day,
        sender=leaf["from"],
        type=document_type,
        recipients=leaf["to"],
        signed_class=signed_class,
        profile=profile,
        position=position,
        facts=facts,
        accepted_at=accepted_at,
        due=due,
        verdicts=0,
        states={},
    )


def _sign(tx: Read, changes: CounterChanges, entry: _Counted, leaf: dict[str, Any]) -> None:
    """Move a document to being sent late or in time, by the day of signing that a new verdict tells."""
    issued_on = entry.facts[-1]
    signed = (
        leaf["signed_on"]
        if has(leaf, "signed_on")
        else _older_day(tx, entry.position, entry.verdicts, issued_on)
    )
    due = due_times(*entry.facts, signed, entry.accepted_at)
    was_late, is_late = (each.is_late(entry.accepted_at) for each in (entry.due, due))
    if is_late != was_late:
        by = 1 if is_late else -1
        changes.sent_late_moved(entry.day, entry.sender, entry.type, entry.recipients, by)
    entry.due = due


def _older_priority(tx: Read, position: int) -> str:
    """Return the priority of a document whose leaf, of version 1, does not say it; its manifest does."""
    statement = select(documents.c.priority).where(documents.c.position == position)
    return tx.execute(statement).scalar_one_or_none() or "normal"  # a row that is gone is for fsck to name


def _older_day(tx: Read, position: int, sequence: int, issued_on: str) -> str:
    """Return the day of signing by a verdict whose leaf, of version 1, does not say it."""
    statement = (
        select(documents.c.accepted_at, verdicts.c.report)
        .join(verdicts, verdicts.c.document == documents.c.position)
        .where(documents.c.position == position, verdicts.c.sequence == sequence)
    )
    row = tx.execute(statement).one_or_none()
    try:
        verdict = None if row is None else DocumentVerdict.from_stored(row.report)
    except UnreadableVerdict:
        return issued_on
    return issued_on if row is None or verdict is None else signed_on(verdict, issued_on, row.accepted_at)


def _move(changes: CounterChanges, entry: _Counted, leaf: dict[str, Any]) -> None:
    state, action = entry.states.get(leaf["delivery"], (DeliveryState(), None))
    before = outcome(state, action)
    code = leaf["code"]
    if code == statuses.REQUESTED:
        action = (leaf.get("request") or {}).get("action", PLAIN_REQUEST)
    state = replayed(state, code)
    entry.states[leaf["delivery"]] = (state, action)
    (recipient,) = leaf["to"]
    late = entry.due.is_answered_late(parse_rfc3339(leaf["at"]))
    changes.outcome_moved(
        entry.day, entry.sender, recipient, entry.type, before, outcome(state, action), late=late
    )
