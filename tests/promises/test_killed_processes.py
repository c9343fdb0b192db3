"""Promises 1 to 3 with several processes: fronts and the writer are killed one by one under load.

Each is started again by the supervisor. Nothing acknowledged may be lost, nothing doubled; a recipient that
follows its inbox gets each document once and in order; nobody gets a 5xx but 503.
"""

import os
import random
import signal
import threading
from collections import Counter
from dataclasses import dataclass, field

import httpx
import pytest
from support.agency import Agency
from support.effort import times
from support.hub import HubProcess, running_hub
from support.waiting import GUARD_SECONDS, wait_until

KILLS = times(20)
"""Of fronts, and as many of the writer."""
APART = 0.3
"""The share of kills after which things have settled before the next one."""
WRITERS = 4
SENDER, RECIPIENT = "000.00.00.H62", "000.00.00.G22"


@pytest.fixture
def hub(tmp_path, database_url):
    with running_hub(tmp_path, database_url, workers=2) as started:
        yield started


class Load:
    """Writers that post until told to stop, and a recipient that follows its inbox all the while."""

    def __init__(self, sender: Agency, recipient: Agency):
        self.sender, self.recipient = sender, recipient
        self.posted: dict[bytes, bytes] = {}
        self.answers: dict[bytes, dict] = {}
        self.statuses: Counter[int] = Counter()
        self.received: list[str] = []
        self.stop = threading.Event()
        self.write_stopped = threading.Event()
        self._threads = [threading.Thread(target=self._write) for _ in range(WRITERS)]
        self._follower = threading.Thread(target=self._follow)

    def __enter__(self):
        for thread in (*self._threads, self._follower):
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self._threads:
            thread.join()
        self.write_stopped.set()
        self._follower.join()

    def wait_for_answers(self, more: int) -> None:
        wanted = len(self.answers) + more
        wait_until(lambda: len(self.answers) >= wanted, f"{wanted} answers")

    def _write(self):
        author = Agency(self.sender.url, self.sender.item)
        with author.client:
            while not self.stop.is_set():
                manifest = author.manifest(RECIPIENT)
                signature = self.posted[manifest] = author.sign(manifest)
                try:
                    reply = author.post(manifest, [signature])
                except httpx.TransportError:
                    continue  # the front died under it: not acknowledged
                self.statuses[reply.status_code] += 1
                if reply.status_code == 201:
                    self.answers[manifest] = reply.json()

    def _follow(self):
        cursor, is_last = None, False
        with httpx.Client(base_url=self.recipient.url, trust_env=False, timeout=GUARD_SECONDS) as client:
            client.headers["Authorization"] = f"Bearer {self.recipient.item['token']}"
            while True:
                query = {"wait": "0" if self.write_stopped.is_set() else "1"}
                is_last = self.write_stopped.is_set()
                try:
                    reply = client.get(
                        "/v1/inbox", params=query if cursor is None else query | {"after": cursor}
                    )
                except httpx.TransportError:
                    continue
                self.statuses[reply.status_code] += 1
                if reply.status_code != 200:
                    continue
                page = reply.json()
                cursor = page["next"]
                self.received += [item["document"] for item in page["items"]]
                if is_last and not page["items"]:
                    return


@dataclass
class Killer:
    """Ends processes of a hub, each once the one before it of that name has a successor."""

    hub: HubProcess
    killed: dict[str, int] = field(default_factory=dict)

    def kill(self, name: str) -> None:
        wait_until(lambda: self.hub.pids()[name] != self.killed.get(name), f"another {name}")
        self.killed[name] = self.hub.pids()[name]
        os.kill(self.killed[name], signal.SIGKILL)


@pytest.mark.slow
def test_killed_fronts_and_writers_lose_nothing_and_double_nothing(hub: HubProcess):
    items = hub.provision(
        {"code": SENDER, "name": "UBND tỉnh Vĩnh Phúc", "organisation": {"key": "p256"}},
        {"code": RECIPIENT, "name": "Văn phòng Chính phủ"},
    )
    sender, recipient = Agency(hub.url, items[SENDER]), Agency(hub.url, items[RECIPIENT])
    chance, killer = random.Random(20190312), Killer(hub)
    with Load(sender, recipient) as load:
        for _ in range(KILLS):
            load.wait_for_answers(chance.randint(1, 6))
            for name in chance.sample(["writer", chance.choice(["front 1", "front 2"])], 2):
                killer.kill(name)
                if chance.random() < APART:
                    load.wait_for_answers(1)
        load.wait_for_answers(5)
    assert load.statuses.keys() <= {200, 201, 503}
    with sender.client:
        for manifest, first in load.answers.items():
            again = sender.post(manifest)
            assert again.status_code == 200, "an acknowledged document is gone"
            assert again.json() == {**first, "repeated": True}
        doubtful = [manifest for manifest in load.posted if manifest not in load.answers]
        sent_again = [sender.post(manifest, [load.posted[manifest]]) for manifest in doubtful]
    assert {answer.status_code for answer in sent_again} <= {200, 201}
    ids = [answer["id"] for answer in load.answers.values()] + [each.json()["id"] for each in sent_again]
    assert len(set(ids)) == len(ids) == len(load.posted)
    assert len(set(load.received)) == len(load.received)
    assert set(load.received) >= {answer["id"] for answer in load.answers.values()}
    stood = {each.json()["id"] for each in sent_again if each.status_code == 200}
    assert set(load.received) == {answer["id"] for answer in load.answers.values()} | stood
    for command in ("reconcile", "fsck"):
        found = hub.axis(command, "--json", check=False)
        assert found.returncode == 0, f"axis {command}: {found.stdout}{found.stderr}"
