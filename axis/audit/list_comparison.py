"""Compares a hub's list of documents with the documents in its ledger's entries.

Documents that differ are asked for again after the mirror has caught up, since they may have changed
meanwhile.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from axis.audit.audit_folder import State
from axis.audit.deadline_rules import has_deadlines, last_to_send, rfc3339
from axis.audit.errors import HubRefusedError
from axis.audit.findings import Finding
from axis.audit.hub_client import HubClient

PAGE: Final = 1_000
MEANWHILE: Final = 10_000
"""How many more documents than the mirror has may have come while the list is read."""
ID_CHARACTERS: Final = 100
"""How much of an id is read: a finding names it, whatever the hub puts there."""
ASKED_AGAIN: Final = 1_000
"""The most documents that are asked about one by one, since they may only have changed meanwhile."""

_SAID: Final = (
    "SELECT id, sender, number, issued_on, type, action, at, indication, sub_indication, signed_by, "
    "priority, signed_on, position "
    "FROM documents WHERE {condition}"
)
_NAMES: Final = (
    "id", "from", "number", "issued_on", "type", "action",
    "accepted_at", "indication", "sub_indication", "signed_by", "priority", "signed_on",
)  # fmt: skip
_SINCE_2: Final = ("priority", "signed_on", "send_due")
"""What entries of version 1 do not say, so that it cannot be compared."""
_RECIPIENTS: Final = "SELECT json_group_array(recipient) FROM deliveries WHERE document = ? ORDER BY ordinal"


def list_differences(state: State, hub: HubClient, catch_up: Callable[[], object]) -> Iterator[Finding]:
    """Yield each document whose item in the hub's list differs from its entry, or that only one has."""
    expected = _next(state, -1)
    odd: list[str] = []
    most = _most(state)
    for place, item in enumerate(_listed(hub)):
        if place >= most:
            yield Finding("list", "documents", f"more than {most} items", "an end")
            break
        document = str(item.get("id"))[:ID_CHARACTERS]
        named = _find(state, document)
        if named is None or expected is None or named["position"] < expected["position"]:
            odd.append(document)  # no entry names it, or it stands in the list twice or out of order
            continue
        while expected is not None and expected["position"] < named["position"]:
            odd.append(str(expected["id"]))  # left out
            expected = _next(state, expected["position"])
        if _differing(item, named):
            odd.append(document)
        expected = _next(state, named["position"])
    while expected is not None:
        odd.append(str(expected["id"]))
        expected = _next(state, expected["position"])
    if odd:
        catch_up()
    for place, document in enumerate(dict.fromkeys(odd)):
        yield from _asked_again(state, hub, document) if place < ASKED_AGAIN else [_unasked(document)]


def _most(state: State) -> int:
    """Return how many items are read: twice the documents there are, and as many as may come meanwhile."""
    (documents,) = state.rows.execute("SELECT count(*) FROM documents").fetchone()
    return 2 * int(documents) + MEANWHILE


def _listed(hub: HubClient) -> Iterator[Mapping[str, Any]]:
    """Yield the items of all pages; one that is none, or an empty page before the last, is an empty item."""
    query: dict[str, str | int] = {"limit": PAGE}
    while True:
        answer = hub.json("/v1/documents", query)
        items, following = answer.get("items"), answer.get("next")
        found = items if isinstance(items, list) else []
        yield from (item if isinstance(item, dict) else {} for item in found)
        if not isinstance(following, str) or following == query.get("after"):
            return
        if not found:
            yield {}
        query["after"] = following


def _next(state: State, position: int) -> dict[str, Any] | None:
    statement = _SAID.format(condition="position > ? ORDER BY position LIMIT 1")
    return _document(state, state.rows.execute(statement, (position,)).fetchone())


def _find(state: State, document: str) -> dict[str, Any] | None:
    row = state.rows.execute(_SAID.format(condition="id = ?"), (document,)).fetchone()
    return _document(state, row)


def _document(state: State, row: tuple[Any, ...] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    (recipients,) = state.rows.execute(_RECIPIENTS, (row[-1],)).fetchone()
    said = {**dict(zip(_NAMES, row, strict=False)), "position": row[-1], "to": json.loads(recipients)}
    if has_deadlines(said) and None not in (said["priority"], said["signed_on"]):
        due = last_to_send(said["signed_on"], said["issued_on"], said["priority"])
        said["send_due"] = rfc3339(due)
    return said


def _differing(item: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    names = [name for name in (*_NAMES, "to") if name not in _SINCE_2]
    names += [name for name in _SINCE_2 if expected.get(name) is not None]
    return [name for name in names if item.get(name) != expected[name]]


def _asked_again(state: State, hub: HubClient, document: str) -> Iterator[Finding]:
    """Say what differs of one document, after the mirror has caught up."""
    expected = _find(state, document)
    where = f"document {document}"
    if expected is None:
        yield Finding("list", where, "a document", "nothing: no entry names it")
        return
    try:
        item = hub.json(f"/v1/documents/{document}")
    except HubRefusedError as error:
        yield Finding("list", where, f"{error.status} {error.code}", f"entry {expected['position']}")
        return
    for name in _differing(item, expected):
        yield Finding("list", f"{where} {name}", str(item.get(name)), str(expected[name]))


def _unasked(document: str) -> Finding:
    return Finding("list", f"document {document}", "otherwise than its entry", "as its entry says")
