"""Promises 1 to 3 over the old protocol: a killed hub keeps what it acknowledged, once, and queued."""

import random
import threading
import time
from datetime import date

import httpx
import pytest
from support.effort import times
from support.hub import HubProcess, running_hub
from support.old_client import OldClient
from support.waiting import GUARD_SECONDS, wait_until

from axis.protocol import edxml

KILLS = times(4)
WRITERS = 4
MESSAGES = 300
SENDER, RECIPIENT = "000.00.00.H62", "000.00.00.G22"
LARGE = 2 * 1024 * 1024
"""Bytes of every tenth file, which goes by disk and chunks."""


@pytest.fixture
def hub(tmp_path, database_url):
    with running_hub(tmp_path, database_url) as started:
        yield started


def message(number: int) -> bytes:
    content = b"%PDF-1.7 " + str(number).encode() + bytes(LARGE if number % 10 == 0 else 2_000)
    return edxml.write(
        edxml.Document(
            sender=edxml.Party(SENDER),
            recipients=(edxml.Party(RECIPIENT),),
            document_id=f"{SENDER},2026/06/03,{number}/UBND-VX",
            code=edxml.DocumentCode(str(number), "UBND-VX"),
            promulgated_on=date(2026, 6, 3),
            subject="V/v liên thông văn bản điện tử",
            attachments=(edxml.Attachment("1", f"{number}.pdf", content),),
        )
    )


def client_of(hub: HubProcess, http: httpx.Client, item: dict) -> OldClient:
    return OldClient(http, item["vxp"]["system"], item["vxp"]["secret"], endpoint=f"{hub.url}/vxp")


def write(hub: HubProcess, item: dict, share: list[int], answers: dict[int, str], stop: threading.Event):
    with httpx.Client(trust_env=False, timeout=GUARD_SECONDS) as http:
        client = client_of(hub, http, item)
        for number in share:
            if stop.is_set():
                return
            try:
                reply = client.send_edoc(message(number), sender=SENDER)
            except httpx.TransportError:
                continue  # the hub died under it: not acknowledged
            assert reply["status"] == "OK", reply
            answers[number] = reply["DocId"]


def kill_amid_traffic(
    hub: HubProcess, item: dict, numbers: list[int], chance: random.Random
) -> dict[int, str]:
    """Kill the hub while messages come in; return those it acknowledged."""
    answers: dict[int, str] = {}
    stop = threading.Event()
    shares = [numbers[place::WRITERS] for place in range(WRITERS)]
    threads = [threading.Thread(target=write, args=(hub, item, share, answers, stop)) for share in shares]
    for thread in threads:
        thread.start()
    enough = chance.randint(3, 25)
    wait_until(lambda: len(answers) >= enough, f"{enough} answers")
    time.sleep(chance.uniform(0, 0.02))
    hub.kill()
    stop.set()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.slow
def test_a_killed_hub_has_every_message_it_acknowledged_once_and_queued(hub):
    items = hub.provision(
        {"code": SENDER, "name": "UBND tỉnh Vĩnh Phúc", "vxp": True},
        {"code": RECIPIENT, "name": "Văn phòng Chính phủ", "vxp": True},
    )
    chance = random.Random(20190312)
    acknowledged: dict[int, str] = {}
    for kill in range(KILLS):
        numbers = list(range(kill * MESSAGES, (kill + 1) * MESSAGES))
        acknowledged |= kill_amid_traffic(hub, items[SENDER], numbers, chance)
        hub.start()
    assert len(acknowledged) >= 3 * KILLS
    with httpx.Client(trust_env=False, timeout=GUARD_SECONDS) as http:
        sender, recipient = (client_of(hub, http, items[code]) for code in (SENDER, RECIPIENT))
        waiting = [item["docId"].partition(".")[0] for item in recipient.received()["data"]]
        assert len(waiting) == len(set(waiting)) == recipient.count_edoc()
        assert set(acknowledged.values()) <= set(waiting)
        for number, first in acknowledged.items():
            assert sender.send_edoc(message(number), sender=SENDER)["DocId"] == first
            fetched = edxml.read(recipient.edoc(f"{first}.0")[1]).message
            assert fetched.attachments == edxml.read(message(number)).message.attachments
        assert recipient.count_edoc() == len(waiting)  # sending again added nothing
    for command in ("reconcile", "fsck"):
        found = hub.axis(command, "--json", check=False)
        assert found.returncode == 0, f"axis {command}: {found.stdout}{found.stderr}"
