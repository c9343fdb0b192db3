"""Opens a store's ledger: fixes its name the first time, and checks its key each time.

The name (C2SP: *origin*) is the hub's public address at that moment without its scheme. It stays when the hub
moves to another address.
"""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from axis.clock import Microseconds
from axis.database import Read, Write
from axis.database.store_facts import LEDGER_ORIGIN, get_fact, set_fact
from axis.ledger.errors import LedgerDamagedError, LedgerKeyError, LedgerNotOpenedError
from axis.ledger.queries import (
    add_checkpoint,
    ended_ledgers,
    key_rows,
    lock_head,
    make_head,
    newest_checkpoint,
    oldest_checkpoint,
)
from axis.protocol.ledger_positions import FIRST_LEDGER
from signing.errors import SigningError
from signing.merkle import EMPTY_ROOT
from signing.notes import Checkpoint, NoteSigner, VerifierKey, names_key, open_note, read_verifier_key

ORIGIN = LEDGER_ORIGIN
LEDGER_PATH = "/v1/ledger"


def origin_of(public_url: str) -> str:
    """Return the name for a ledger at this address: no scheme, and no characters that a name cannot hold."""
    address = public_url.partition("://")[2] or public_url
    name = address.strip().rstrip("/") + LEDGER_PATH
    return "".join("-" if char == "+" or char.isspace() else char for char in name)


def has_ledger(tx: Read) -> bool:
    """Tell whether the store's ledger was begun, and so has a key that signed it."""
    return get_fact(tx, ORIGIN) is not None


def open_ledger(tx: Write, key: Ed25519PrivateKey, public_url: str, now: Microseconds) -> NoteSigner:
    """Return the signer of this store's checkpoints. In a new store, begin a ledger and sign its empty tree.

    Raises:
        LedgerKeyError: when the ledger was signed with another key. Otherwise a new key would go on signing a
        log whose receipts name the old one.

    """
    make_head(tx)
    if lock_head(tx) is None:
        raise LedgerDamagedError("the ledger's head cannot be locked")
    origin = get_fact(tx, ORIGIN)
    if origin is None:
        origin = origin_of(public_url)
        set_fact(tx, ORIGIN, origin)
    signer = NoteSigner(origin, key)
    newest = newest_checkpoint(tx)
    known = current_key(tx)
    if known is not None and known != signer.verifier:
        raise LedgerKeyError(another_key(signer.verifier))
    if newest is None:
        add_checkpoint(tx, 0, signer.sign(Checkpoint(origin, 0, EMPTY_ROOT).text()), now)
        return signer
    if known is not None:
        return signer
    try:
        open_note(newest, signer.verifier)
    except SigningError as error:
        raise LedgerKeyError(another_key(signer.verifier)) from error
    return signer


def ledger_named(tx: Read, origin: str) -> int | None:
    """Return the number of the hub's ledger with this name; None where it has none."""
    ended = {row.origin: row.number for row in ended_ledgers(tx)}
    if origin == get_fact(tx, ORIGIN):
        return len(ended) + FIRST_LEDGER
    return ended.get(origin)


def require_ledger(tx: Read) -> str:
    """Give the ledger's name. Raises `LedgerNotOpenedError` when the store has no ledger."""
    origin = get_fact(tx, ORIGIN)
    if origin is None:
        raise LedgerNotOpenedError("this store has no ledger yet")
    return origin


def read_verifier(tx: Read, key: Ed25519PrivateKey) -> VerifierKey:
    """Return the verifier of the checkpoints, for a command that only reads.

    Raises:
        LedgerNotOpenedError: when the store has no ledger.
        LedgerKeyError: when its first and its newest checkpoint both name another key. A damaged checkpoint
            still names the key, and is a difference for `fsck` to find.

    """
    origin = require_ledger(tx)
    verifier = NoteSigner(origin, key).verifier
    known = current_key(tx)
    if known is not None:
        if known != verifier:
            raise LedgerKeyError(another_key(verifier))
        return verifier
    notes = [note for note in (oldest_checkpoint(tx), newest_checkpoint(tx)) if note is not None]
    if notes and not any(names_key(note, verifier) for note in notes):
        raise LedgerKeyError(another_key(verifier))
    return verifier


def current_key(tx: Read) -> VerifierKey | None:
    """Return the key that signs now, where it was ever changed; else the checkpoints themselves tell."""
    rows = key_rows(tx)
    return read_verifier_key(rows[-1].vkey) if rows else None


def another_key(verifier: VerifierKey) -> str:
    """Say that the ledger's checkpoints are signed with a key other than this one."""
    return f"the ledger {verifier.name} was signed with another key than {verifier}"
