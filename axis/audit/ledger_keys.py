"""Decides which keys of the ledger an audit believes: those given or first seen, and their successors.

A key is a successor if a believed key has signed for it (`signing.key_changes`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from axis.audit.audit_folder import State
from axis.audit.errors import HubUnreachableError, LedgerBrokenError
from axis.audit.findings import Finding
from axis.audit.hub_client import HubClient
from signing.errors import SigningError
from signing.key_changes import check_key_change
from signing.notes import (
    MAX_NOTE_BYTES,
    Checkpoint,
    NoteNotTrusted,
    VerifierKey,
    open_note,
    read_checkpoint,
    read_verifier_key,
)

KEYS_BYTES: Final = 256 * 1024
MAX_KEYS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that are believed, the newest last."""

    items: tuple[VerifierKey, ...]
    origin: str
    """The ledger's name, which all of them have."""
    taken: bool
    """Whether the first of them was taken from the hub itself, at the first visit."""

    def open(self, note: str) -> Checkpoint:
        """Return the checkpoint of a note that one of these keys signed. Raises `SigningError`."""
        for key in reversed(self.items):
            try:
                return read_checkpoint(open_note(note, key))
            except NoteNotTrusted:
                continue
        raise NoteNotTrusted(key=str(self.items[-1]))


def believed_keys(state: State, hub: HubClient, given: tuple[VerifierKey, ...]) -> Keys:
    """Return the keys of this state, which begin with those given or, at a first visit, the hub's newest.

    Raises:
        LedgerBrokenError: when the state is about another ledger than the keys given, or than the hub's.

    """
    kept = [read_verifier_key(each) for each in state.get("keys") or []]
    if kept and given and not set(given) & set(kept):
        raise LedgerBrokenError(Finding("key", "ledger key", str(given[0]), str(kept[-1])))
    if kept:
        return Keys(tuple(kept), kept[0].name, bool(state.get("keys_taken")))
    keys = given or published_keys(hub)[:1]
    if len({key.name for key in keys}) != 1:
        raise LedgerBrokenError(Finding("key", "ledger key", "keys of several ledgers", "those of one"))
    return Keys(tuple(reversed(keys)), keys[0].name, not given)


def followed_keys(hub: HubClient, keys: Keys) -> Keys:
    """Add the keys that believed ones introduced since, as far as the hub can show their statements."""
    items = hub.json("/v1/ledger/keys").get("items")
    believed = list(keys.items)
    for item in reversed(items[:MAX_KEYS]) if isinstance(items, list) else ():
        statement = item.get("statement") if isinstance(item, dict) else None
        try:
            new = check_key_change(str(statement), believed[-1])
        except SigningError:
            continue
        believed.append(new)
    return Keys(tuple(believed), keys.origin, keys.taken)


def keep_keys(state: State, keys: Keys) -> None:
    """Keep the keys; they last with the next commit."""
    state.set("keys", [str(key) for key in keys.items])
    state.set("keys_taken", keys.taken)


def published_keys(hub: HubClient) -> tuple[VerifierKey, ...]:
    """Return the keys that the hub publishes, its newest first. Raises `HubUnreachableError`."""
    lines = [line for line in hub.text("/v1/ledger/keys", KEYS_BYTES).splitlines() if line.strip()]
    try:
        keys = tuple(read_verifier_key(line) for line in lines[:MAX_KEYS])
    except SigningError as error:
        raise HubUnreachableError("/v1/ledger/keys: no verifier keys") from error
    if not keys:
        raise HubUnreachableError("/v1/ledger/keys: no verifier keys")
    return keys


def newest_checkpoint(hub: HubClient, keys: Keys) -> tuple[Checkpoint, str, Keys]:
    """Fetch the newest checkpoint and its note; return the keys too, with those that were introduced since.

    Raises:
        LedgerBrokenError: when no believed key signed it, or it is another ledger's.

    """
    note = hub.text("/v1/ledger/checkpoint", MAX_NOTE_BYTES)
    try:
        try:
            checkpoint = keys.open(note)
        except NoteNotTrusted:
            keys = followed_keys(hub, keys)
            checkpoint = keys.open(note)
    except SigningError as error:
        expected = f"signed by {keys.items[-1]}"
        raise LedgerBrokenError(Finding("key", "checkpoint", error.code, expected)) from error
    if checkpoint.origin != keys.origin:
        raise LedgerBrokenError(Finding("key", "checkpoint", checkpoint.origin, keys.origin))
    return checkpoint, note, keys


def unwritten_keys(state: State, keys: Keys) -> Iterator[Finding]:
    """Yield the believed keys whose statement has no leaf in the ledger."""
    written = {vkey for (vkey,) in state.rows.execute("SELECT vkey FROM keys")}
    for before, key in pairwise(keys.items):
        if str(key) not in written:
            yield Finding("key", str(key), f"named by {before} alone", "a leaf that names it")
