"""Determines which bytes of a PDF a signature covers, and digests them.

A signature has to cover the file from its beginning to an end, except its own value in hexadecimal. ISO
32000-2 §12.8.1, ETSI EN 319 142-1 §5.2.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from asn1crypto import parser  # type: ignore[import-untyped]  # the library ships no types
from cryptography.hazmat import asn1

from signing.algorithms import DIGESTS

__all__ = ["Ranges", "digests_of", "read_ranges", "without_padding"]

_PARTS: Final = 4
_HEX: Final = b"0123456789abcdefABCDEF"
_MAX_CONTENTS: Final = 1024 * 1024
"""Hexadecimal digits are two a byte: 512 KiB of signature, twice what is judged."""


@dataclass(frozen=True, slots=True)
class Ranges:
    """The signature's value is from `begin` to `end`, with brackets. The covered bytes end at `stop`."""

    begin: int
    end: int
    stop: int


def read_ranges(data: bytes, numbers: Sequence[object], contents: bytes) -> Ranges | str:
    """Check a `/ByteRange` against the file; return a reason if it is unsound.

    `contents`: the signature's `/Contents` as the file's reader understood it.
    """
    if len(numbers) != _PARTS:
        return "pdf-byte-range"
    first, begin, end, length = (
        int(each) if isinstance(each, int) and not isinstance(each, bool) else -1 for each in numbers
    )
    if first != 0 or begin <= 0 or length <= 0 or not begin < end <= len(data) - length:
        return "pdf-byte-range"
    gap = data[begin : min(end, begin + _MAX_CONTENTS + 2)]
    if len(gap) != end - begin or gap[:1] != b"<" or gap[-1:] != b">" or gap[1:-1].strip(_HEX):
        return "pdf-gap"
    # Without digits of the other half a byte would be made up; no signer leaves one out.
    if len(gap) % 2 or bytes.fromhex(gap[1:-1].decode("ascii")) != contents:
        return "pdf-gap"
    return Ranges(begin, end, end + length)


def without_padding(contents: bytes) -> bytes:
    """Remove the zeros that fill the place reserved for a signature, and nothing else."""
    try:
        _, _, _, header, content, trailer = parser.parse(contents)
    except (ValueError, RecursionError):
        return contents
    length = len(header) + len(content) + len(trailer)
    return contents[:length] if not contents[length:].strip(b"\0") else contents


def digests_of(data: bytes, ranges: Ranges, cms: bytes) -> tuple[tuple[str, bytes], ...]:
    """Digest the covered bytes by each algorithm whose identifier is in the signature."""
    view = memoryview(data)
    found = []
    for identifier, name in DIGESTS.items():
        if asn1.encode_der(identifier) not in cms:
            continue
        digest = hashlib.new(name, usedforsecurity=False)
        digest.update(view[: ranges.begin])
        digest.update(view[ranges.end : ranges.stop])
        found.append((name, digest.digest()))
    return tuple(found)
