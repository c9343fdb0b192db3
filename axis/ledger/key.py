"""The key that signs checkpoints: a file with an Ed25519 private key (PEM, PKCS #8), outside the store.

It is made for a new SQLite store, and has to be given for PostgreSQL. Changing it is in
`axis.ledger.key_changes`.
"""

import contextlib
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from axis.database.key_files import LEDGER_KEY_FILE, ledger_key_path, mark_used, missing_ledger_key
from axis.database.private_files import make_once
from axis.ledger.errors import LedgerKeyError
from axis.settings import Settings
from signing.notes import NoteSigner

# A key never lies in the database: who holds a copy of the store must not be able to sign in the axis's name.

NEXT = ".next"
"""Ends the name of the file with the key that is to follow."""


def open_key(file: Path | None, store: Path | None, *, make: bool = False) -> Ed25519PrivateKey:
    """Load the key of a store's ledger: that which `AXIS_LEDGER_KEY_FILE` names, or that beside the store.

    `store` is the store's file, None where it is no SQLite store. `make` is for
    a store that has no ledger yet: only there, and only beside SQLite, is a missing key made.

    Raises:
        LedgerKeyError: when there is no key, or the file holds none.

    """
    path = file or (store.parent / LEDGER_KEY_FILE if store else None)
    if path is None:
        raise LedgerKeyError("AXIS_LEDGER_KEY_FILE must name the key that signs the ledger's checkpoints")
    if make and store is not None:
        make_key(path)
    return load_key(path)


def load_key(path: Path) -> Ed25519PrivateKey:
    """Load a key. Raises `LedgerKeyError` when the file cannot be read or holds another kind of key."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        raise LedgerKeyError(missing_ledger_key(path)) from None
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise LedgerKeyError(f"the ledger's key cannot be read from {path}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise LedgerKeyError(f"{path} holds no Ed25519 key")
    return key


def make_key(path: Path) -> None:
    """Make a key file unless there is one."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    make_once(path, pem)


def next_key_path(path: Path) -> Path:
    """Return where the key lies that is to follow the one at this path."""
    return path.with_name(path.name + NEXT)


def prepare_next_key(path: Path) -> Ed25519PrivateKey:
    """Make the key that is to follow, unless it was made before, and return it. Raises `LedgerKeyError`."""
    make_key(next_key_path(path))
    return load_key(next_key_path(path))


def key_finder(settings: Settings, name: str) -> Callable[[str], NoteSigner | None]:
    """Return what finds the key of a ledger by its id, after it was changed; None where it is not at hand."""

    def find(key_id: str) -> NoteSigner | None:
        path = ledger_key_path(settings)
        try:
            key = None if path is None else settle_key(path, name, key_id)
        except (LedgerKeyError, OSError):
            return None
        mark_used(settings)
        return None if key is None else NoteSigner(name, key)

    return find


def settle_key(path: Path, name: str, key_id: str) -> Ed25519PrivateKey | None:
    """Return the key with this id, and have it lie at the path; None where it is not at hand.

    The one before it is kept beside it, named by its own id. `name` is the ledger's. Raises `LedgerKeyError`
    when a file holds no key.
    """

    def id_of(key: Ed25519PrivateKey) -> str:
        return NoteSigner(name, key).verifier.key_id.hex()

    following = next_key_path(path)
    with contextlib.suppress(FileNotFoundError):  # another process may be moving the files just now
        if following.exists() and id_of(found := load_key(following)) == key_id:
            if path.exists():
                path.replace(path.with_name(f"{path.name}.{id_of(load_key(path))}"))
            following.replace(path)
            return found
    if path.exists() and id_of(found := load_key(path)) == key_id:
        return found
    return None
