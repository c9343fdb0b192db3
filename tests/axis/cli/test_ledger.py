"""`axis ledger rotate-key` beside a running hub: the hub goes on, and auditors follow to the new key."""

import json

import httpx
import pytest
from support.agency import Agency
from support.hub import running_hub
from support.waiting import GUARD_SECONDS

from axis.cli import main
from signing.notes import check_receipt, read_verifier_key

SENDER, OFFICE = "000.00.00.H24", "000.00.00.G22"


@pytest.fixture
def served(tmp_path):
    with running_hub(tmp_path, f"sqlite:///{tmp_path}/axis.db") as hub:
        items = hub.provision(
            {"code": SENDER, "name": "UBND thành phố Hải Phòng", "organisation": {"key": "p256"}},
            {"code": OFFICE, "name": "Văn phòng Chính phủ", "organisation": {"key": "p256"}},
        )
        hub.sender = Agency(hub.url, items[SENDER])
        (tmp_path / "auditor.token").write_text(hub.auditor(), encoding="utf-8")
        with hub.sender.client:
            yield hub


def test_a_running_hub_goes_on_with_the_new_key_and_all_receipts_hold(served, tmp_path, capsys):
    def audit(*more):
        given = ["--hub", served.url, "--token-file", str(tmp_path / "auditor.token"), "--json"]
        status = main(["audit", *given, "--state", str(tmp_path / "state"), *more])
        return status, json.loads(capsys.readouterr().out)

    first = served.sender.send(OFFICE).json()["receipt"]
    keys = httpx.get(f"{served.url}/v1/ledger/keys", headers={"Accept": "text/plain"}, timeout=GUARD_SECONDS)
    old = keys.text.strip()
    assert audit("--ledger-key", old)[0] == 0
    changed = json.loads(served.axis("ledger", "rotate-key", "--json").stdout)
    assert (changed["old"], changed["position"]) == (old, 1)
    second = served.sender.send(OFFICE).json()["receipt"]
    assert check_receipt(first, read_verifier_key(old)).valid
    assert not check_receipt(second, read_verifier_key(old)).valid
    assert check_receipt(second, read_verifier_key(changed["new"])).valid
    items = httpx.get(f"{served.url}/v1/ledger/keys", timeout=GUARD_SECONDS).json()["items"]
    assert [item["vkey"] for item in items] == [changed["new"], old]
    assert [item["position"] for item in items] == [1, None]
    status, members = audit("--ledger-key", old)
    assert (status, members["keys"]) == (0, [old, changed["new"]])
    assert members["entries"]["event"]["key"] == 1
    assert served.axis("fsck").returncode == 0
    assert served.axis("reconcile").returncode == 0
    served.stop()
    served.start()
    assert served.sender.send(OFFICE).status_code == 201


def test_a_key_can_be_made_ahead_and_brought_to_every_hub(served, tmp_path):
    prepared = json.loads(served.axis("ledger", "rotate-key", "--prepare", "--json").stdout)
    assert prepared["file"] == str(tmp_path / "ledger-key.pem.next")
    assert served.sender.send(OFFICE).status_code == 201
    changed = json.loads(served.axis("ledger", "rotate-key", "--json").stdout)
    assert changed["new"] == prepared["vkey"]
    assert not (tmp_path / "ledger-key.pem.next").exists()
