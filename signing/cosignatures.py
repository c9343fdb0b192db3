"""Cosignatures: the statements of witnesses that a log's checkpoint follows from what they saw of it before.

C2SP tlog-cosignature, its Ed25519 form (`cosignature/v1`).
"""

import base64
from dataclasses import dataclass
from typing import ClassVar, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from signing.notes import (
    KEY_ID_BYTES,
    NamedKey,
    NoteNotTrusted,
    UnreadableNote,
    decode,
    is_key_name,
    read_named_key,
)

__all__ = ["Cosigner", "WitnessKey", "cosigned_at", "read_witness_key"]

COSIGNATURE: Final = b"\x04"
"""The signature type of C2SP signed-note for an Ed25519 cosignature."""
TIME_BYTES: Final = 8
SIGNATURE_BYTES: Final = 64
MAX_TIME: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class WitnessKey(NamedKey):
    """A witness's key."""

    signature_type: ClassVar[bytes] = COSIGNATURE


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A witness with its private key."""

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> WitnessKey:
        """The public half."""
        return WitnessKey(self.name, self.key.public_key().public_bytes_raw())

    def cosign(self, text: str, at: int) -> str:
        """Return the signature line over the text of a checkpoint; `at` are seconds since 1970.

        Raises `UnreadableNote` for a name or a time that could not be read back.
        """
        if not is_key_name(self.name) or not 0 < at <= MAX_TIME:
            raise UnreadableNote(part="witness")
        signature = self.key.sign(_message(text, at))
        raw = self.verifier.key_id + at.to_bytes(TIME_BYTES, "big") + signature
        return f"— {self.name} {base64.b64encode(raw).decode()}\n"


def read_witness_key(text: str) -> WitnessKey:
    """Read `name+id+base64`. Raises `UnreadableNote`, also for a key that signs notes only."""
    return read_named_key(text, WitnessKey, part="witness")


def cosigned_at(text: str, line: str, key: WitnessKey) -> int:
    """Return when a witness cosigned the text of a checkpoint, in seconds since 1970.

    Raises:
        UnreadableNote: when the line is no cosignature.
        NoteNotTrusted: when it is not this key's, or not over this text.

    """
    name, _, encoded = line.removesuffix("\n").removeprefix("— ").partition(" ")
    raw = decode(encoded, part="witness")
    if not line.startswith("— ") or len(raw) != KEY_ID_BYTES + TIME_BYTES + SIGNATURE_BYTES:
        raise UnreadableNote(part="witness")
    at = int.from_bytes(raw[KEY_ID_BYTES:][:TIME_BYTES], "big")
    if name != key.name or raw[:KEY_ID_BYTES] != key.key_id or at > MAX_TIME:
        raise NoteNotTrusted(key=str(key))
    try:
        signature = raw[KEY_ID_BYTES + TIME_BYTES :]
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, _message(text, at))
    except (InvalidSignature, ValueError) as error:
        raise NoteNotTrusted(key=str(key)) from error
    return at


def _message(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()
