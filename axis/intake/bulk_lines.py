"""Cuts the body of a bulk request into lines, as they come.

A line that is too long is dropped, and reported in its place. Lines are read by `axis.intake.bulk_items`.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import NamedTuple

from axis.protocol.errors import AxisError, MalformedRequest, Place, TooLarge


class Line(NamedTuple):
    """A line of the body, without its end; or why it is not read."""

    number: int
    """Counted from 1, empty lines too."""
    content: bytes | AxisError


async def lines_of(body: AsyncIterator[bytes], most_bytes: int) -> AsyncGenerator[Line, None]:
    """Yield the lines of a body that are not empty.

    A body that stops coming ends with an error in the place of the line that did not come.
    """
    number, length = 1, 0
    pieces: list[bytes] = []
    try:
        async for piece in body:
            *ended, rest = piece.split(b"\n")
            for end in ended:
                pieces.append(end)
                if content := _line(pieces, length + len(end), most_bytes):
                    yield Line(number, content)
                number, pieces, length = number + 1, [], 0
            length += len(rest)
            if length <= most_bytes:
                pieces.append(rest)
            else:
                pieces.clear()
    except MalformedRequest as error:
        yield Line(number, error)
        return
    if content := _line(pieces, length, most_bytes):
        yield Line(number, content)


def _line(pieces: list[bytes], length: int, most_bytes: int) -> bytes | AxisError:
    if length > most_bytes:
        return TooLarge(
            Place("", f"a line of {length} bytes", f"at most {most_bytes} bytes"), limit=most_bytes
        )
    return b"".join(pieces).strip()
