"""Compares a hub's list of events with the statuses, refusals and later verdicts in its ledger's entries.

Kinds of events that this version does not know are passed over.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from axis.audit.audit_folder import State
from axis.audit.errors import HubRefusedError
from axis.audit.findings import Finding
from axis.audit.hub_client import HubClient

PAGE: Final = 1_000
MEANWHILE: Final = 10_000
KEPT: Final = 1_000
"""The most events that are looked at again, and entries that are named."""
KINDS: Final = frozenset({"status", "verdict", "refusal", "expired"})
TOLD: Final = frozenset({"status", "verdict", "refusal", "expiry"})
"""The same kinds as the entries call them."""

_SEE: Final = (
    "UPDATE happened SET seen = 1 WHERE position = "
    "(SELECT position FROM happened WHERE digest = ? AND NOT seen ORDER BY position LIMIT 1)"
)
_UNSEEN: Final = "SELECT position FROM happened WHERE NOT seen AND position < ? ORDER BY position LIMIT ?"


def digest_of_leaf(leaf: Mapping[str, Any]) -> bytes:
    """Return the digest of what a leaf says happened. Raises `KeyError` or `TypeError` where it does not."""
    event = leaf["event"]
    if event == "verdict":
        return _digest(event, leaf["at"], leaf["document"], None, leaf["verdict"]["indication"], None, None)
    if event == "expiry":
        return _digest("expired", leaf["at"], leaf["document"], leaf["delivery"], "expired", None, None)
    if event == "refusal":
        return _digest(event, leaf["at"], leaf.get("refusal"), None, leaf["code"], None, None)
    return _digest(
        event, leaf["at"], leaf["document"], leaf["delivery"], leaf["code"], leaf.get("note"), leaf.get("by")
    )


def event_differences(
    state: State, hub: HubClient, size: int, catch_up: Callable[[], object]
) -> Iterator[Finding]:
    """Yield each event that no entry holds, and each of the first `size` entries that no event tells."""
    state.rows.execute("UPDATE happened SET seen = 0")
    strange: list[Mapping[str, Any]] = []
    try:
        for item in _listed(state, hub):
            if item.get("kind") in KINDS and not _see(state, item) and len(strange) < KEPT:
                strange.append(item)
    except HubRefusedError as error:
        yield Finding("happened", "events", f"{error.status} {error.code}", "a list")
        return
    if strange:
        catch_up()
    for item in strange:
        if not _see(state, item):
            shown = f"{item.get('kind')} {item.get('code')} of {item.get('delivery') or item.get('document')}"
            yield Finding("happened", f"event {item.get('id')}"[:200], shown[:200], "what an entry says")
    for (position,) in state.rows.execute(_UNSEEN, (size, KEPT)).fetchall():
        yield Finding("happened", f"entry {position}", "no event that says the same", "one")


def _see(state: State, item: Mapping[str, Any]) -> bool:
    note = item.get("note")
    document = item.get("refusal") if item.get("kind") == "refusal" else item.get("document")
    digest = _digest(
        item.get("kind"),
        item.get("at"),
        document,
        item.get("delivery"),
        item.get("code"),
        hashlib.sha256(note.encode(errors="replace")).hexdigest() if isinstance(note, str) else None,
        item.get("by") if item.get("kind") == "status" else None,
    )
    return state.rows.execute(_SEE, (digest,)).rowcount == 1


def _listed(state: State, hub: HubClient) -> Iterator[Mapping[str, Any]]:
    (known,) = state.rows.execute("SELECT count(*) FROM happened").fetchone()
    query: dict[str, str | int] = {"limit": PAGE}
    read = 0
    while read <= 2 * known + MEANWHILE:
        answer = hub.json("/v1/events", query)
        items, following = answer.get("items"), answer.get("next")
        if not isinstance(items, list) or not items:
            return
        read += len(items)
        yield from (item if isinstance(item, dict) else {} for item in items)
        if following == query.get("after") or not isinstance(following, str | int):
            return
        query["after"] = following


def _digest(*said: object) -> bytes:
    return hashlib.sha256(json.dumps(said, ensure_ascii=True, default=str).encode()).digest()
