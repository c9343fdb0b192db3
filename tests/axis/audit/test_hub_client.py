"""The client takes no more of an answer than it was told to, and tries again what may be had later."""

import httpx
import pytest

from axis.audit.errors import HubRefusedError, HubUnreachableError
from axis.audit.hub_client import WAITS_SECONDS, HubClient


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
