"""The drill: a hub under load is backed up, killed and restored elsewhere, and nothing stays unnoticed.

Its senders hand in the receipts of what was lost and send it again; then its audit, whose folder saw all of
it before, finds everything true.
"""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.agency import Agency
from support.hub import HubProcess, running_hub
from support.postgres import fresh_database
from support.waiting import GUARD_SECONDS, wait_until

from axis.protocol.ledger_positions import begin_of
from signing.notes import check_receipt, read_verifier_key

SENDER, RECIPIENT = "000.00.00.H62", "000.00.00.G22"


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty place of the same kind as the hub's."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path}/restored/axis.db"
        return
    with fresh_database(request.getfixturevalue("postgres_server")) as url:
        yield url


class Load(threading.Thread):
    """A sender that posts one document after the other as far as it may, and keeps what it was answered."""

    def __init__(self, sender: Agency) -> None:
        super().__init__()
        self.sender = sender
        self.posted: list[tuple[bytes, bytes, dict[str, Any]]] = []
        self.stop = threading.Event()
        self._may = threading.Semaphore(0)

    def allow(self, more: int) -> None:
        """Have it post so many more."""
        self._may.release(more)

    def run(self) -> None:
        while self._may.acquire() and not self.stop.is_set():
            manifest = self.sender.manifest(RECIPIENT)
            signature = self.sender.sign(manifest)
            answer = self.sender.post(manifest, [signature])
            assert answer.status_code == 201, answer.text
            self.posted.append((manifest, signature, answer.json()))

    def wait_for(self, wanted: int) -> None:
        wait_until(lambda: len(self.posted) >= wanted or not self.is_alive(), f"{wanted} documents")


class Caller:
    """Calls a hub with a token."""

    def __init__(self, hub: HubProcess, token: str) -> None:
        self._url, self._headers = hub.url, {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> dict[str, Any]:
        answer = self._call("GET", path)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def post(self, path: str, body: object) -> httpx.Response:
        return self._call("POST", path, json=body)

    def _call(self, method: str, path: str, **more: Any) -> httpx.Response:
        url = f"{self._url}{path}"
        return httpx.request(
            method, url, headers=self._headers, trust_env=False, timeout=GUARD_SECONDS, **more
        )


def audit(hub: HubProcess) -> tuple[int, dict[str, Any]]:
    """Audit the hub into the auditor's folder."""
    arguments = ["--hub", hub.url, "--token-file", "auditor.token", "--state", "audited", "--json"]
    done = hub.axis("audit", *arguments, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.mark.slow
def test_a_hub_is_restored_and_what_was_lost_is_brought_back_by_its_senders(
    tmp_path: Path, database_url: str, elsewhere: str
) -> None:
    with running_hub(tmp_path, database_url) as hub:
        items = hub.provision(
            {"code": SENDER, "name": "UBND tỉnh Vĩnh Phúc", "organisation": {"key": "p256"}},
            {"code": RECIPIENT, "name": "Văn phòng Chính phủ"},
        )
        auditor, token = hub.auditor(), str(items[RECIPIENT]["token"])
        (tmp_path / "auditor.token").write_text(auditor)
        load = Load(Agency(hub.url, items[SENDER]))
        load.start()
        try:
            load.allow(3)
            load.wait_for(3)
            load.allow(6)  # beside the backup
            hub.axis("backup", "copy", "--keys", "keys")
            load.allow(3)
            load.wait_for(12)
        finally:
            load.stop.set()
            load.allow(1)
            load.join()
        before = Caller(hub, token)
        inbox = before.get("/v1/inbox?limit=1000")
        last = inbox["items"][-1]["id"]
        answer = before.post(f"/v1/deliveries/{last}/statuses", {"code": "03"})
        assert answer.status_code in {200, 201}, answer.text
        events = before.get("/v1/events?limit=1000")["next"]
        load.sender.client.close()
        assert audit(hub)[0] == 0
        hub.kill()

    restored = HubProcess(tmp_path, elsewhere, port=hub.port, sandbox_port=hub.sandbox_port)
    restored.axis("restore", "copy")
    restored.start()
    try:
        _drill(restored, load, auditor, token, inbox["next"], events)
    finally:
        restored.stop()


def _drill(
    hub: HubProcess, load: Load, auditor: str, token: str, inbox_cursor: str, events_cursor: str
) -> None:
    """What senders, recipient, auditor and operator of the restored hub do."""
    sender = Agency(hub.url, load.sender.item)
    handing_in = Caller(hub, str(load.sender.item["token"]))
    given = [handing_in.post("/v1/ledger/receipts", {"receipt": said["receipt"]}) for *_, said in load.posted]
    codes = [answer.status_code for answer in given]
    lost = [each for each, code in zip(load.posted, codes, strict=True) if code == 201]
    kept = load.posted[: codes.index(201)]
    assert codes == [200] * len(kept) + [201] * len(lost)
    assert len(kept) >= 3
    assert len(lost) >= 3
    again = handing_in.post("/v1/ledger/receipts", {"receipt": lost[0][2]["receipt"]})
    assert (again.status_code, again.json()["repeated"]) == (200, True)
    assert len(handing_in.get("/v1/ledger/receipts")["items"]) == len(lost)

    status, said = audit(hub)
    assert (status, said["kinds"]) == (1, {"gone": len(lost) + 1})
    counted = {"documents": len(lost), "again": 0, "handed_in": len(lost)}
    assert {name: said["gone"][name] for name in counted} == counted

    for manifest, signature, first in kept:
        answer = sender.post(manifest, [signature])
        assert answer.status_code == 200
        assert answer.json() == {**first, "repeated": True}
    sent = [sender.post(manifest, [signature]) for manifest, signature, _ in lost]
    assert {answer.status_code for answer in sent} == {201}

    sender.client.close()
    recipient = Caller(hub, token)
    new = recipient.get(f"/v1/inbox?after={inbox_cursor}&limit=1000")["items"]
    assert [item["document"] for item in new] == [answer.json()["id"] for answer in sent]
    assert recipient.get(f"/v1/events?after={events_cursor}")["items"] == []
    reading = Caller(hub, auditor)
    page = reading.get("/v1/deliveries?limit=1000")
    assert len(page["items"]) == len(load.posted)
    assert reading.get(f"/v1/deliveries?after={begin_of(2) * 1024}&limit=1000")["items"] != []

    keys = [read_verifier_key(each["vkey"]) for each in reading.get("/v1/ledger/keys")["items"]]
    assert [each["number"] for each in reading.get("/v1/ledgers")["items"]] == [1, 2]
    assert all(check_receipt(said["receipt"], keys[1]).valid for *_, said in load.posted)
    assert all(check_receipt(answer.json()["receipt"], keys[0]).valid for answer in sent)

    status, said = audit(hub)
    assert (status, said["named"]) == (0, [])
    assert said["gone"]["again"] == len(lost)
    hub.axis("fsck")
    hub.axis("reconcile")
