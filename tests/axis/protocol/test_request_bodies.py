"""Bodies of small requests are read within their limit, and refused by what they are declared to be."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest

from axis.protocol.errors import TooLarge, UnsupportedMediaType
from axis.protocol.request_bodies import media_type_of, read_bytes, read_json


class Coming:
    """A request whose body comes in pieces, and counts those that were asked for."""

    def __init__(self, *pieces: bytes, headers: Mapping[str, str]) -> None:
        self.headers = headers
        self.pieces = pieces
        self.taken = 0

    async def stream(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            self.taken += 1
            yield piece


JSON = {"content-type": "Application/JSON; charset=utf-8"}


def test_json_is_read_whatever_the_case_and_parameters_of_its_type() -> None:
    assert asyncio.run(read_json(Coming(b'{"a": ', b"1}", headers=JSON), 8)) == {"a": 1}


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({"content-type": "text/plain"}, "text/plain"),
        ({}, "nothing"),
        (JSON | {"content-encoding": "gzip"}, "gzip"),
    ],
)
def test_another_type_or_encoding_is_refused_by_its_name(headers: Mapping[str, str], found: str) -> None:
    request = Coming(b"{}", headers=headers)
    with pytest.raises(UnsupportedMediaType) as refused:
        asyncio.run(read_json(request, 100))
    assert refused.value.places[0].found == found
    assert request.taken == 0


def test_a_body_over_the_limit_is_read_no_further() -> None:
    request = Coming(b"12345", b"6", b"7", headers={})
    with pytest.raises(TooLarge) as refused:
        asyncio.run(read_bytes(request, 5))
    assert (request.taken, refused.value.params["limit"]) == (2, 5)


def test_a_length_that_is_declared_too_large_is_refused_unread() -> None:
    request = Coming(b"1", headers={"content-length": "1000"})
    with pytest.raises(TooLarge):
        asyncio.run(read_bytes(request, 5))
    assert request.taken == 0


def test_the_type_is_told_without_parameters() -> None:
    assert media_type_of(Coming(headers=JSON), ("application/json", "text/csv")) == "application/json"
