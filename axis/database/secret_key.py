"""Encrypts secrets in the store with a key in a file: private keys of the authority, secrets of systems.

AES-256-GCM (NIST SP 800-38D) with a random nonce for each value. The value's purpose is authenticated with
it, so that values cannot change places.
"""

import base64
import binascii
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from axis.database.engine import sqlite_path
from axis.database.key_files import secret_key_path
from axis.database.private_files import make_once
from axis.settings import Settings

KEY_BYTES = 32
NONCE_BYTES = 12


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


def open_secret_key(settings: Settings, *, make: bool = False) -> SecretKey:
    """Read the key file.

    `make` is for a store that holds nothing encrypted yet: only there, and only beside SQLite, is a missing
    key made.

    Raises:
        SecretKeyError: when there is none and none may be made, or the file holds no key.

    """
    path = secret_key_path(settings)
    if path is None:
        raise SecretKeyError("AXIS_SECRET_KEY_FILE must name a file: the store is not a SQLite file")
    if make and sqlite_path(settings.database_url) is not None:
        make_once(path, base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
    try:
        key = base64.b64decode(path.read_bytes().strip(), validate=True)
    except FileNotFoundError:
        raise SecretKeyError(
            f"the secret key is missing: {path} is not there; put it back, or name it by AXIS_SECRET_KEY_FILE"
        ) from None
    except (OSError, binascii.Error) as error:
        raise SecretKeyError(f"the secret key file cannot be read: {error}") from error
    if len(key) != KEY_BYTES:
        raise SecretKeyError(f"the secret key file holds {len(key)} bytes; expected {KEY_BYTES} in base64")
    return SecretKey(key)
