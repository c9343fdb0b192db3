"""The harmful proxy: it does the first request its harm, and lets the others through."""

import pytest
from support.stub_hub import Say, stub_hub

from nodes.client import Client
from nodes.errors import TransportError
from nodes.faults.fault_proxy import harmful
from nodes.retries import ONCE

BODY = {"text": "x" * 300_000}


@pytest.mark.parametrize(("harm", "reached"), [("lose-answer", 1), ("cut", 0)])
def test_the_first_request_fails_and_the_second_gets_through(harm, reached):
    with (
        stub_hub(Say(body={"good": True})) as hub,
        harmful(hub.url, harm) as proxy,
        Client(proxy, None, retries=ONCE) as client,
    ):
        with pytest.raises(TransportError):
            client.call("POST", "/v1/anything", BODY)
        assert len([asked for asked in hub.asked if asked.body.endswith(b"}")]) == reached
        assert client.call("POST", "/v1/anything", BODY) == {"good": True}


def test_a_slow_request_arrives_whole_in_pieces():
    pauses = []
    with (
        stub_hub(Say(body={"good": True})) as hub,
        harmful(hub.url, "trickle", sleep=pauses.append) as proxy,
        Client(proxy, None, retries=ONCE) as client,
    ):
        assert client.call("POST", "/v1/anything", BODY) == {"good": True}
        assert client.call("POST", "/v1/anything", BODY) == {"good": True}
    assert len(pauses) >= 20
    assert hub.asked[0].body == hub.asked[1].body
