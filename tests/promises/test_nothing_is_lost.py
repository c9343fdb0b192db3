"""Promises 1 to 3: nothing acknowledged is lost, nothing is half accepted, sending again is safe.

The hub is a process of its own; it is killed while many writers post, started again on what it left, and
asked for everything it had acknowledged.
"""

import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx
import pytest
from support.agency import Agency
from support.effort import times
from support.hub import HubProcess, running_hub
from support.waiting import GUARD_SECONDS, wait_until

KILLS = times(20)
KILLS_BETWEEN_CHECKS = 7
WRITERS_BESIDE_A_KILL = 8
DOCUMENTS_BESIDE_A_KILL = 100
"""More than twice as many as are answered before it."""
WRITERS = 64
DOCUMENTS_OF_A_WRITER = 6
SENDER, RECIPIENTS = "000.00.00.H62", ("000.00.00.G22", "000.00.00.H26")


@pytest.fixture
def hub(tmp_path, database_url):
    with running_hub(tmp_path, database_url) as started:
        yield started


@pytest.fixture
def sender(hub: HubProcess):
    items = hub.provision(
        {"code": SENDER, "name": "UBND tỉnh Vĩnh Phúc", "organisation": {"key": "p256"}},
        {"code": RECIPIENTS[0], "name": "Văn phòng Chính phủ"},
        {"code": RECIPIENTS[1], "name": "UBND thành phố Hà Nội"},
    )
    agency = Agency(hub.url, items[SENDER])
    with agency.client:
        yield agency


@dataclass
class Load:
    """Documents that writers post, and what they were answered."""

    sender: Agency
    documents: list[tuple[bytes, bytes]]
    answers: dict[bytes, dict] = field(default_factory=dict)
    statuses: Counter = field(default_factory=Counter)
    stop: threading.Event = field(default_factory=threading.Event)

    def wait_for_answers(self, count: int) -> None:
        wait_until(lambda: len(self.answers) >= count, f"{count} answers")

    def run(self, writers: int) -> list[threading.Thread]:
        shares = [self.documents[place::writers] for place in range(writers)]
        threads = [threading.Thread(target=self._write, args=(share,)) for share in shares]
        for thread in threads:
            thread.start()
        return threads

    def _write(self, share):
        author = Agency(self.sender.url, self.sender.item)
        with author.client:
            for manifest, signature in share:
                if self.stop.is_set():
                    return
                try:
                    reply = author.post(manifest, [signature])
                except httpx.TransportError:
                    continue  # the hub died under it: not acknowledged
                self.statuses[reply.status_code] += 1
                if reply.status_code == 201:
                    self.answers[manifest] = reply.json()


def _documents(sender: Agency, count: int) -> list[tuple[bytes, bytes]]:
    manifests = [sender.manifest(RECIPIENTS) for _ in range(count)]
    return [(manifest, sender.sign(manifest)) for manifest in manifests]


def _check_store(hub: HubProcess) -> None:
    for command in ("reconcile", "fsck"):
        found = hub.axis(command, "--json", check=False)
        assert found.returncode == 0, f"axis {command}: {found.stdout}{found.stderr}"


def _sent(hub: HubProcess, auditor: str) -> dict[str, int]:
    headers = {"Authorization": f"Bearer {auditor}"}
    reply = httpx.get(
        f"{hub.url}/v1/statistics/signatures", headers=headers, trust_env=False, timeout=GUARD_SECONDS
    )
    (row,) = reply.json()["items"]
    return row


@pytest.mark.slow
def test_sixty_four_writers_at_once_lose_double_and_halve_nothing(hub, sender):
    load = Load(sender, _documents(sender, WRITERS * DOCUMENTS_OF_A_WRITER))
    for thread in load.run(WRITERS):
        thread.join()
    assert load.statuses == {201: len(load.documents)}
    assert len({answer["id"] for answer in load.answers.values()}) == len(load.documents)
    row = _sent(hub, hub.auditor())
    assert row["sent"] == row["signed"] == len(load.documents)
    _check_store(hub)


@pytest.mark.slow
def test_a_killed_hub_has_every_document_it_acknowledged(hub, sender):
    chance = random.Random(20190312)
    acknowledged: dict[bytes, dict] = {}
    posted: dict[bytes, bytes] = {}
    for kill in range(KILLS):
        load = Load(sender, _documents(sender, DOCUMENTS_BESIDE_A_KILL))
        posted.update(load.documents)
        threads = load.run(WRITERS_BESIDE_A_KILL)
        load.wait_for_answers(chance.randint(3, 40))
        time.sleep(chance.uniform(0, 0.02))  # anywhere between two commits, or within one
        hub.kill()
        load.stop.set()
        for thread in threads:
            thread.join()
        acknowledged.update(load.answers)
        hub.start()
        for manifest, first in load.answers.items():
            again = sender.post(manifest)
            assert again.status_code == 200, f"kill {kill}: an acknowledged document is gone"
            assert again.json() == {**first, "repeated": True}
        if kill % KILLS_BETWEEN_CHECKS == 0:
            _check_store(hub)
    assert len(acknowledged) >= 3 * KILLS
    auditor = hub.auditor()
    stored = _sent(hub, auditor)["sent"]
    assert stored >= len(acknowledged)
    # what was on its way when the hub died is there whole or not at all: sent again, each stands once
    undecided = [manifest for manifest in posted if manifest not in acknowledged]
    answers = [sender.post(manifest, [posted[manifest]]) for manifest in undecided[:200]]
    assert {answer.status_code for answer in answers} <= {200, 201}
    created = sum(answer.status_code == 201 for answer in answers)
    assert _sent(hub, auditor)["sent"] == stored + created
    ids = [json.loads(answer.content)["id"] for answer in answers]
    assert len(set(ids)) == len(ids)
    _check_store(hub)
