"""Over HTTP: a hub of several processes answers like one, and ends as one."""

import concurrent.futures
import contextlib
import json
import os

import httpx
import pytest
from support.agency import Agency
from support.hub import running_hub
from support.waiting import GUARD_SECONDS, wait_until

SENDER, RECIPIENT = "000.00.00.H62", "000.00.00.G22"
AT_ONCE = 12
"""Connections that are open at once: so many that each process has some."""


@pytest.fixture
def hub(tmp_path, database_url):
    with running_hub(tmp_path, database_url, workers=2) as started:
        yield started


def asked_of_all(url, path, token, **query):
    """Ask over connections of their own, all open before the first is used; return the answers."""
    with contextlib.ExitStack() as stack:
        clients = [
            stack.enter_context(httpx.Client(base_url=url, trust_env=False, timeout=GUARD_SECONDS))
            for _ in range(AT_ONCE)
        ]
        for client in clients:
            client.headers["Authorization"] = f"Bearer {token}"
        pool = stack.enter_context(concurrent.futures.ThreadPoolExecutor(AT_ONCE))
        list(pool.map(lambda client: client.get("/"), clients))
        return [*pool.map(lambda client: client.get(path, params=query), clients)]


def sandbox(hub, method, path, body=None):
    token = (hub.folder / "sandbox-token").read_text(encoding="utf-8").strip()
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.request(
        method, f"{hub.sandbox_url}{path}", json=body, headers=headers, trust_env=False, timeout=GUARD_SECONDS
    )


def provisioned(hub):
    return hub.provision(
        {"code": SENDER, "name": "UBND tỉnh Vĩnh Phúc", "organisation": {"key": "p256"}},
        {"code": RECIPIENT, "name": "Văn phòng Chính phủ"},
    )


@pytest.mark.slow
def test_a_moved_clock_a_revoked_token_and_a_reset_hold_in_every_process(hub):
    items = provisioned(hub)
    token = (hub.folder / "sandbox-token").read_text(encoding="utf-8").strip()
    for year in (2019, 2031, 2027):
        assert sandbox(hub, "PUT", "/sandbox/clock", {"at": f"{year}-03-12T01:00:00Z"}).status_code == 200
        told = asked_of_all(hub.sandbox_url, "/sandbox/clock", token)
        assert {answer.json()["at"][:4] for answer in told} == {str(year)}
    sender = Agency(hub.url, items[SENDER])
    with sender.client:
        assert sender.send(RECIPIENT).json()["accepted_at"].startswith("2027-03-12")
        a_faster_clock_is_one_for_every_process(hub, token, sender)
    auditor, listed = hub.auditor(), hub.axis("token", "list", "--json").stdout
    assert {answer.status_code for answer in asked_of_all(hub.url, "/v1/ledger/health", auditor)} == {200}
    (own,) = [each["id"] for each in json.loads(listed)["items"] if each["role"] == "auditor"]
    hub.axis("token", "revoke", own)
    wait_until(
        lambda: {each.status_code for each in asked_of_all(hub.url, "/v1/refusals", auditor)} == {401},
        "every process to refuse a revoked token",
    )
    assert sandbox(hub, "POST", "/sandbox/reset").status_code == 204
    assert {each.status_code for each in asked_of_all(hub.url, "/v1/inbox", items[SENDER]["token"])} == {401}
    told = asked_of_all(hub.sandbox_url, "/sandbox/clock", token)
    assert {answer.json()["moved"] for answer in told} == {False}


def a_faster_clock_is_one_for_every_process(hub, token, sender):
    """A day passes in each second; what is accepted meanwhile lies between two readings of the clock."""
    assert sandbox(hub, "PUT", "/sandbox/clock", {"factor": 86_400}).json()["factor"] == 86_400
    before = [answer.json() for answer in asked_of_all(hub.sandbox_url, "/sandbox/clock", token)]
    sent = sender.send(RECIPIENT).json()
    after = [answer.json() for answer in asked_of_all(hub.sandbox_url, "/sandbox/clock", token)]
    assert {told["factor"] for told in [*before, *after]} == {86_400}
    assert max(told["at"] for told in before) < sent["accepted_at"] < min(told["at"] for told in after)
    assert sent["verdict"]["indication"] == "TOTAL-PASSED"


@pytest.mark.slow
def test_readers_that_wait_at_any_process_get_a_document_and_a_second_hub_is_refused(hub, database_url):
    items = provisioned(hub)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(asked_of_all, hub.url, "/v1/inbox", items[RECIPIENT]["token"], wait=60)
        sender = Agency(hub.url, items[SENDER])
        with sender.client:
            sent = sender.send(RECIPIENT).json()["id"]
        found = [[item["document"] for item in answer.json()["items"]] for answer in waiting.result()]
    assert found == [[sent]] * AT_ONCE
    if database_url.startswith("sqlite"):
        again = hub.axis("serve", "--port", "0", "--workers", "2", check=False)
        assert (again.returncode, "is served already" in again.stderr) == (2, True)
    started = hub.pids()
    assert set(started) == {"writer", "front 1", "front 2"}
    hub.kill()
    wait_until(lambda: not any(map(is_running, started.values())), "all processes to end with the first")


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        with open(f"/proc/{pid}/stat", encoding="latin-1") as stat:  # noqa: PTH123 - not a file of ours
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
