"""Over HTTP: a hub raises an alert by itself, shows and tells it, and clears it after a restart."""

import json

import httpx
from support.hub import running_hub
from support.waiting import GUARD_SECONDS, wait_until
from support.webhook_receiver import receiving

from axis.protocol.webhook_signatures import check_headers, read_secret

GAUGE = 'axis_alerts{name="store-filling"}'


def ask(hub, method: str, path: str, **more) -> httpx.Response:
    token = (hub.folder / "operator-token").read_text(encoding="utf-8").strip()
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.request(
        method, f"{hub.url}{path}", headers=headers, trust_env=False, timeout=GUARD_SECONDS, **more
    )
    answer.raise_for_status()
    return answer


def stands(hub) -> list[str]:
    return [item["subject"] for item in ask(hub, "GET", "/v1/alerts?name=store-filling").json()["items"]]


def told(receiver, secret: bytes) -> list[tuple[str, str, str]]:
    """What the webhook was told, each message once, its signature checked."""
    messages = {}
    for _, headers, body in receiver.posts:
        seconds = int(headers["webhook-timestamp"])
        messages[check_headers(secret, headers, body, seconds)] = json.loads(body)
    return [(each["type"], each["data"]["event"], each["data"]["subject"]) for each in messages.values()]


def restart(hub, largest: int) -> None:
    hub.settings["AXIS_ALERT_STORE_BYTES"] = str(largest)
    hub.stop()
    hub.start()


def test_a_store_above_its_size_is_raised_told_and_cleared(tmp_path) -> None:
    store = f"sqlite:///{tmp_path}/axis.db"
    settings = {"AXIS_LEASE_SECONDS": "1", "AXIS_ALERT_STORE_FREE_PERCENT": "0"}
    with receiving() as receiver, running_hub(tmp_path, store, **settings) as hub:
        token = hub.axis("token", "create", "--operator", "Vận hành").stdout
        (tmp_path / "operator-token").write_text(token, encoding="utf-8")
        made = ask(hub, "PUT", "/v1/webhooks/canh-bao", json={"url": receiver.url}).json()
        secret = read_secret(made["secret"])
        raised = ("alert", "raised", "database")
        restart(hub, 1)
        wait_until(lambda: stands(hub) == ["database"], "the alert to be raised")
        wait_until(lambda: f"{GAUGE} 1.0" in ask(hub, "GET", "/metrics").text, "the metric to show it")
        wait_until(lambda: told(receiver, secret) == [raised], "the webhook to be told")
        restart(hub, 1 << 50)
        wait_until(lambda: stands(hub) == [], "the alert to be cleared")
        wait_until(lambda: f"{GAUGE} 0.0" in ask(hub, "GET", "/metrics").text, "the metric to show it")
        cleared = ("alert", "cleared", "database")
        wait_until(lambda: told(receiver, secret) == [raised, cleared], "the webhook to be told of the end")
