"""Makes mutants of real signatures: of their bytes, and of the values they are made of.

Mutants of values keep lengths right, and so come through the reader to what is behind it. The same random
source gives the same mutants.
"""

import random
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

from signing.cms.ber import der_length

__all__ = ["mutant", "spans"]

_CONSTRUCTED: Final = 0x20
_LONG: Final = 0x80
_ODD_BYTES: Final = bytes.fromhex("000102030405061730311f7f8081828485a0a1ff")
_MAX_BYTES: Final = 64 * 1024
"""Mutants that grow beyond it only take longer."""


class Span(NamedTuple):
    """Where a value stands, and the values around it, the innermost first."""

    start: int
    content: int
    end: int
    around: tuple["Span", ...]


@cache
def spans(data: bytes) -> tuple[Span, ...]:
    """Find every value in DER; none in what is not DER."""
    found: list[Span] = []
    try:
        _find(data, 0, len(data), (), found)
    except IndexError:
        return ()
    return tuple(found)


def _find(data: bytes, at: int, limit: int, around: tuple[Span, ...], found: list[Span]) -> None:
    while at < limit:
        length, content = data[at + 1], at + 2
        if length >= _LONG:
            content += length & ~_LONG
            length = int.from_bytes(data[at + 2 : content], "big")
        end = content + length
        if end > limit:
            raise IndexError(at)
        span = Span(at, content, end, around)
        found.append(span)
        if data[at] & _CONSTRUCTED:
            _find(data, content, end, (span, *around), found)
        at = end


def mutant(seeds: Sequence[bytes], source: random.Random) -> bytes:
    """Make a mutant of one of the seeds; most have a single change."""
    seed = source.choice(seeds)
    if spans(seed) and source.random() < 0.7:
        data = _value_mutant(seed, seeds, source)
        return data if source.random() < 0.8 else _bytes_mutant(data, 1, source)
    return _bytes_mutant(seed, 1 + int(source.random() ** 3 * 4), source)


def _bytes_mutant(seed: bytes, changes: int, source: random.Random) -> bytes:
    data = bytearray(seed or b"\0")
    for _ in range(changes):
        at = source.randrange(len(data)) if data else 0
        match source.randrange(6):
            case 0:
                data[at : at + 1] = bytes((source.randrange(256),))
            case 1:
                data[at : at + 1] = bytes((source.choice(_ODD_BYTES),))
            case 2:
                del data[at : at + source.randint(1, 40)]
            case 3:
                data[at:at] = source.randbytes(source.randint(1, 20))
            case 4:
                data[at:at] = data[at : at + source.randint(1, 80)]
            case _:
                data[at : at + 1] = bytes((((*data[at : at + 1], 0)[0]) ^ 1 << source.randrange(8),))
    return bytes(data[:_MAX_BYTES])


def _value_mutant(seed: bytes, seeds: Sequence[bytes], source: random.Random) -> bytes:
    span = source.choice(spans(seed))
    tag, value, content = (
        seed[span.start : span.start + 1],
        seed[span.start : span.end],
        seed[span.content : span.end],
    )
    match source.randrange(8):
        case 0:
            changed = bytes((source.choice(_ODD_BYTES),)) + value[1:]
        case 1:
            changed = b""
        case 2:
            changed = value + value
        case 3:
            changed = _graft(seed, seeds, source)
        case 4:
            changed = _graft(seed, seeds, source) + value
        case 5:
            changed = value + _graft(seed, seeds, source)
        case 6:
            random_content = source.randbytes(source.randint(0, 40))
            changed = tag + der_length(len(random_content)) + random_content
        case _:
            mutated = _bytes_mutant(content, 1, source)
            changed = tag + der_length(len(mutated)) + mutated
    start, end = span.start, span.end
    for outer in span.around:
        inner = seed[outer.content : start] + changed + seed[end : outer.end]
        changed = seed[outer.start : outer.start + 1] + der_length(len(inner)) + inner
        start, end = outer.start, outer.end
    return (seed[:start] + changed + seed[end:])[:_MAX_BYTES]


def _graft(seed: bytes, seeds: Sequence[bytes], source: random.Random) -> bytes:
    """Take a value from the same seed or another."""
    donor = seed if source.random() < 0.5 else source.choice(seeds)
    places = spans(donor) or spans(seed)
    span = source.choice(places)
    return donor[span.start : span.end] if spans(donor) else seed[span.start : span.end]
