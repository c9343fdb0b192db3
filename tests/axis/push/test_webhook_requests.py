"""What a request about a webhook may say, and where a webhook may not lead."""

import pytest

from axis.outbound.webhook_posts import Allowed
from axis.protocol.errors import QueryInvalid
from axis.push.attempts import Lane
from axis.push.webhook_requests import read_replay, read_webhook_entry
from axis.push.webhooks import Wanted

SANDBOX = Allowed(frozenset({"hooks.test"}), loopback=True)


@pytest.mark.parametrize(
    ("url", "public_url"),
    [
        ("http://127.0.0.1:8000/v1/documents", "http://127.0.0.1:8000"),
        ("http://localhost:8000/", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/", "http://localhost:8000"),
        ("http://LOCALHOST/", "http://127.0.0.1"),
        ("https://hooks.test/", "https://hooks.test/hub"),
        ("https://hooks.test:443/", "https://hooks.test"),
    ],
)
def test_an_address_of_the_hub_itself_is_refused_under_every_name(url, public_url):
    with pytest.raises(QueryInvalid) as refused:
        read_webhook_entry({"url": url}, SANDBOX, public_url)
    assert [place.expected for place in refused.value.places] == ["an address that is not this hub's own"]


def test_another_port_of_this_machine_is_not_the_hub():
    wanted = read_webhook_entry({"url": "http://localhost:9000/"}, SANDBOX, "http://127.0.0.1:8000")
    assert wanted == Wanted(
        "http://localhost:9000/", ("delivery", "status", "refusal", "verdict", "expired"), None
    )


def test_a_replay_is_of_one_message_or_of_what_lies_between_two():
    assert read_replay({"event": "1025"}) == Lane(1, 1023, 1024)
    assert read_replay({"after": "5", "until": "9"}) == Lane(1, 4, 8)
    assert read_replay({}) == Lane(1, -1)
    assert read_replay({"failures": True}) == Lane(1, -1, aside=True)
