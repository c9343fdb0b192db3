"""The steps of an audit, in their order.

1. which keys of the ledger are believed
2. the ledger: it has grown from what was seen at the last visit, and its entries hash to what was signed
3. the figures: those of the hub beside those that the entries give
4. the lists: what the hub says of each document, status, refusal and later verdict beside its entry
5. the documents that are counted as signed: contents, signatures and receipt of each, or of a sample

An audit ends where the ledger is broken. Other differences are noted, and it goes on.
"""

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

from axis.audit import sampling
from axis.audit.audit_folder import State
from axis.audit.document_checks import Counted, Judge, check_document
from axis.audit.errors import LedgerBrokenError
from axis.audit.event_comparison import event_differences
from axis.audit.findings import Finding, Findings
from axis.audit.hub_client import HubClient
from axis.audit.ledger_keys import believed_keys, unwritten_keys
from axis.audit.ledgers import MirroredLedgers
from axis.audit.list_comparison import list_differences
from axis.audit.lost_entries import LostEntries, lost_entries, lost_entry_findings
from axis.audit.recount import KNOWN_EVENTS, Recount, event_totals, kept_findings
from axis.audit.statistics_comparison import Comparison
from signing.notes import VerifierKey

CONNECTIONS: Final = 4
"""Documents that are fetched and verified at once."""

Seen = Callable[[str, int, int], object]
"""Is told what is being done (`ledger`, `documents`), how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A checkpoint that an audit went by."""

    size: int
    """Entries of all ledgers."""
    root: str
    """Of the ledger that grows, in hexadecimal."""


@dataclass(slots=True)
class Outcome:
    """What an audit found, and of what."""

    hub: str
    ledger: str | None = None
    """Its name."""
    keys: tuple[str, ...] = ()
    keys_taken: bool = False
    """Whether the first key was taken from the hub itself."""
    roots_taken: bool = False
    """Whether the root that signatures were judged by is the hub's own."""
    before: Visit | None = None
    """Where the last visit ended; None at the first."""
    now: Visit | None = None
    """None where the ledger broke."""
    entries: dict[str, dict[str, int]] = field(default_factory=dict)
    """Numbers of entries by event, version and clock."""
    rows: int = 0
    """Rows of statistics that agreed."""
    signed: int = 0
    """Documents that are counted as signed."""
    verified: int = 0
    unread: int = 0
    """Of these, messages whose files were not read, since their parties alone do."""
    sample: int | None = None
    may_miss: int = 0
    """How many false documents the sample can miss; 0 where all were verified."""
    gone: LostEntries = field(default_factory=LostEntries)
    """What was seen before the hub was restored from a backup, and is gone."""
    findings: Findings = field(default_factory=Findings)

    @property
    def is_true(self) -> bool:
        """Whether nothing differs."""
        return self.findings.total == 0

    @property
    def is_broken(self) -> bool:
        """Whether the ledger itself is not what it was, so that the rest could not be looked at."""
        return self.now is None

    @property
    def unknown_events(self) -> int:
        """How many entries are of events that this program does not know."""
        events = self.entries.get("event", {})
        return sum(total for event, total in events.items() if event not in KNOWN_EVENTS)

    def to_json(self) -> dict[str, Any]:
        """Return everything, for programs."""
        return {
            "hub": self.hub,
            "ledger": self.ledger,
            "keys": list(self.keys),
            "keys_taken_from_the_hub": self.keys_taken,
            "roots_taken_from_the_hub": self.roots_taken,
            "before": None if self.before is None else {"size": self.before.size, "root": self.before.root},
            "now": None if self.now is None else {"size": self.now.size, "root": self.now.root},
            "entries": self.entries,
            "rows_compared": self.rows,
            "signed": self.signed,
            "verified": self.verified,
            "unread": self.unread,
            "sample": self.sample,
            "may_miss": self.may_miss,
            "gone": dataclasses.asdict(self.gone),
            "true": self.is_true,
            "differences": self.findings.total,
            "kinds": dict(self.findings.counts),
            "named": [
                {"kind": each.kind, "where": each.where, "found": each.found, "expected": each.expected}
                for each in self.findings.named
            ],
        }


def audit(
    state: State,
    hub: HubClient,
    judge: Judge,
    *,
    keys: tuple[VerifierKey, ...],
    sample: int | None,
    roots_taken: bool,
    seen: Seen,
) -> Outcome:
    """Audit a hub, going on from what the state holds.

    `keys`: those of the ledger that the auditor knows; without any, the first visit believes the hub's.
    `sample`: how many of the documents that are counted as signed are verified; None: all.
    `roots_taken`: whether the judge trusts the hub's own root, which the outcome says.

    Raises:
        HubUnreachableError, HubRefusedError: when the hub does not answer; the audit can go on later.

    """
    outcome = Outcome(hub.url, sample=sample, roots_taken=roots_taken)
    visit = state.get("visit")
    outcome.before = None if visit is None else Visit(visit["size"], visit["root"])
    try:
        _audit(state, hub, judge, keys, outcome, seen)
    except LedgerBrokenError as error:
        state.rows.rollback()
        outcome.now = None
        outcome.findings.add([error.finding])
    return outcome


def _audit(
    state: State, hub: HubClient, judge: Judge, given: tuple[VerifierKey, ...], outcome: Outcome, seen: Seen
) -> None:
    # 1 the keys
    keys = believed_keys(state, hub, given)
    outcome.ledger, outcome.keys_taken = keys.origin, keys.taken
    # 2 the ledger
    mirror = MirroredLedgers(state, hub, keys, Recount(state).take, lambda done, of: seen("ledger", done, of))
    checkpoint = mirror.catch_up()
    size, end = mirror.size, mirror.end
    outcome.ledger = checkpoint.origin
    outcome.keys = tuple(map(str, mirror.keys.items))
    outcome.findings.add(unwritten_keys(state, mirror.keys))
    # 3 the figures
    comparison = Comparison(state.rows, hub, mirror.catch_up)
    outcome.findings.add(comparison.differences())
    outcome.rows = comparison.compared
    # 4 the lists
    outcome.findings.add(list_differences(state, hub, mirror.catch_up))
    outcome.findings.add(event_differences(state, hub, end, mirror.catch_up))
    # 5 the documents
    sampling.begin(state, outcome.sample)
    _verify(state, hub, mirror, judge, outcome.sample, seen)
    outcome.signed, outcome.verified = sampling.totals(state)
    if outcome.sample is not None:
        outcome.may_miss = sampling.may_miss(outcome.signed, outcome.verified)
    outcome.unread = sampling.unread(state)
    outcome.findings.add(sampling.noted(state))
    outcome.findings.add(kept_findings(state))
    outcome.gone = lost_entries(state)
    outcome.findings.add(lost_entry_findings(state))
    outcome.entries = {name: dict(totals) for name, totals in event_totals(state).items()}
    outcome.now = Visit(size, checkpoint.root.hex())
    _keep_visit(state, outcome.now)
    sampling.end(state)


def _verify(
    state: State, hub: HubClient, mirror: MirroredLedgers, judge: Judge, sample: int | None, seen: Seen
) -> None:
    """Verify documents side by side; what came of each lasts, whatever comes then."""

    def check(document: Counted) -> Finding | None:
        return check_document(hub, mirror.keys, mirror.root_at, judge, document)

    counted, done = sampling.totals(state)
    of = counted if sample is None else min(counted, sample)
    with ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="axis-audit") as threads:
        for page in sampling.waiting(state, sample):
            try:
                for document, finding in zip(page, threads.map(check, page), strict=True):
                    sampling.note(state, document, finding)
            finally:
                state.rows.commit()  # also what was done before the hub was lost
            done += len(page)
            seen("documents", done, of)


def _keep_visit(state: State, visit: Visit) -> None:
    state.set("visit", {"size": visit.size, "root": visit.root})
    state.rows.commit()
