"""The client takes no more of an answer than it was told to, and tries again what may be had later."""

import gzip

import httpx
import pytest

from axis.audit.errors import HubRefusedError, HubUnreachableError
from axis.audit.hub_client import REFUSAL_BYTES, TIMEOUT_SECONDS, WAITS_SECONDS, HubClient


def client_of(*answers, waits=None):
    """A hub that gives these answers, then the last one again and again."""
    left = list(answers)

    def answer(_request):
        given = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(given, Exception):
            raise given
        return given

    waited = [] if waits is None else waits
    return HubClient(
        "http://axis.test/", "axis_x", transport=httpx.MockTransport(answer), sleep=waited.append
    )


def test_an_answer_that_is_too_long_is_not_read():
    with client_of(httpx.Response(200, content=b"x" * 1_001)) as hub:
        with pytest.raises(HubUnreachableError, match="more than 1000 bytes"):
            hub.fetch("/a", 1_000)
        assert hub.fetch("/a", 1_001) == b"x" * 1_001


def test_a_refusal_names_its_code():
    problem = httpx.Response(403, json={"code": "not-permitted", "detail": "only auditors"})
    with client_of(problem) as hub, pytest.raises(HubRefusedError) as refused:
        hub.json("/a")
    assert (refused.value.status, refused.value.code) == (403, "not-permitted")
    assert "only auditors" in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_no_answer(content):
    with client_of(httpx.Response(200, content=content)) as hub, pytest.raises(HubUnreachableError):
        hub.json("/a")
    with client_of(httpx.Response(500, content=content)) as hub, pytest.raises(HubRefusedError, match="500"):
        hub.json("/a")


def test_a_busy_hub_and_a_lost_connection_are_tried_again():
    waits = []
    lost = httpx.ConnectError("refused")
    with client_of(lost, httpx.Response(503), httpx.Response(200, json={}), waits=waits) as hub:
        assert hub.json("/a") == {}
    assert waits == list(WAITS_SECONDS[:2])
    with client_of(lost) as hub, pytest.raises(HubUnreachableError, match="refused"):
        hub.json("/a")


def test_a_redirection_is_not_followed():
    elsewhere = httpx.Response(307, headers={"Location": "http://elsewhere.test/"})
    with client_of(elsewhere) as hub, pytest.raises(HubRefusedError, match="307"):
        hub.json("/a")


def test_a_redirection_says_what_to_do():
    elsewhere = httpx.Response(301, headers={"Location": "https://axis.test/"})
    with client_of(elsewhere) as hub, pytest.raises(HubRefusedError, match="name the hub by the address"):
        hub.json("/a")


@pytest.mark.parametrize("coding", ["gzip", "gzip, gzip", "br", "zstd"])
def test_a_compressed_answer_is_not_unfolded(coding):
    bomb = gzip.compress(gzip.compress(bytes(10_000_000)))
    packed = httpx.Response(200, headers={"Content-Encoding": coding}, stream=httpx.ByteStream(bomb))
    with client_of(packed) as hub, pytest.raises(HubUnreachableError, match="compressed"):
        hub.fetch("/a", 100_000_000)


def test_a_refusal_without_end_is_read_no_further_than_its_reason_may_be_long():
    read = []

    class Endless(httpx.SyncByteStream):
        def __iter__(self):
            while True:
                read.append(65_536)
                yield bytes(65_536)

    with client_of(httpx.Response(404, stream=Endless())) as hub, pytest.raises(HubRefusedError, match="404"):
        hub.json("/a")
    assert sum(read) <= REFUSAL_BYTES + 2 * 65_536


def test_an_answer_that_comes_by_drops_is_given_up():
    now = [0.0]

    class Drops(httpx.SyncByteStream):
        def __iter__(self):
            while True:
                now[0] += TIMEOUT_SECONDS / 2
                yield b"{"

    answer = httpx.Response(200, stream=Drops())
    transport = httpx.MockTransport(lambda _request: answer)
    with (
        HubClient("http://axis.test", None, transport=transport, clock=lambda: now[0]) as hub,
        pytest.raises(HubUnreachableError, match="bytes in"),
    ):
        hub.json("/a")
