"""BER as some tools write it, made into DER for the strict parser. Changes nothing that is DER already.

Only three liberties are taken away: indefinite lengths, lengths that are longer than needed, and OCTET
STRINGs in pieces; everything else, the order of sets and the bytes of certificates among it, stays as it
was received. It reads no meaning. X.690 §8.
"""

from typing import Final

from signing.errors import UnreadableSignature

__all__ = ["der_length", "to_der"]

MAX_DEPTH: Final = 24
"""A SignedData with certificates is some 14 deep; each level costs stack."""

MAX_NODES: Final = 40_000
"""A signature of 256 KiB with 8 certificates has some 3,000."""

_INDEFINITE: Final = 0x80
_CONSTRUCTED: Final = 0x20
_OCTET_STRING: Final = 0x04
_HIGH_TAG: Final = 0x1F
_END_OF_CONTENTS: Final = b"\x00\x00"


class _Budget:
    """How many more values may be read; shared by the whole walk."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MAX_NODES

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise UnreadableSignature(reason="too-many-values", limit=MAX_NODES)


def to_der(data: bytes) -> bytes:
    """Rewrite one BER value as DER in lengths and strings.

    Raises `UnreadableSignature` for what is no BER, deeper than `MAX_DEPTH`, of more than `MAX_NODES`
    values, or followed by more bytes.
    """
    value, end = _value(data, 0, len(data), 0, _Budget())
    if end != len(data):
        raise UnreadableSignature(reason="trailing-bytes", at=end)
    return value


def der_length(length: int) -> bytes:
    """Encode a definite length in its shortest form."""
    if length < _INDEFINITE:
        return bytes((length,))
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((_INDEFINITE | len(digits),)) + digits


def _value(data: bytes, start: int, limit: int, depth: int, budget: _Budget) -> tuple[bytes, int]:
    """Rewrite the value that begins at `start`; gives its new bytes and where it ends."""
    if depth > MAX_DEPTH:
        raise UnreadableSignature(reason="nested-too-deep", limit=MAX_DEPTH)
    budget.spend()
    tag, length, begin = _header(data, start, limit)
    is_constructed = bool(tag[0] & _CONSTRUCTED)
    if not is_constructed:
        if length is None:
            raise UnreadableSignature(reason="indefinite-primitive", at=start)
        end = begin + length
        return tag + der_length(length) + data[begin:end], end
    children, end = _children(data, begin, limit, length, depth, budget)
    if tag[0] == _OCTET_STRING | _CONSTRUCTED:
        content = b"".join(_octets(child) for child in children)
        return bytes((_OCTET_STRING,)) + der_length(len(content)) + content, end
    content = b"".join(children)
    return tag + der_length(len(content)) + content, end


def _children(
    data: bytes, begin: int, limit: int, length: int | None, depth: int, budget: _Budget
) -> tuple[list[bytes], int]:
    children: list[bytes] = []
    position = begin
    stop = limit if length is None else begin + length
    while length is None or position < stop:
        if length is None and data[position : position + 2] == _END_OF_CONTENTS:
            return children, position + 2
        child, position = _value(data, position, stop, depth + 1, budget)
        children.append(child)
    return children, stop


def _octets(child: bytes) -> bytes:
    """Content of one piece of an OCTET STRING, itself already made whole."""
    tag, length, begin = _header(child, 0, len(child))
    if tag[0] != _OCTET_STRING or length is None:
        raise UnreadableSignature(reason="octet-string-pieces")
    return child[begin : begin + length]


def _header(data: bytes, start: int, limit: int) -> tuple[bytes, int | None, int]:
    """Read tag and length at `start`: the tag, the length (`None`: indefinite), the content's place."""
    if start + 2 > limit:
        raise UnreadableSignature(reason="truncated", at=start)
    position = start + 1
    if data[start] & _HIGH_TAG == _HIGH_TAG:
        # Nothing in a SignedData has a tag number above 30.
        raise UnreadableSignature(reason="high-tag", at=start)
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
    return data[start : start + 1], length, position
