"""Ends a ledger that was copied and opens the next one: what a hub does that is restored from a backup.

The store does not know what the old ledger's key signed after the copy. So the old ledger grows no more, and
what it published stays uncontradicted (docs/ledger.md#ledgers-of-a-restored-hub).
"""

import secrets
from collections.abc import Sequence

from axis.clock import Clock
from axis.database import Write
from axis.database.store_facts import LEDGER_ORIGIN, OLDEST_HUB, raise_version, set_fact
from axis.ledger.errors import LedgerKeyError, LedgerNotOpenedError
from axis.ledger.journal import open_journal
from axis.ledger.key_changes import first_key_of, ledger_keys, open_checkpoint
from axis.ledger.leaves import restored_leaf
from axis.ledger.queries import (
    add_checkpoint,
    add_key,
    add_ledger,
    key_rows,
    lock_head,
    newest_checkpoint,
    set_head,
    set_head_key,
)
from axis.protocol.ledger_positions import MOST_LEDGERS, begin_of, index_of, ledger_of
from signing.errors import SigningError
from signing.merkle import EMPTY_ROOT
from signing.notes import Checkpoint, NoteSigner, VerifierKey

NAME_BYTES = 4
"""Random ones in a ledger's name: a hub may be restored from one backup twice."""
REVISION = "0025"
"""Hubs of older revisions know one ledger alone."""


def open_next_ledger(tx: Write, old: NoteSigner, known: str | None, clock: Clock) -> NoteSigner:
    """Open the next ledger, whose first leaf names the last known checkpoint of this one; return its signer.

    `old` signs the ledger that ends. `known`: a later note of it than the newest in the store, if any.

    Raises:
        LedgerNotOpenedError: when the store has no ledger.
        LedgerKeyError: when the key did not sign the ledger, or `known` is no later checkpoint of it.

    """
    head = lock_head(tx)
    newest = newest_checkpoint(tx)
    if head is None or newest is None:
        raise LedgerNotOpenedError("this store has no ledger yet")
    ends, size = ledger_of(head[0]), index_of(head[0])
    if ends >= MOST_LEDGERS:
        raise LedgerKeyError(f"this store has {ends} ledgers, and there is room for no more")
    last = known or newest
    require_later(last, newest, [key.verifier for key in ledger_keys(tx, old.verifier)])
    number = add_ledger(tx, old.name, size, last, clock.now())
    new = NoteSigner(_name_of(old.name, number), old.key)
    if not key_rows(tx):
        add_key(tx, first_key_of(ends), str(old.verifier), None)
    add_key(tx, first_key_of(number), str(new.verifier), None)
    set_head(tx, begin_of(number), b"")
    set_head_key(tx, new.verifier.key_id.hex())
    set_fact(tx, LEDGER_ORIGIN, new.name)
    set_fact(tx, OLDEST_HUB, REVISION)
    empty = Checkpoint(new.name, 0, EMPTY_ROOT)
    add_checkpoint(tx, begin_of(number), new.sign(empty.text()), clock.now())
    journal = open_journal(tx, new, clock)
    journal.append(restored_leaf(old.name, size, last))
    journal.seal(tx)
    raise_version(tx)
    return new


def require_later(note: str, newest: str, keys: Sequence[VerifierKey]) -> None:
    """See that a note is the newest checkpoint in the store, or a later one of the same ledger.

    `keys`: those of the store's ledgers.

    Raises:
        LedgerKeyError: when it is not.

    """
    try:
        kept, found = (open_checkpoint(each, keys) for each in (newest, note))
    except SigningError as error:
        raise LedgerKeyError(f"no checkpoint that {keys[0]} or a key before it signed") from error
    is_later = found.size > kept.size or found == kept
    if found.origin != kept.origin or not is_later:
        raise LedgerKeyError(
            f"a checkpoint of {found.origin} with {found.size} entries; expected one of {kept.origin} with "
            f"{kept.size} or more, as the backup has"
        )


def _name_of(old: str, number: int) -> str:
    """Return a name that no ledger had: that of the first, the number and some random characters."""
    first = old if number == 2 else old.rpartition("/")[0]  # noqa: PLR2004 - the first has no such ending
    return f"{first}/{number}-{secrets.token_hex(NAME_BYTES)}"
