"""A body that is all there is read as the parser reads it, or left to the parser."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect

from axis.intake.multipart_body import receive_pieces
from axis.intake.whole_bodies import read_whole, receive
from axis.protocol.errors import AxisError, MalformedRequest, ManifestMissing
from axis.settings import Settings

SETTINGS = Settings()
BOUNDARY = "ranh-gioi"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def part(name, content, more=""):
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def form(*parts, end=b"--\r\n"):
    return b"".join(parts) + b"--" + BOUNDARY.encode() + end


MANIFEST = part("manifest", b'{"a": 1}')
SIGNATURE = part("signature", b"\x30\x00", '; filename="manifest.p7s"')
ATTACHMENT = part("attachment", b"%PDF\r\n-- \r\n\r\n", '; filename="văn bản.pdf"')
USUAL = form(MANIFEST, SIGNATURE, ATTACHMENT)


def shown(received):
    return (
        received.manifest,
        received.signatures,
        [
            (key, each.name, each.sha256, each.size, each.spool.content, each.other_names)
            for key, each in received.attachments.items()
        ],
    )


def parsed(body, settings=SETTINGS):
    async def pieces():
        yield body

    try:
        return shown(asyncio.run(receive_pieces(BOUNDARY, pieces(), settings)))
    except AxisError as error:
        return type(error), error.places


def test_a_usual_body_is_read_without_the_parser():
    received = read_whole(BOUNDARY, USUAL, SETTINGS)
    assert shown(received) == parsed(USUAL)
    assert received.signatures == (b"\x30\x00",)
    assert received.attachments["văn bản.pdf"].spool.content == b"%PDF\r\n-- \r\n\r\n"


fragments = st.sampled_from(
    [
        MANIFEST,
        SIGNATURE,
        ATTACHMENT,
        part("attachment", b"x", '; filename="a.pdf"'),
        part("attachment", b"x", "; filename*=utf-8''a%2Epdf"),
        part("attachment", b"x"),
        part("attachment", b"", '; filename="a\x00b"'),
        part("other", b"x"),
        part("manifest", b"", "\r\nContent-Length: 0"),
        part("signature", b"xyz", "\r\nContent-Length: 2"),
        f"--{BOUNDARY}\r\n".encode(),
        f"--{BOUNDARY}--".encode(),
        f"--{BOUNDARY}x".encode(),
        b"Content-Type: text/plain\r\n",
        b"\r\n",
        b"\r\n\r\n",
        b"--",
        b"\xff",
    ]
)


@given(st.lists(fragments, max_size=8), st.sampled_from([b"", b"--", b"--\r\n", b"\r\n", b"--rest"]))
@example([MANIFEST, MANIFEST], b"--")
@example([MANIFEST, f"--{BOUNDARY}--\r\n".encode(), ATTACHMENT], b"--")
@example([b"preamble\r\n", MANIFEST], b"--")
@example([f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="manifest"\r\n\r\n'.encode()], b"--")
def test_what_is_read_without_the_parser_is_what_the_parser_reads(pieces, end):
    body = form(*pieces, end=end)
    received = read_whole(BOUNDARY, body, SETTINGS)
    assert received is None or shown(received) == parsed(body)


@pytest.mark.parametrize("place", range(0, len(USUAL), 3))
@pytest.mark.parametrize("byte", [b"\r", b"-", b"\x00", b""])
def test_an_altered_body_is_read_as_the_parser_reads_it(place, byte):
    body = USUAL[:place] + byte + USUAL[place + 1 :]
    received = read_whole(BOUNDARY, body, SETTINGS)
    assert received is None or shown(received) == parsed(body)


@pytest.mark.parametrize(
    "limits",
    [
        {"manifest_bytes": 7},
        {"signature_bytes": 1},
        {"attachment_bytes": 10},
        {"document_bytes": 100, "manifest_bytes": 20},
        {"signatures": 0},
        {"attachments": 0},
        {"inline_bytes": 10},
    ],
    ids=lambda limits: next(iter(limits)),
)
def test_what_is_beyond_a_limit_is_left_to_the_parser(limits):
    assert read_whole(BOUNDARY, USUAL, SETTINGS) is not None
    assert read_whole(BOUNDARY, USUAL, replace(SETTINGS, **limits)) is None


def test_headers_that_are_too_long_to_be_remembered_are_left_to_the_parser():
    long = part("attachment", b"x", f'; filename="{"a" * 600}"')
    assert read_whole(BOUNDARY, form(MANIFEST, long), SETTINGS) is None
    assert parsed(form(MANIFEST, long))[2][0][0] == "a" * 600


def messages(*those, waits=False):
    left = list(those)

    async def coming():
        if waits:
            await asyncio.sleep(0)
            await asyncio.sleep(0.001)
        return left.pop(0)

    return coming


def body_in(*pieces):
    last = len(pieces) - 1
    return [
        {"type": "http.request", "body": piece, "more_body": place < last}
        for place, piece in enumerate(pieces)
    ]


@pytest.mark.parametrize("waits", [False, True], ids=["at once", "after a while"])
@pytest.mark.parametrize("pieces", [(USUAL,), (USUAL[:100], USUAL[100:]), (b"", USUAL, b"")])
def test_a_body_is_read_however_it_comes(waits, pieces):
    received = asyncio.run(receive(TYPE, messages(*body_in(*pieces), waits=waits), SETTINGS))
    assert shown(received) == parsed(USUAL)


def test_a_body_that_breaks_a_rule_is_refused_by_the_parser():
    with pytest.raises(ManifestMissing):
        asyncio.run(receive(TYPE, messages(*body_in(form(SIGNATURE))), SETTINGS))


def test_a_body_that_never_begins_is_given_up_and_its_wait_ended():
    ended = []

    async def coming():
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    with pytest.raises(MalformedRequest) as error:
        asyncio.run(receive(TYPE, coming, replace(SETTINGS, body_idle_seconds=0)))
    assert [place.pointer for place in error.value.places] == ["body"]
    assert ended == [True]


@pytest.mark.parametrize("before", [[], body_in(USUAL[:10], b"")[:1]], ids=["at once", "amid the body"])
def test_a_client_that_has_gone_is_noticed(before):
    with pytest.raises(ClientDisconnect):
        asyncio.run(receive(TYPE, messages(*before, {"type": "http.disconnect"}), SETTINGS))
