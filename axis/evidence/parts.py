"""The parts of an evidence archive: their names, their order, their bytes, and the list of their digests.

The list, `SHA256SUMS`, is a note signed with the ledger's key (C2SP signed-note) whose lines `sha256sum
--check` reads. A part is opened when it is read, so that a large one is not held in memory.
"""

import hashlib
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from axis.evidence.archive import Entry, directory, local_header
from signing.notes import NoteSigner

README: Final = "README.txt"
PAGE: Final = "index.html"
MANIFEST: Final = "manifest.json"
MESSAGE: Final = "message.edxml"
VERDICTS: Final = "verdicts.json"
STATUSES: Final = "statuses.json"
RECEIPT: Final = "receipt.txt"
KEYS: Final = "ledger-key.txt"
SUMS: Final = "SHA256SUMS"

ALWAYS: Final = (README, PAGE, MANIFEST, VERDICTS, STATUSES, RECEIPT, KEYS, SUMS)
"""The parts that every archive has."""
SUFFIXES: Final[dict[str, str]] = {
    "certificate": "crt",
    "crl": "crl",
    "ocsp": "ocsp",
    "timestamp": "tsr",
}
"""By the kinds of `signing.verdict_vocabulary.MaterialKind`."""
MAX_SUMS_BYTES: Final = 32 * 1024 * 1024
"""200,000 lines of 160 bytes."""

_NAMES: Final = (
    re.escape(README),
    re.escape(PAGE),
    re.escape(MANIFEST),
    re.escape(MESSAGE),
    r"signatures/(?:0|[1-9][0-9]{0,4})\.p7s",
    r"attachments/(?:0|[1-9][0-9]{0,4})-[^/\\]+",
    re.escape(VERDICTS),
    re.escape(STATUSES),
    r"material/[0-9a-f]{64}\.(?:crt|crl|ocsp|tsr)",
    r"receipts/(?:0|[1-9][0-9]{0,18})\.txt",
    re.escape(RECEIPT),
    re.escape(KEYS),
    re.escape(SUMS),
)
_PLACES: Final = tuple(re.compile(name) for name in _NAMES)
_LINE: Final = re.compile(r"([0-9a-f]{64})  ([^\n]+)")


@dataclass(frozen=True, slots=True)
class Part:
    """A part to be written, with what has to be known before its first byte is."""

    entry: Entry
    sha256: str
    open: Callable[[], Iterator[bytes]]
    """Yields the bytes, the same each time."""


def part(name: str, content: bytes) -> Part:
    """Return a part whose bytes are in memory."""
    return measured(name, lambda: iter((content,)))


def measured(name: str, opened: Callable[[], Iterator[bytes]]) -> Part:
    """Read the bytes of a part once, for their size and checksums. What `opened` raises passes through."""
    size = crc32 = 0
    sha256 = hashlib.sha256()
    for piece in opened():
        size += len(piece)
        crc32 = zlib.crc32(piece, crc32)
        sha256.update(piece)
    return Part(Entry(name, size, crc32), sha256.hexdigest(), opened)


def signature_name(ordinal: int) -> str:
    """Return where a signature over the manifest stands."""
    return f"signatures/{ordinal}.p7s"


def attachment_name(ordinal: int, name: str) -> str:
    """Return where an attachment stands. The number keeps names apart that a disk takes for the same."""
    return f"attachments/{ordinal}-{name}"


def material_name(kind: str, sha256: str) -> str:
    """Return where a piece of what a verdict rested on stands."""
    return f"material/{sha256}.{SUFFIXES[kind]}"


def receipt_name(position: int) -> str:
    """Return where the receipt of the leaf at a position stands."""
    return f"receipts/{position}.txt"


def place_of(name: str) -> int | None:
    """Return which kind of part this is the name of, in the archive's order; None for any other name."""
    return next((place for place, pattern in enumerate(_PLACES) if pattern.fullmatch(name)), None)


def signed_sums(parts: Sequence[Part], signer: NoteSigner) -> Part:
    """Return the signed list of the digests of all other parts."""
    text = "".join(f"{each.sha256}  {each.entry.name}\n" for each in parts)
    return part(SUMS, signer.sign(text).encode())


def read_sums(text: str) -> dict[str, str] | None:
    """Read the text of a list of digests: by name; None where it is no such list, or names one twice."""
    digests: dict[str, str] = {}
    for line in text.removesuffix("\n").split("\n"):
        match = _LINE.fullmatch(line)
        if match is None or match[2] in digests:
            return None
        digests[match[2]] = match[1]
    return digests


def written(parts: Sequence[Part]) -> Iterator[bytes]:
    """Yield the archive of these parts."""
    for each in parts:
        yield local_header(each.entry)
        yield from each.open()
    yield from directory([each.entry for each in parts])
