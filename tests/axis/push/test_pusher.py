"""Over HTTP: a hub tells its webhooks everything in order, across its own death; locks and tokens end it."""

from collections.abc import Iterator

import httpx
import pytest
from support.agency import Agency
from support.hub import HubProcess, running_hub
from support.postgres import fresh_database
from support.waiting import GUARD_SECONDS, wait_until
from support.webhook_receiver import WebhookReceiver, receiving

from axis.protocol.webhook_signatures import check_headers, read_secret

HAI_PHONG, OFFICE = "000.00.00.H24", "000.00.00.G22"


@pytest.fixture(params=["sqlite", "postgresql"])
def hub(request, tmp_path) -> Iterator[HubProcess]:
    if request.param == "sqlite":
        with running_hub(tmp_path, f"sqlite:///{tmp_path}/axis.db", AXIS_LEASE_SECONDS="1") as started:
            yield started
        return
    with (
        fresh_database(request.getfixturevalue("postgres_server")) as url,
        running_hub(tmp_path, url, AXIS_LEASE_SECONDS="1") as started,
    ):
        yield started


@pytest.fixture
def receiver():
    with receiving() as started:
        yield started


def put(hub: HubProcess, token: str, receiver: WebhookReceiver) -> httpx.Response:
    return httpx.put(
        f"{hub.url}/v1/webhooks/van-thu",
        json={"url": receiver.url},
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
        timeout=GUARD_SECONDS,
    )


def state(hub: HubProcess, token: str) -> str:
    headers = {"Authorization": f"Bearer {token}"}
    path = f"{hub.url}/v1/webhooks/van-thu"
    seen = httpx.get(path, headers=headers, trust_env=False, timeout=GUARD_SECONDS).json()
    assert seen["failures"] == 0
    return str(seen["state"])


def documents(receiver: WebhookReceiver) -> list[str]:
    return [message["data"]["document"] for message in receiver.messages]


def test_nothing_is_skipped_when_the_hub_is_killed_and_a_lock_ends_it(hub, receiver):
    items = hub.provision(
        {"code": HAI_PHONG, "name": "UBND thành phố Hải Phòng"},
        {"code": OFFICE, "name": "Văn phòng Chính phủ"},
    )
    token = str(items[OFFICE]["token"])
    made = put(hub, token, receiver)
    assert made.status_code == 201, made.text
    secret = read_secret(made.json()["secret"])

    sent: list[str] = []
    sender = Agency(hub.url, items[HAI_PHONG])
    with sender.client:
        for is_first in (True, False):  # killed while messages are posted, and while they wait
            for _ in range(6):
                answer = sender.send(OFFICE, signed=False)
                assert answer.status_code == 201, answer.text
                sent.append(answer.json()["id"])
            if is_first:
                wait_until(lambda: len(receiver.posts) > 2, "the first messages")
            hub.kill()
            hub.start()
    wait_until(lambda: set(documents(receiver)) == set(sent), "every message")

    first_seen = list(dict.fromkeys(documents(receiver)))
    assert first_seen == sent
    ids: dict[str, set[str]] = {}
    for _, headers, body in receiver.posts:
        seconds = float(headers["webhook-timestamp"])
        ids.setdefault(check_headers(secret, headers, body, seconds), set()).add(body.decode())
    assert len(ids) == len(sent)
    assert all(len(bodies) == 1 for bodies in ids.values())

    hub.axis("agency", "lock", OFFICE)
    assert state(hub, token) == "stopped"


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)  # no SQL decides it
def test_a_receiver_that_is_gone_is_told_again_once_the_webhook_is_put_again(hub, receiver):
    items = hub.provision({"code": HAI_PHONG, "name": "UBND thành phố Hải Phòng"})
    token = str(items[HAI_PHONG]["token"])
    receiver.status = 410
    assert put(hub, token, receiver).status_code == 201
    sender = Agency(hub.url, items[HAI_PHONG])
    with sender.client:
        sent = sender.send(HAI_PHONG, signed=False).json()["id"]
    wait_until(lambda: state(hub, token) == "gone", "the end that the receiver asked for")
    receiver.status = 204
    assert put(hub, token, receiver).status_code == 200
    wait_until(lambda: documents(receiver) == [sent], "what came meanwhile")
    wait_until(lambda: state(hub, token) == "active", "its place to be noted")
