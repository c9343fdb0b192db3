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
    taken: bool
    """Whether the first of them was taken from the hub itself, at the first visit."""

    @property
    def origin(self) -> str:
        """The name of the ledger that the newest is of."""
        return self.items[-1].name

    def open(self, note: str) -> Checkpoint:
        """Return the checkpoint of a note that one of these keys signed, for the ledger of its name.

        Raises `SigningError`.
        """
        for key in reversed(self.items):
            try:
                checkpoint = read_checkpoint(open_note(note, key))
            except NoteNotTrusted:
                continue
            if checkpoint.origin == key.name:
                return checkpoint
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
        return Keys(tuple(kept), bool(state.get("keys_taken")))
    keys = given or published_keys(hub)[:1]
    names = {key.name for key in keys}
    if len(names) > 1 and not all(_is_followed(name, keys) for name in names):
        raise LedgerBrokenError(Finding("key", "ledger key", "keys of several ledgers", "those of one"))
    return Keys(tuple(reversed(keys)), not given)


def _is_followed(name: str, keys: tuple[VerifierKey, ...]) -> bool:
    """Tell whether a ledger is one of a restored hub: it shares a key with another, under another name."""
    others = {key.public_key for key in keys if key.name != name}
    return any(key.name == name and key.public_key in others for key in keys)


def followed_keys(hub: HubClient, keys: Keys) -> Keys:
    """Add the keys that believed ones introduced since, as far as the hub can show their statements.

    A restored hub signs its next ledger with the same key under another name, which needs no statement.
    """
    found = hub.json("/v1/ledger/keys").get("items")
    items: list[object] = found[:MAX_KEYS] if isinstance(found, list) else []
    believed, earlier = list(keys.items), list[VerifierKey]()
    for item in reversed(items):
        said = item if isinstance(item, dict) else {}
        try:
            listed = read_verifier_key(str(said.get("vkey")))
            if listed in believed:
                earlier, believed = [], [*earlier, *believed]  # a first visit begins with the newest
            elif said.get("statement") is not None:
                believed.append(check_key_change(str(said["statement"]), believed[-1]))
            elif listed.public_key in {key.public_key for key in believed}:
                (earlier if str(believed[-1]) in _later(items, item) else believed).append(listed)
        except SigningError:
            continue
    return Keys(tuple(believed), keys.taken)


def _later(items: list[object], item: object) -> set[str]:
    """Return the keys that a hub lists as newer than one of its items."""
    newer = items[: items.index(item)]
    return {str(each.get("vkey")) for each in newer if isinstance(each, dict)}


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


def newest_checkpoint(hub: HubClient, keys: Keys, place: str, origin: str) -> tuple[Checkpoint, str, Keys]:
    """Fetch the newest checkpoint and its note; return the keys too, with those that were introduced since.

    `place`: the path of the ledger with the name `origin`.

    Raises:
        LedgerBrokenError: when no believed key signed it, or it is another ledger's.

    """
    note = hub.text(f"{place}/checkpoint", MAX_NOTE_BYTES)
    try:
        try:
            checkpoint = keys.open(note)
        except NoteNotTrusted:
            keys = followed_keys(hub, keys)
            checkpoint = keys.open(note)
    except SigningError as error:
        expected = f"signed by {keys.items[-1]}"
        raise LedgerBrokenError(Finding("key", "checkpoint", error.code, expected)) from error
    if checkpoint.origin != origin:
        raise LedgerBrokenError(Finding("key", "checkpoint", checkpoint.origin, origin))
    return checkpoint, note, keys


def unwritten_keys(state: State, keys: Keys) -> Iterator[Finding]:
    """Yield the believed keys whose statement has no leaf in the ledger."""
    written = {vkey for (vkey,) in state.rows.execute("SELECT vkey FROM keys")}
    for before, key in pairwise(keys.items):
        if key.public_key != before.public_key and str(key) not in written:
            yield Finding("key", str(key), f"named by {before} alone", "a leaf that names it")
