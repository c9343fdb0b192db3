"""Changes the key that signs the ledger, and says which key signed which part of it.

The change is a leaf in a group of its own, whose checkpoint the old key signs. Key files are read by
`axis.ledger.key`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from axis.clock import Clock
from axis.database import Read, Write
from axis.database.store_facts import raise_version
from axis.ledger.journal import open_journal
from axis.ledger.leaves import key_leaf
from axis.ledger.published_log import checkpoint
from axis.ledger.queries import add_key, current_ledger, key_rows, set_head_key
from axis.protocol.ledger_positions import begin_of, ledger_of
from signing.key_changes import sign_key_change
from signing.notes import (
    Checkpoint,
    NoteNotTrusted,
    NoteSigner,
    VerifierKey,
    open_note,
    read_checkpoint,
    read_verifier_key,
)


@dataclass(frozen=True, slots=True)
class LedgerKey:
    """A key of the ledger."""

    verifier: VerifierKey
    position: int | None
    """That of the leaf that introduced it; None for the first of a ledger."""
    statement: str | None
    """By which its predecessor named it; None for the first of a ledger."""
    signs_from: int
    """The first end whose checkpoint is its own: of its ledger's empty tree, or behind its leaf's."""


def change_key(tx: Write, old: NoteSigner, new: NoteSigner, clock: Clock) -> int:
    """Have the new key sign from the next group on; return the position of the leaf that says so.

    Raises:
        UnreadableNote: when the new key is the old one.
        NoteNotTrusted: when the old key never signed this ledger.
        LedgerKeyChangedError: when the old key does not sign this ledger any more.

    """
    if not key_rows(tx):
        open_note(checkpoint(tx), old.verifier)
    statement = sign_key_change(old, new)
    journal = open_journal(tx, old, clock)
    position = journal.append(key_leaf(str(old.verifier), str(new.verifier), statement))
    journal.seal(tx)
    if not key_rows(tx):
        add_key(tx, first_key_of(current_ledger(tx)), str(old.verifier), None)
    add_key(tx, position, str(new.verifier), statement)
    set_head_key(tx, new.verifier.key_id.hex())
    raise_version(tx)
    return position


def ledger_keys(tx: Read, current: VerifierKey) -> list[LedgerKey]:
    """Return all keys of the hub's ledgers, the newest first; `current` alone where there was ever one."""
    rows = key_rows(tx)
    if not rows:
        return [LedgerKey(current, None, None, 0)]
    return [_ledger_key(row.position, row.vkey, row.statement) for row in reversed(rows)]


def _ledger_key(position: int, vkey: str, statement: str | None) -> LedgerKey:
    if is_first_key(position):
        return LedgerKey(read_verifier_key(vkey), None, None, position + 1)
    # The checkpoint that covers the leaf of a change is still the old key's.
    return LedgerKey(read_verifier_key(vkey), position, statement, position + 2)


def first_key_of(ledger: int) -> int:
    """Return where the first key of a ledger stands, which no leaf introduced: before the first position."""
    return begin_of(ledger) - 1


def is_first_key(position: int) -> bool:
    """Tell whether a key that stands here is the first of its ledger."""
    return position + 1 == begin_of(ledger_of(position + 1))


def open_checkpoint(note: str, keys: Sequence[VerifierKey]) -> Checkpoint:
    """Return the checkpoint of a note that one of these keys signed, for the ledger that the key is of.

    Raises:
        UnreadableNote: when it is no signed checkpoint.
        NoteNotTrusted: when none of them signed it.

    """
    for key in keys:
        try:
            checkpoint = read_checkpoint(open_note(note, key))
        except NoteNotTrusted:
            continue
        if checkpoint.origin == key.name:
            return checkpoint
    raise NoteNotTrusted(key=str(keys[0]))


def key_at(keys: Sequence[LedgerKey], end: int) -> VerifierKey:
    """Return the key that signs the checkpoint up to an end. `keys`: the newest first."""
    return next((key.verifier for key in keys if key.signs_from <= end), keys[-1].verifier)
