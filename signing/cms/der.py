"""Splits a DER value into the values inside it, each with its exact bytes.

X.690 §8.1 and §10.1.
"""

from typing import Final

__all__ = ["content_of", "members"]

_LONG: Final = 0x80
_HIGH_TAG: Final = 0x1F


def members(encoded: bytes) -> list[bytes]:
    """Return the values inside a constructed one, each with its header.

    Raises `ValueError` when a header is not DER, or a value ends in the wrong place.
    """
    found = []
    at, end = _content_at(encoded, 0)
    if end != len(encoded):
        raise ValueError(end)
    while at < end - 1:
        first = encoded[at + 1]
        # Nearly all are short, and a call for each would cost as much again.
        is_short = first < _LONG and encoded[at] & _HIGH_TAG != _HIGH_TAG
        stop = at + 2 + first if is_short else _content_at(encoded, at)[1]
        found.append(encoded[at:stop])
        at = stop
    if at != end:
        raise ValueError(at)
    return found


def content_of(encoded: bytes) -> bytes:
    """Return the content of the one value. Raises `ValueError`, as `members` does."""
    at, end = _content_at(encoded, 0)
    if end != len(encoded):
        raise ValueError(end)
    return encoded[at:end]


def _content_at(encoded: bytes, at: int) -> tuple[int, int]:
    """Return where the content of the value at `at` begins and ends."""
    try:
        first = encoded[at + 1]
        if encoded[at] & _HIGH_TAG == _HIGH_TAG:
            raise ValueError(at)  # nothing in a SignedData has a tag number above 30
        if first < _LONG:
            begin = at + 2
            return begin, begin + first
        begin = at + 2 + (first & ~_LONG)
        length = int.from_bytes(encoded[at + 2 : begin], "big")
        if length < _LONG or encoded[at + 2] == 0 or begin > len(encoded):
            raise ValueError(at)
    except IndexError as error:
        raise ValueError(at) from error
    return begin, begin + length
