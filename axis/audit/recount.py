"""Counts the entries of a ledger into an audit's folder: documents, deliveries and what became of them.

It does not use the hub's code for counters, so that a mistake there is found here. Entries that cannot be
understood become findings. What an entry says: docs/ledger.md#what-a-leaf-says.
"""

import json
from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from axis.audit.audit_folder import State
from axis.audit.deadline_rules import ANSWERS, has_deadlines, last_to_answer, last_to_send, microseconds
from axis.audit.event_comparison import TOLD, digest_of_leaf
from axis.audit.findings import Finding
from axis.protocol.ledger_positions import begin_of
from signing.merkle import leaf_hash

VIET_NAM: Final = timezone(timedelta(hours=7))
CLASSES: Final = ("both", "organisation", "person", "indeterminate", "failed", "unsigned")
PASSED: Final = CLASSES[:3]
KNOWN_EVENTS: Final = frozenset(
    {"acceptance", "refusal", "status", "verdict", "key", "operation", "expiry", "restored", "receipt"}
)
"""Readers pass over others, and an audit says that there were some."""

SECOND_LEDGER: Final = 2
"""From the first restored one on it matters which statuses were given again."""
MOST_VERSIONS: Final = 1_000
MOST_ORDINAL: Final = 1 << 32

_ADD_DOCUMENT = (
    "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ADD_DELIVERY = "INSERT INTO deliveries VALUES (?, ?, ?, NULL, NULL, NULL, ?, NULL)"
_JUDGED = (
    "UPDATE documents SET indication = ?, sub_indication = ?, signed_by = ?, class = ?, signed_on = ?, "
    "sent_late = ? WHERE id = ?"
)
_SAID = "SELECT at, issued_on, priority, action, type FROM documents WHERE id = ?"
_FIRST_ANSWER = (
    "UPDATE deliveries SET answered_at = ? WHERE document = ? AND ordinal = ? AND answered_at IS NULL"
)
_ADD_KEY = "INSERT OR REPLACE INTO keys VALUES (?, ?, ?)"
_HAPPENED = "INSERT OR REPLACE INTO happened (position, digest) VALUES (?, ?)"
_GIVEN_AGAIN = "INSERT OR IGNORE INTO given_again VALUES (?, ?)"
_HANDED_IN = "INSERT OR IGNORE INTO handed_in VALUES (?, ?)"
_FIND = "SELECT position FROM documents WHERE id = ?"
_PROCESSED = "UPDATE deliveries SET processing = ? WHERE document = ? AND ordinal = ?"
_ASKED = "UPDATE deliveries SET request = 'open', request_action = ? WHERE document = ? AND ordinal = ?"
_ANSWERED = "UPDATE deliveries SET request = ? WHERE document = ? AND ordinal = ?"
_STANDS = "SELECT processing FROM deliveries WHERE document = ? AND ordinal = ?"
_REQUEST_ANSWERS: Final = {"15": "agreed", "16": "refused"}


class Recount:
    """Takes the entries in order. What it writes lasts with the mirror's next commit."""

    def __init__(self, state: State) -> None:
        self._rows = state.rows

    def take(self, position: int, entry: bytes) -> None:
        """Count an entry. One that cannot be understood is a finding, and counts nowhere."""
        try:
            leaf = _members(entry)
            event, version, clock = _text(leaf["event"]), _version(leaf["v"]), _text(leaf["clock"])
            if event == "acceptance":
                self._accepted(position, entry, leaf)
            elif event == "verdict":
                self._judged(position, leaf)
            elif event == "status":
                self._moved(position, leaf)
            elif event == "expiry":
                self._expired(position, leaf)
            if event in TOLD:
                self._rows.execute(_HAPPENED, (position, digest_of_leaf(leaf)))
            if event == "status" and position >= begin_of(SECOND_LEDGER):
                self._rows.execute(_GIVEN_AGAIN, (_text(leaf["delivery"]), _text(leaf["code"])))
            elif event == "receipt":
                self._rows.execute(_HANDED_IN, (_text(leaf["ledger"]), int(leaf["index"])))
            elif event == "key":
                self._rows.execute(_ADD_KEY, (_text(leaf["new"]), position, _text(leaf["statement"])))
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
            found = f"{type(error).__name__}: {str(error)[:200]}"
            self._find(Finding("event", f"entry {position}", found, "an event"))
            return
        self._rows.execute(
            "INSERT INTO events VALUES (?, ?, ?, 1) "
            "ON CONFLICT (event, v, clock) DO UPDATE SET total = total + 1",
            (event, version, clock),
        )

    def _accepted(self, position: int, entry: bytes, leaf: dict[str, Any]) -> None:
        if self._rows.execute(_FIND, (_text(leaf["document"]),)).fetchone():
            self._find(
                Finding("event", f"entry {position}", f"document {leaf['document']} again", "a new one")
            )
            return
        day = day_of(leaf["at"])
        said = [_text(leaf[name]) for name in ("from", "type", "action", "number", "issued_on", "manifest")]
        signatures = [_text(each) for each in _list(leaf["signatures"])]
        later = [_optional(leaf.get(name)) for name in ("kind", "priority", "signed_on")]  # since version 2
        row = (
            position, _text(leaf["document"]), leaf_hash(entry), leaf["at"], day, day[:7], *said,
            json.dumps(signatures), *_verdict(leaf["verdict"]), leaf["action"] != "recall", *later,
            _sent_late(leaf, later[-1]),
        )  # fmt: skip
        recipients, due = _list(leaf["to"]), _answer_due(leaf)
        deliveries = [
            (position, ordinal, _text(recipient), due) for ordinal, recipient in enumerate(recipients)
        ]
        self._rows.execute(_ADD_DOCUMENT, row)
        self._rows.executemany(_ADD_DELIVERY, deliveries)

    def _judged(self, position: int, leaf: dict[str, Any]) -> None:
        document, signed_on = _text(leaf["document"]), _optional(leaf.get("signed_on"))
        said = self._rows.execute(_SAID, (document,)).fetchone()
        if said is None:
            self._unknown(position, leaf)
            return
        accepted = dict(zip(("at", "issued_on", "priority", "action", "type"), said, strict=True))
        row = (*_verdict(leaf["verdict"]), signed_on, _sent_late(accepted, signed_on), document)
        self._rows.execute(_JUDGED, row)

    def _moved(self, position: int, leaf: dict[str, Any]) -> None:
        found = self._rows.execute(_FIND, (_text(leaf["document"]),)).fetchone()
        document, _, ordinal = str(leaf["delivery"]).rpartition(".")
        if found is None or document != leaf["document"]:
            self._unknown(position, leaf)
            return
        place, code = (found[0], min(int(ordinal), MOST_ORDINAL)), _text(leaf["code"])
        if code == "13":
            action = (leaf.get("request") or {}).get("action") or "recall"
            done = self._rows.execute(_ASKED, (_text(action), *place))
        elif code in _REQUEST_ANSWERS:
            done = self._rows.execute(_ANSWERED, (_REQUEST_ANSWERS[code], *place))
        else:
            done = self._rows.execute(_PROCESSED, (code, *place))
        if done.rowcount != 1:
            self._unknown(position, leaf)
        elif code in ANSWERS:
            self._rows.execute(_FIRST_ANSWER, (microseconds(leaf["at"]), *place))

    def _expired(self, position: int, leaf: dict[str, Any]) -> None:
        found = self._rows.execute(_FIND, (_text(leaf["document"]),)).fetchone()
        document, _, ordinal = str(leaf["delivery"]).rpartition(".")
        if found is None or document != leaf["document"]:
            self._unknown(position, leaf)
            return
        place = (found[0], min(int(ordinal), MOST_ORDINAL))
        standing = self._rows.execute(_STANDS, place).fetchone()
        if standing is None:
            self._unknown(position, leaf)
        elif standing[0] is not None:
            said = f"expiry of {leaf['delivery']}, which had the status {standing[0]}"
            self._find(Finding("event", f"entry {position}", said, "of a delivery without a status"))

    def _unknown(self, position: int, leaf: dict[str, Any]) -> None:
        found = f"{leaf['event']} of {leaf.get('delivery') or leaf['document']}"
        self._find(Finding("event", f"entry {position}", found, "of a document that an earlier entry names"))

    def _find(self, finding: Finding) -> None:
        row = (finding.kind, finding.where, finding.found, finding.expected)
        self._rows.execute("INSERT OR REPLACE INTO findings VALUES (?, ?, ?, ?)", row)


def _members(entry: bytes) -> dict[str, Any]:
    """Read an entry as everybody does: no member twice, no number that JSON has not, UTF-8.

    Raises:
        ValueError, RecursionError: when it is none.

    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            raise ValueError("a member stands in it twice")
        return members

    leaf = json.loads(entry.decode(), object_pairs_hook=once, parse_constant=_no_number)
    if not isinstance(leaf, dict):
        raise TypeError(f"{type(leaf).__name__} in place of an object")
    return leaf


def _no_number(name: str) -> object:
    raise ValueError(f"{name} in place of a number")


def _version(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < MOST_VERSIONS:
        raise TypeError(f"{str(value)[:20]} in place of a version")
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{type(value).__name__} in place of a list")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} in place of a text")
    return value


def _optional(value: object) -> str | None:
    return None if value is None else _text(value)


def _verdict(verdict: dict[str, Any]) -> tuple[str | None, str | None, str, str]:
    """Return what is kept of a verdict."""
    said = (_optional(verdict["indication"]), _optional(verdict["sub_indication"]))
    return *said, _text(verdict["signed_by"]), class_of(verdict)


def _sent_late(leaf: dict[str, Any], signed_on: str | None) -> bool | None:
    """Return whether a document was sent late; None without deadlines, or where an entry does not say."""
    priority = _optional(leaf.get("priority"))
    if priority is None or signed_on is None or not has_deadlines(leaf):
        return None
    return microseconds(leaf["at"]) > last_to_send(signed_on, leaf["issued_on"], priority)


def _answer_due(leaf: dict[str, Any]) -> int | None:
    """Return by when an accepted document has to be answered; None likewise."""
    priority = _optional(leaf.get("priority"))
    return last_to_answer(leaf["at"], priority) if priority is not None and has_deadlines(leaf) else None


def class_of(verdict: dict[str, Any]) -> str:
    """Return the class that a document with this verdict counts in."""
    if verdict["signed_by"] in PASSED:
        return str(verdict["signed_by"])
    names = {None: "unsigned", "TOTAL-FAILED": "failed"}
    return names.get(verdict["indication"], "indeterminate")


def day_of(at: str) -> str:
    """Return Viet Nam's calendar day of a time in RFC 3339. Raises `ValueError`."""
    return datetime.fromisoformat(at).astimezone(VIET_NAM).date().isoformat()


def kept_findings(state: State) -> list[Finding]:
    """Return what is odd about entries, of this visit and of earlier ones."""
    rows = state.rows.execute("SELECT kind, place, found, expected FROM findings ORDER BY place")
    return [Finding(*row) for row in rows]


def event_totals(state: State) -> dict[str, Counter[str]]:
    """Return the numbers of entries by event, by version and by clock."""
    totals: dict[str, Counter[str]] = {"event": Counter(), "v": Counter(), "clock": Counter()}
    for event, version, clock, total in state.rows.execute("SELECT event, v, clock, total FROM events"):
        totals["event"][event] += total
        totals["v"][str(version)] += total
        totals["clock"][clock] += total
    return totals
