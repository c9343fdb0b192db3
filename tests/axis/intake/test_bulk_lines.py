"""Lines are the same however the body is cut into pieces."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from hypothesis import given
from hypothesis import strategies as st

from axis.intake.bulk_lines import Line, lines_of
from axis.protocol.errors import AxisError, MalformedRequest, TooLarge

MOST = 8


async def arriving(pieces: Sequence[bytes], fault: AxisError | None = None) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
    if fault is not None:
        raise fault


def read(pieces: Sequence[bytes], fault: AxisError | None = None) -> list[Line]:
    async def all_lines() -> list[Line]:
        return [line async for line in lines_of(arriving(pieces, fault), MOST)]

    return asyncio.run(all_lines())


def shown(lines: Sequence[Line]) -> list[tuple[int, object]]:
    return [
        (line.number, line.content if isinstance(line.content, bytes) else line.content.code)
        for line in lines
    ]


@given(st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"x"))), st.data())
def test_lines_are_those_of_the_whole_body_wherever_it_is_cut(lines, data):
    body = b"\n".join(lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=6)))
    pieces = [body[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    expected = [
        (number, line.strip() if len(line) <= MOST else "too-large")
        for number, line in enumerate(lines, start=1)
        if len(line) > MOST or line.strip()
    ]
    assert shown(read(pieces)) == expected


def test_a_line_that_is_too_long_is_dropped_while_it_comes_in_and_measured():
    lines = read([b"a" * 5] * 1000 + [b"\nb\n"])
    assert shown(lines) == [(1, "too-large"), (2, b"b")]
    assert isinstance(lines[0].content, TooLarge)
    assert lines[0].content.places[0].found == "a line of 5000 bytes"


def test_a_body_that_stops_coming_ends_with_its_fault_in_the_place_of_the_line():
    assert shown(read([b"a\nb"], MalformedRequest())) == [(1, b"a"), (2, "malformed-request")]
