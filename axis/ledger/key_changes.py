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
from axis.ledger.queries import FIRST_KEY, add_key, key_rows, set_head_key
from signing.key_changes import sign_key_change
from signing.notes import NoteSigner, VerifierKey, open_note, read_verifier_key


@dataclass(frozen=True, slots=True)
class LedgerKey:
    """A key of the ledger."""

    verifier: VerifierKey
    position: int | None
    """That of the leaf that introduced it; None for the first."""
    statement: str | None
    """By which its predecessor named it; None for the first."""


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
        add_key(tx, FIRST_KEY, str(old.verifier), None)
    add_key(tx, position, str(new.verifier), statement)
    set_head_key(tx, new.verifier.key_id.hex())
    raise_version(tx)
    return position


def ledger_keys(tx: Read, current: VerifierKey) -> list[LedgerKey]:
    """Return all keys of the ledger, the newest first; `current` alone where the key was never changed."""
    rows = key_rows(tx)
    if not rows:
        return [LedgerKey(current, None, None)]
    return [
        LedgerKey(
            read_verifier_key(row.vkey), None if row.position == FIRST_KEY else row.position, row.statement
        )
        for row in reversed(rows)
    ]


def key_at(keys: Sequence[LedgerKey], size: int) -> VerifierKey:
    """Return the key that signs the checkpoint of a size. `keys`: the newest first.

    The checkpoint that covers the leaf of a change is still the old key's.
    """
    for key in keys:
        if key.position is None or key.position + 1 < size:
            return key.verifier
    return keys[-1].verifier
