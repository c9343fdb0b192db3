"""Promises 1 and 6 between two hubs: each document is carried once, whoever is killed, and counts agree."""

import contextlib
import itertools
import json
import random
import subprocess
import sys

import httpx
import pytest
from support.effort import times
from support.environment import inherited
from support.hub import ROOT, HubProcess, running_hub
from support.relayed_hub import CONTENT, manifest_of
from support.waiting import GUARD_SECONDS, wait_until

KILLS = times(1)
"""Of each: the province's hub, the national one, the relay."""
DOCUMENTS = 6
"""That each side sends beside a kill."""
OFFICE, COMMUNE = "000.00.00.G22", "000.01.14.H26"

pytestmark = pytest.mark.stores("sqlite")


class Side:
    """A hub with one agency of its own, and one that it reaches via the relay."""

    def __init__(self, hub: HubProcess, own: str, other: str, relay: str) -> None:
        self.hub, self.own, self.other = hub, own, other
        token = hub.provision({"code": own, "name": f"Cơ quan {own}"})[own]["token"]
        hub.axis("agency", "add", other, "--name", f"Cơ quan {other}", "--via", relay)
        self.relay_token = hub.folder / "relay-token"
        self.relay_token.write_text(hub.axis("token", "create", "--relay", relay).stdout)
        self.auditor = {"Authorization": f"Bearer {hub.auditor()}"}
        self.http = httpx.Client(
            base_url=hub.url,
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
            timeout=GUARD_SECONDS,
        )

    def send(self) -> None:
        parts = [
            ("manifest", ("m", manifest_of(self.own, self.other))),
            ("attachment", ("main.pdf", CONTENT)),
        ]
        assert self.http.post("/v1/documents", files=parts).status_code == 201

    def arrived(self) -> list[dict]:
        return self.http.get("/v1/inbox", params={"limit": 1000}).json()["items"]

    def answer_all(self) -> None:
        for item in self.arrived():
            if item["status"] is None:
                for code in ("03", "05", "06"):
                    body = {"code": code, "note": "đang làm" if code == "05" else None}
                    given = self.http.post(f"/v1/deliveries/{item['id']}/statuses", json=body)
                    assert given.status_code == 201, given.text

    def count(self, sender: str, recipient: str) -> dict[str, int]:
        asked = {"sender": sender, "recipient": recipient}
        reply = self.http.get("/v1/statistics/exchange", params=asked, headers=self.auditor)
        return reply.json()["items"][0]

    def statuses(self) -> list[list[str]]:
        """The codes of each delivery of the store, in its order."""
        shown = self.http.get("/v1/events", params={"limit": 1000}, headers=self.auditor).json()["items"]
        ordered = sorted(shown, key=lambda event: event["delivery"])
        return [
            [event["code"] for event in events]
            for _, events in itertools.groupby(ordered, key=lambda event: event["delivery"])
        ]


class RelayProcess:
    """`nodes relay` as an operator runs it."""

    def __init__(self, province: Side, national: Side) -> None:
        self.command = [
            *(sys.executable, "-m", "nodes", "relay", "--every", "0.05"),
            *("--province", province.hub.url, "--province-token-file", str(province.relay_token)),
            *("--national", national.hub.url, "--national-token-file", str(national.relay_token)),
            *("--store", str(province.hub.folder / "relay.db")),
        ]
        self.log = province.hub.folder / "relay.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=inherited(), stdout=log, stderr=subprocess.STDOUT
            )

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def once(self) -> dict[str, int]:
        done = subprocess.run(
            [*self.command, "--once", "--json"], cwd=ROOT, env=inherited(), capture_output=True, check=True
        )
        return json.loads(done.stdout)


@pytest.fixture
def sides(tmp_path):
    """The province's side and the national one."""
    with contextlib.ExitStack() as stack:
        made = []
        for place, own, other, relay in (
            ("province", COMMUNE, OFFICE, "national"),
            ("national", OFFICE, COMMUNE, "h26"),
        ):
            folder = tmp_path / place
            folder.mkdir()
            hub = stack.enter_context(running_hub(folder, f"sqlite:///{folder}/axis.db"))
            side = Side(hub, own, other, relay)
            stack.enter_context(side.http)
            made.append(side)
        yield made


@pytest.mark.slow
def test_every_document_arrives_once_and_counts_agree_whoever_is_killed(sides):
    province, national = sides
    relay = RelayProcess(province, national)
    relay.start()
    chance = random.Random(20190312)
    sent = 0
    try:
        for victim in ("province", "national", "relay") * KILLS:
            for side in sides:
                for _ in range(DOCUMENTS):
                    side.send()
            sent += DOCUMENTS
            some = sent - chance.randint(1, DOCUMENTS)
            wait_until(
                lambda some=some: len(province.arrived()) + len(national.arrived()) >= 2 * some,
                f"{2 * some} documents beyond the relay ({relay.log.read_text()})",
            )
            for side in sides:
                side.answer_all()  # while the relay is at work
            if victim == "relay":
                relay.kill()
                relay.start()
            else:
                hub = (province if victim == "province" else national).hub
                hub.kill()
                hub.start()
        wait_until(lambda: all(len(side.arrived()) == sent for side in sides), "all documents")
        for side in sides:
            side.answer_all()
    finally:
        relay.kill()
    totals = relay.once()
    assert totals == {"documents": 2 * sent, "refused": 0, "deliveries": 2 * sent, "set_aside": 0}
    for side in sides:
        assert len({item["document"] for item in side.arrived()}) == len(side.arrived()) == sent
        assert side.statuses() == [["03", "05", "06"]] * (2 * sent)
        for parties in (COMMUNE, OFFICE), (OFFICE, COMMUNE):
            row = side.count(*parties)
            assert (row["sent"], row["addressed"], row["handled"], row["pending"]) == (sent, sent, sent, 0)
        for command in ("reconcile", "fsck"):
            found = side.hub.axis(command, "--json", check=False)
            assert found.returncode == 0, f"axis {command}: {found.stdout}{found.stderr}"
