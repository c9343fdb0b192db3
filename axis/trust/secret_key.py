"""The key that encrypts what the store must keep secret: the private keys of the hub's own authority.

It lies in a file outside the store, so that a copy of the store alone signs nothing. AES-256-GCM (NIST
SP 800-38D) with a random nonce for each value; the value's purpose is authenticated with it, so values
cannot change places.
"""

import base64
import binascii
import contextlib
import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from axis.database.engine import sqlite_path
from axis.settings import Settings

KEY_BYTES = 32
NONCE_BYTES = 12
FILE_NAME = "secret.key"


class SecretKeyError(Exception):
    """The key file is missing, unreadable, or not the one the store was encrypted with."""


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A key held in memory."""

    _key: bytes = field(repr=False)

    def encrypt(self, plain: bytes, purpose: str) -> bytes:
        """Return the nonce and the encrypted bytes."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self._key).encrypt(nonce, plain, purpose.encode())

    def decrypt(self, encrypted: bytes, purpose: str) -> bytes:
        """Return what was encrypted for this purpose.

        Raises:
            SecretKeyError: when it was encrypted with another key or for another purpose, or was altered.

        """
        try:
            return AESGCM(self._key).decrypt(
                encrypted[:NONCE_BYTES], encrypted[NONCE_BYTES:], purpose.encode()
            )
        except (InvalidTag, ValueError):
            raise SecretKeyError(
                "AXIS_SECRET_KEY_FILE is not the key this store was encrypted with"
            ) from None


def open_secret_key(settings: Settings) -> SecretKey:
    """Read the key file; beside a SQLite store it is made, with mode 0600, where it is absent.

    Raises:
        SecretKeyError: when there is none and none may be made, or the file holds no key.

    """
    path = settings.secret_key_file
    if path is None:
        store = sqlite_path(settings.database_url)
        if store is None:
            raise SecretKeyError("AXIS_SECRET_KEY_FILE must name a file: the store is not a SQLite file")
        path = store.parent / FILE_NAME
        _make(path)
    try:
        key = base64.b64decode(path.read_bytes().strip(), validate=True)
    except (OSError, binascii.Error) as error:
        raise SecretKeyError(f"the secret key file cannot be read: {error}") from error
    if len(key) != KEY_BYTES:
        raise SecretKeyError(f"the secret key file holds {len(key)} bytes; expected {KEY_BYTES} in base64")
    return SecretKey(key)


def _make(path: Path) -> None:
    """Make a key file unless there is one by then: whole or not at all, and durably."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first, and its key counts
            os.link(draft, path)
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
