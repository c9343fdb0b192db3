"""The key that signs checkpoints: a file with an Ed25519 private key (PEM, PKCS #8), mode 0600.

A key is made once, beside a SQLite store that has no ledger yet; everywhere else it must be given. It never
lies in the database: who holds a copy of the store must not be able to sign in the axis's name.
"""

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from axis.database.key_files import LEDGER_KEY_FILE, missing_ledger_key
from axis.database.private_files import make_once
from axis.ledger.errors import LedgerKeyError


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
