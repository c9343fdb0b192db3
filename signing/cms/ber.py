"""Converts the BER that some tools write into DER for the strict parser.

It changes indefinite lengths, lengths that are longer than needed, strings in pieces, and a true BOOLEAN that
is not all ones. DER stays as it is. X.690 §8.
"""

from functools import lru_cache
from typing import Final, NamedTuple

from signing.errors import SignatureBeyondLimits, UnreadableSignature

__all__ = ["der_length", "join_pieces", "members_as_received", "require_der", "to_der"]

MAX_DEPTH: Final = 128
"""A SignedData with certificates is some 14 deep, with a time-stamp 25. Time-stamps stamped again and again
and strings in pieces of pieces add ten each; nobody was seen to pass 60. Each level costs two frames of the
interpreter's 1,000."""

MAX_NODES: Final = 40_000
"""A signature of 256 KiB with 8 certificates has some 3,000."""

MIN_BYTES_A_NODE: Final = 256
"""A signature with a large file inside may have one value for so many bytes: libraries write pieces of
1,000."""

_INDEFINITE: Final = 0x80
_CONSTRUCTED: Final = 0x20
_HIGH_TAG: Final = 0x1F
_MORE: Final = 0x80
_MAX_TAG_BYTES: Final = 6
"""Of a tag number above 30; these are 35 bits, and nobody has so many tags."""
_BOOLEAN: Final = 0x01
_TRUE: Final = b"\x01\x01\xff"
_BIT_STRING: Final = 0x03
_STRINGS: Final = frozenset({_BIT_STRING, 0x04, 0x0C, *range(0x12, 0x1F)} - {0x1D})
"""The universal types that may come in pieces: strings of bits, octets and characters, and the two times."""
_END_OF_CONTENTS: Final = b"\x00\x00"


class _Header(NamedTuple):
    """The header of a value."""

    tag: bytes
    length: int | None
    """`None`: indefinite."""
    begin: int
    """The position of the content."""


class _Budget:
    """The number of values that may still be read, for the whole walk."""

    __slots__ = ("left", "limit")

    def __init__(self, size: int) -> None:
        self.left = self.limit = max(MAX_NODES, size // MIN_BYTES_A_NODE)

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise SignatureBeyondLimits(reason="too-many-values", limit=self.limit)


def to_der(data: bytes) -> bytes:
    """Rewrite one BER value as DER in lengths, strings and truth.

    Raises `UnreadableSignature` for what is no BER or is followed by more bytes, and `SignatureBeyondLimits`
    for what is deeper than `MAX_DEPTH` or of more than `MAX_NODES` values.
    """
    value, end = _value(data, 0, len(data), 0, _Budget(len(data)))
    if end != len(data):
        raise UnreadableSignature(reason="trailing-bytes", at=end)
    return value


def require_der(encoded: bytes) -> None:
    """Raise `ValueError` for what is BER and not DER.

    What is neither passes, and is refused by whoever reads it.
    """
    if len(encoded) > _REMEMBERED_BYTES:
        _require_der(encoded)
    else:
        _remembered(encoded)


def _require_der(encoded: bytes) -> None:
    try:
        der = to_der(encoded)
    except UnreadableSignature:
        return
    if der != encoded:
        raise ValueError(encoded[:1])


_REMEMBERED_BYTES: Final = 4096
"""Only values up to this size are cached, so that hostile bytes cannot fill the memory."""
_remembered: Final = lru_cache(maxsize=1024)(_require_der)


def join_pieces(encoded: bytes) -> bytes:
    """Return the octets of a string in pieces, already in DER, whatever its tag.

    For strings under an implicit tag, whose type only their reader knows. Raises `UnreadableSignature`.
    """
    header = _header(encoded, 0, len(encoded))
    pieces, at = [], header.begin
    while at < len(encoded):
        piece = _header(encoded, at, len(encoded))
        end = piece.begin + (piece.length or 0)
        pieces.append(_octets(encoded[at:end], b"\x04"))
        at = end
    return b"".join(pieces)


def members_as_received(encoded: bytes) -> list[bytes]:
    """Return the values inside a constructed one, each as it is in BER. Raises as `to_der` does."""
    header = _header(encoded, 0, len(encoded))
    budget, found, position = _Budget(len(encoded)), [], header.begin
    stop = len(encoded) if header.length is None else header.begin + header.length
    while position < stop and (
        header.length is not None or encoded[position : position + 2] != _END_OF_CONTENTS
    ):
        _, end = _value(encoded, position, stop, 1, budget)
        found.append(encoded[position:end])
        position = end
    return found


def der_length(length: int) -> bytes:
    """Encode a definite length in its shortest form."""
    if length < _INDEFINITE:
        return bytes((length,))
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((_INDEFINITE | len(digits),)) + digits


def _value(data: bytes, start: int, limit: int, depth: int, budget: _Budget) -> tuple[bytes, int]:
    """Rewrite the value that begins at `start`; return its new bytes and its end."""
    if depth > MAX_DEPTH:
        raise SignatureBeyondLimits(reason="nested-too-deep", limit=MAX_DEPTH)
    budget.spend()
    header = _header(data, start, limit)
    tag, length, begin = header
    if not tag[0] & _CONSTRUCTED:
        if length is None:
            raise UnreadableSignature(reason="indefinite-primitive", at=start)
        end = begin + length
        if tag[0] == _BOOLEAN and length == 1 and data[begin]:
            return _TRUE, end
        return tag + der_length(length) + data[begin:end], end
    children, end = _children(data, header, limit, depth, budget)
    if tag[0] & ~_CONSTRUCTED in _STRINGS:
        tag = bytes((tag[0] & ~_CONSTRUCTED,))
        content = (
            _bits(children) if tag[0] == _BIT_STRING else b"".join(_octets(each, tag) for each in children)
        )
    else:
        content = b"".join(children)
    return tag + der_length(len(content)) + content, end


def _children(
    data: bytes, header: _Header, limit: int, depth: int, budget: _Budget
) -> tuple[list[bytes], int]:
    children: list[bytes] = []
    _, length, position = header
    stop = limit if length is None else position + length
    while length is None or position < stop:
        if length is None and data[position : position + 2] == _END_OF_CONTENTS:
            return children, position + 2
        child, position = _value(data, position, stop, depth + 1, budget)
        children.append(child)
    return children, stop


def _octets(child: bytes, tag: bytes) -> bytes:
    """Return the content of one piece of a string, which has been joined itself.

    Pieces of a character string are octet strings (X.690 §8.23.3); some write them with its own tag.
    """
    header = _header(child, 0, len(child))
    if header.tag not in {tag, b"\x04"}:
        raise UnreadableSignature(reason="octet-string-pieces")
    return child[header.begin :]


def _bits(children: list[bytes]) -> bytes:
    """Join the pieces of a BIT STRING; only the last may leave bits unused (X.690 §8.6.4)."""
    unused, joined = b"\x00", b""
    for child in children:
        header = _header(child, 0, len(child))
        if header.tag[0] != _BIT_STRING or header.begin == len(child) or unused != b"\x00":
            raise UnreadableSignature(reason="octet-string-pieces")
        unused = child[header.begin : header.begin + 1]
        joined += child[header.begin + 1 :]
    return unused + joined


def _header(data: bytes, start: int, limit: int) -> _Header:
    """Read tag and length at `start`."""
    position = start + 1
    if start < limit and data[start] & _HIGH_TAG == _HIGH_TAG:
        position = _end_of_high_tag(data, position, limit)
    if position >= limit:
        raise UnreadableSignature(reason="truncated", at=start)
    tag = data[start:position]
    first = data[position]
    position += 1
    if first < _INDEFINITE:
        length: int | None = first
    elif first == _INDEFINITE:
        length = None
    else:
        count = first & 0x7F
        digits = data[position : position + count]
        position += count
        if position > limit or len(digits) != count:
            raise UnreadableSignature(reason="truncated", at=start)
        length = int.from_bytes(digits, "big")
    if length is not None and position + length > limit:
        raise UnreadableSignature(reason="truncated", at=start)
    return _Header(tag, length, position)


def _end_of_high_tag(data: bytes, position: int, limit: int) -> int:
    """Skip a tag number above 30 (X.690 §8.1.2.4). CMS has none, but enclosed values may."""
    for end in range(position, min(limit, position + _MAX_TAG_BYTES)):
        if not data[end] & _MORE:
            return end + 1
    raise UnreadableSignature(reason="high-tag", at=position)
