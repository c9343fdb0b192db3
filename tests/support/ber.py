"""DER written anew as BER: indefinite and long lengths, strings in pieces of pieces. It means the same."""

from random import Random

_STRINGS = {3, 4, 12, 19, 22, 23, 24, 30}
_MAX_LONG = 3


def rewrapped(der: bytes, chance: Random, share: float) -> bytes:
    """Write a value in BER; `share` of its values, at all depths, is written otherwise than in DER."""
    tag, content, end = _split(der)
    assert end == len(der)
    is_constructed = bool(tag[0] & 0x20)
    if is_constructed:
        content = b"".join(rewrapped(part, chance, share) for part in parts(content))
    if chance.random() >= share:
        return tag + _length(len(content)) + content
    if not is_constructed and tag[0] in _STRINGS and content:
        return _in_pieces(tag[0], content, chance, 3)
    if is_constructed and chance.random() < 0.7:
        return tag + b"\x80" + content + b"\x00\x00"
    return tag + _long_length(len(content), chance) + content


def parts(content: bytes) -> list[bytes]:
    """The values that stand one after the other."""
    found = []
    while content:
        end = _split(content)[2]
        found.append(content[:end])
        content = content[end:]
    return found


def _in_pieces(tag: int, content: bytes, chance: Random, depth: int) -> bytes:
    """A string as some pieces of its own type, which may be in pieces again."""
    unused, bits = (content[:1], content[1:]) if tag == 3 else (b"", content)
    cuts = sorted(chance.randint(0, len(bits)) for _ in range(chance.randint(0, 3)))
    pieces = [bits[a:b] for a, b in zip([0, *cuts], [*cuts, len(bits)], strict=True)]
    written = b""
    for number, piece in enumerate(pieces):
        spare = b"" if tag != 3 else unused if number == len(pieces) - 1 else b"\x00"
        whole = spare + piece
        if depth and whole and chance.random() < 0.4:
            written += _in_pieces(tag, whole, chance, depth - 1)
        else:
            written += bytes((tag,)) + _length(len(whole)) + whole
    if chance.random() < 0.5:
        return bytes((tag | 0x20,)) + b"\x80" + written + b"\x00\x00"
    return bytes((tag | 0x20,)) + _length(len(written)) + written


def _long_length(length: int, chance: Random) -> bytes:
    needed = max(1, (length.bit_length() + 7) // 8)
    count = needed + chance.randint(0, _MAX_LONG)
    return bytes((0x80 | count,)) + length.to_bytes(count, "big")


def _length(length: int) -> bytes:
    if length < 0x80:
        return bytes((length,))
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(digits),)) + digits


def _split(data: bytes) -> tuple[bytes, bytes, int]:
    """The tag and the content of the first value, and where it ends."""
    first, begin = data[1], 2
    length = first
    if first >= 0x80:
        begin = 2 + (first & 0x7F)
        length = int.from_bytes(data[2:begin], "big")
    return data[:1], data[begin : begin + length], begin + length
