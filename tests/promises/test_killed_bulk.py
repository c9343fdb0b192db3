"""Promises 1 to 3 for bulk requests: fronts and the writer are killed while lines stream."""

import contextlib
import http.client
import json
import os
import random
import signal
import threading

import httpx
import pytest
from support.agency import Agency
from support.bulk import NDJSON, conversation, line_of, write
from support.effort import times
from support.hub import HubProcess, running_hub
from support.waiting import GUARD_SECONDS, wait_until

KILLS = times(6)
LINES = 90
"""Of one request; it is sent again until each is answered."""
SENDER, RECIPIENT = "000.00.00.H62", "000.00.00.G22"
BROKEN = (OSError, http.client.HTTPException, ValueError)
"""What a client meets where the hub dies in the middle of a line."""


@pytest.fixture
def hub(tmp_path, database_url):
    with running_hub(tmp_path, database_url, workers=2) as started:
        yield started


class Stream:
    """One bulk request, with what it was answered by line."""

    def __init__(self, hub: HubProcess, token: str, lines: list[bytes]):
        self.answers: dict[bytes, dict] = {}
        self.codes: set[str] = set()
        self._hub, self._token, self._lines = hub, token, lines
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def wait_for_answers(self, count: int) -> None:
        wait_until(lambda: len(self.answers) >= count or not self.thread.is_alive(), f"{count} answers")

    def _run(self):
        with contextlib.suppress(*BROKEN), conversation(self._hub.url, self._token) as (sock, response):
            sending = threading.Thread(target=self._send, args=(sock,))
            sending.start()
            try:
                response.begin()
                while line := response.readline():
                    answer = json.loads(line)
                    if "receipt" in answer:
                        self.answers[self._lines[answer["line"] - 1]] = answer
                    else:
                        self.codes.add(answer["code"])
            finally:
                sock.close()
                sending.join()

    def _send(self, sock):
        with contextlib.suppress(OSError, ValueError):
            for line in self._lines:
                write(sock, line)
            sock.sendall(b"0\r\n\r\n")


def _kill(hub: HubProcess, names: list[str]) -> None:
    """End these processes, and wait until each has a successor."""
    killed = hub.pids()
    for name in names:
        os.kill(killed[name], signal.SIGKILL)
    wait_until(lambda: all(hub.pids()[name] != killed[name] for name in names), "successors")


def _again(hub: HubProcess, token: str, lines: list[bytes]) -> list[dict]:
    headers = {**NDJSON, "Authorization": f"Bearer {token}"}
    address = f"{hub.url}/v1/documents/bulk"
    answer = httpx.post(
        address, content=b"\n".join(lines), headers=headers, trust_env=False, timeout=GUARD_SECONDS
    )
    return [json.loads(line) for line in answer.text.splitlines()]


@pytest.mark.slow
def test_killed_fronts_and_writers_lose_nothing_of_a_bulk_request_and_double_nothing(hub: HubProcess):
    items = hub.provision(
        {"code": SENDER, "name": "UBND tỉnh Vĩnh Phúc", "organisation": {"key": "p256"}},
        {"code": RECIPIENT, "name": "Văn phòng Chính phủ"},
    )
    sender = Agency(hub.url, items[SENDER])
    token = sender.item["token"]
    chance = random.Random(20200305)
    acknowledged: dict[bytes, dict] = {}
    posted: list[bytes] = []
    for _ in range(KILLS):
        manifests = [sender.manifest(RECIPIENT) for _ in range(LINES)]
        lines = [line_of(manifest, [sender.sign(manifest)]) for manifest in manifests]
        posted += lines
        stream = Stream(hub, token, lines)
        stream.wait_for_answers(chance.randint(1, LINES // 2))
        _kill(hub, chance.sample(["writer", "front 1", "front 2"], chance.randint(1, 3)))
        stream.thread.join()
        assert stream.codes <= {"overloaded"}
        acknowledged |= stream.answers
        wait_until(hub._is_ready, "the hub to be ready again")
    assert len(acknowledged) >= KILLS
    answers = _again(hub, token, posted)
    assert [answer.get("code") for answer in answers] == [None] * len(posted)
    assert len({answer["id"] for answer in answers}) == len(posted)
    for line, answer in zip(posted, answers, strict=True):
        if line in acknowledged:
            first = acknowledged[line]
            assert {**answer, "line": 0} == {**first, "line": 0, "repeated": True}
    for command in ("reconcile", "fsck"):
        found = hub.axis(command, "--json", check=False)
        assert found.returncode == 0, f"axis {command}: {found.stdout}{found.stderr}"
