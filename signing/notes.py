"""Signed notes, checkpoints and receipts of a transparency log: written, read, and checked offline.

C2SP signed-note, tlog-checkpoint and tlog-proof (`c2sp.org/tlog-proof@v1`). A receipt is a tlog-proof whose
`extra` holds the bytes of the leaf.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from signing.errors import SigningError
from signing.merkle import HASH_BYTES, leaf_hash, verify_inclusion

ED25519 = b"\x01"
"""The signature type of C2SP signed-note for plain Ed25519."""
KEY_ID_BYTES = 4
PROOF_HEADER = "c2sp.org/tlog-proof@v1"
MAX_NOTE_BYTES = 64 * 1024
"""Enough for many more than the 16 signatures that a verifier must read."""
MAX_RECEIPT_BYTES = 256 * 1024
"""A leaf of 65,535 bytes in base64, 63 hashes and a note fit in it."""
MAX_SIGNATURES = 64
MAX_PROOF_HASHES = 63
MAX_SIZE_DIGITS = 19
"""A log of 2^63 leaves has a size of 19 digits."""


class UnreadableNote(SigningError):
    """The text is not a signed note, checkpoint, verifier key or receipt."""

    code = "unreadable-note"


class NoteNotTrusted(SigningError):
    """No signature on the note is by the key that was expected, or that key's signature is wrong."""

    code = "note-not-trusted"


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A name and a public key of one signature type, which a checker needs."""

    signature_type: ClassVar[bytes]
    """The type's byte in C2SP signed-note."""

    name: str
    public_key: bytes
    """32 bytes, RFC 8032."""

    @property
    def key_id(self) -> bytes:
        """The four bytes that name this key in a signature line."""
        hashed = self.name.encode() + b"\n" + self.signature_type + self.public_key
        return sha256(hashed).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        """Write the key in its usual form, `name+id+base64`."""
        return f"{self.name}+{self.key_id.hex()}+{_encode(self.signature_type + self.public_key)}"


KeyKind = TypeVar("KeyKind", bound=NamedKey)


@dataclass(frozen=True, slots=True)
class VerifierKey(NamedKey):
    """A log's key."""

    signature_type: ClassVar[bytes] = ED25519


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """A named private key that signs notes."""

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self.key.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """Sign the text, which ends in a newline, and return the whole note.

        Raises `UnreadableNote` when the text or the name could not be read back.
        """
        if not text.endswith("\n") or not _is_clean(text) or not is_key_name(self.name):
            raise UnreadableNote(part="text")
        signature = self.verifier.key_id + self.key.sign(text.encode())
        return f"{text}\n— {self.name} {_encode(signature)}\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's tree at one size: name, size and root hash."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the note text that is signed."""
        return f"{self.origin}\n{self.size}\n{_encode(self.root)}\n"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The parts of a tlog-proof. Nothing of it is verified."""

    leaf: bytes
    position: int
    proof: tuple[bytes, ...]
    note: str


@dataclass(frozen=True, slots=True)
class ReceiptCheck:
    """The result of checking a receipt against a log's key. Only with `valid` is the leaf proven."""

    valid: bool
    reason: str | None
    """None when valid; else `unreadable-note`, `note-not-trusted`, `wrong-origin` or `not-included`."""
    receipt: Receipt | None = None
    checkpoint: Checkpoint | None = None


def read_verifier_key(text: str) -> VerifierKey:
    """Read a log's key. Raises `UnreadableNote`, also when the id is not that key's."""
    return read_named_key(text, VerifierKey, part="key")


def read_named_key(text: str, kind: type[KeyKind], *, part: str) -> KeyKind:
    """Read `name+id+base64` as a key of one kind. Raises `UnreadableNote` of `part` for anything else."""
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = decode(encoded, part=part)
    if not is_key_name(name) or raw[:1] != kind.signature_type or len(raw) != 1 + HASH_BYTES:
        raise UnreadableNote(part=part)
    key = kind(name, raw[1:])
    if key.key_id.hex() != key_id:
        raise UnreadableNote(part=part)
    return key


def open_note(note: str, key: VerifierKey, *, max_bytes: int = MAX_NOTE_BYTES) -> str:
    """Return the text of a note of at most `max_bytes` that this key signed.

    Signatures by other keys, such as cosignatures of witnesses, are ignored. Raises `UnreadableNote` when it
    is no note and `NoteNotTrusted` when the key did not sign it or one of its signatures is wrong.
    """
    text, signatures = split_note(note, max_bytes)
    signed = False
    for line in signatures:
        name, _, encoded = line.removeprefix("— ").partition(" ")
        raw = decode(encoded, part="signature")
        if not line.startswith("— ") or not is_key_name(name) or len(raw) <= KEY_ID_BYTES:
            raise UnreadableNote(part="signature")
        if name != key.name or raw[:KEY_ID_BYTES] != key.key_id:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.public_key).verify(raw[KEY_ID_BYTES:], text.encode())
        except (InvalidSignature, ValueError) as error:
            raise NoteNotTrusted(key=str(key)) from error
        signed = True
    if not signed:
        raise NoteNotTrusted(key=str(key))
    return text


def names_key(note: str, key: VerifierKey) -> bool:
    """Tell whether a signature line names this key, whether it is right or not."""
    try:
        _, signatures = split_note(note)
        lines = [line.removeprefix("— ").partition(" ") for line in signatures]
        return any(
            name == key.name and decode(encoded, part="signature")[:KEY_ID_BYTES] == key.key_id
            for name, _, encoded in lines
        )
    except UnreadableNote:
        return True


def read_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint from the text of a note. Raises `UnreadableNote`."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):  # noqa: PLR2004 - three lines and the end of the last
        raise UnreadableNote(part="checkpoint")
    digest = decode(lines[2], part="checkpoint")
    if len(digest) != HASH_BYTES:
        raise UnreadableNote(part="checkpoint")
    return Checkpoint(lines[0], _read_number(lines[1], part="checkpoint"), digest)


def write_receipt(leaf: bytes, position: int, proof: Sequence[bytes], note: str) -> str:
    """Write a tlog-proof from a leaf, its position, its inclusion proof and the signed checkpoint."""
    lines = b"".join(map(binascii.b2a_base64, proof)).decode()  # one line for each hash, newline and all
    return f"{PROOF_HEADER}\nextra {_encode(leaf)}\nindex {position}\n{lines}\n{note}"


def read_receipt(text: str) -> Receipt:
    """Split a tlog-proof into its parts. Raises `UnreadableNote`; verifies nothing."""
    if len(text) > MAX_RECEIPT_BYTES:
        raise UnreadableNote(part="receipt")
    head, separator, note = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or len(lines) < 3 or lines[0] != PROOF_HEADER:  # noqa: PLR2004 - header, extra, index
        raise UnreadableNote(part="receipt")
    if not lines[1].startswith("extra ") or not lines[2].startswith("index "):
        raise UnreadableNote(part="receipt")
    if len(lines) - 3 > MAX_PROOF_HASHES:
        raise UnreadableNote(part="receipt")
    return Receipt(
        leaf=decode(lines[1].removeprefix("extra "), part="receipt"),
        position=_read_number(lines[2].removeprefix("index "), part="receipt"),
        proof=tuple(decode(line, part="receipt") for line in lines[3:]),
        note=note,
    )


def check_receipt(text: str, key: VerifierKey) -> ReceiptCheck:
    """Check a receipt offline: the log's signature, its name, and the leaf's place in the signed tree."""
    receipt = None
    try:
        receipt = read_receipt(text)
        checkpoint = read_checkpoint(open_note(receipt.note, key))
    except SigningError as error:
        return ReceiptCheck(valid=False, reason=error.code, receipt=receipt)
    if checkpoint.origin != key.name:
        return ReceiptCheck(valid=False, reason="wrong-origin", receipt=receipt, checkpoint=checkpoint)
    included = verify_inclusion(
        leaf_hash(receipt.leaf), receipt.position, checkpoint.size, receipt.proof, checkpoint.root
    )
    reason = None if included else "not-included"
    return ReceiptCheck(valid=included, reason=reason, receipt=receipt, checkpoint=checkpoint)


def split_note(note: str, max_bytes: int = MAX_NOTE_BYTES) -> tuple[str, list[str]]:
    """Split a note at its last empty line into its text and its signature lines."""
    if len(note) > max_bytes or not _is_clean(note):
        raise UnreadableNote(part="note")
    text, separator, signatures = note.rpartition("\n\n")
    lines = signatures.split("\n")
    if not separator or lines.pop() != "" or not 0 < len(lines) <= MAX_SIGNATURES:
        raise UnreadableNote(part="note")
    return text + "\n", lines


def _is_clean(text: str) -> bool:
    """Tell whether the text is Unicode without control characters but newlines, as signed-note asks."""
    return not any((char < " " and char != "\n") or "\ud800" <= char <= "\udfff" for char in text)


def is_key_name(name: str) -> bool:
    """Tell whether a key may have this name."""
    return bool(name) and "+" not in name and not any(char.isspace() for char in name)


def _read_number(text: str, *, part: str) -> int:
    plain = text.isascii() and text.isdigit() and len(text) <= MAX_SIZE_DIGITS
    if not plain or (text != "0" and text.startswith("0")):
        raise UnreadableNote(part=part)
    return int(text)


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def decode(text: str, *, part: str) -> bytes:
    """Read base64 in its one canonical spelling."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableNote(part=part) from error
    if _encode(raw) != text:
        raise UnreadableNote(part=part)
    return raw
