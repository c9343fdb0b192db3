"""`axis audit` on a running hub: exit statuses, the page to file, and what bad use gets."""

import json

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support import axis_processes, pki
from support.agency import Agency
from support.hub import HubProcess, free_port, running_hub
from support.waiting import GUARD_SECONDS, wait_until

from axis.cli import main
from signing.certificates import to_pem
from signing.notes import NoteSigner

SENDER, OFFICE = "000.00.00.H24", "000.00.00.G22"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A hub with one signed and one unsigned document."""
    folder = tmp_path_factory.mktemp("hub")
    with running_hub(folder, f"sqlite:///{folder}/axis.db") as hub:
        items = hub.provision(
            {"code": SENDER, "name": "UBND thành phố Hải Phòng", "organisation": {"key": "p256"}},
            {"code": OFFICE, "name": "Văn phòng Chính phủ", "organisation": {"key": "p256"}},
        )
        sender = Agency(hub.url, items[SENDER])
        with sender.client:
            assert sender.send(OFFICE).json()["verdict"]["signed_by"] == "organisation"
            assert sender.send(OFFICE, signed=False).status_code == 201
        (folder / "agency.token").write_text(items[SENDER]["token"], encoding="utf-8")
        (folder / "auditor.token").write_text(hub.auditor(), encoding="utf-8")
        yield hub


@pytest.fixture
def audit(served: HubProcess, tmp_path, capsys):
    """Run the command against the hub; return its status and what it printed."""

    def run(*more, hub=None, token="auditor.token", state="state"):
        given = ["--hub", hub or served.url, "--token-file", str(served.folder / token)]
        try:
            status = main(["audit", *given, "--state", str(tmp_path / state), *more])
        except SystemExit as ended:
            status = ended.code
        printed = capsys.readouterr()
        return status, printed.out if status in {0, 1} else printed.err

    return run


def test_a_true_hub_ends_with_0_and_a_page_to_file(audit, tmp_path):
    status, printed = audit("--html", str(tmp_path / "page.html"), "--lang", "vi")
    assert status == 0, printed
    assert printed.startswith("Đúng: 2 bản ghi")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "văn bản duy nhất được tính là đã ký số" in page
    status, printed = audit("--json")
    members = json.loads(printed)
    assert (status, members["true"], members["verified"], members["before"]) == (0, True, 1, members["now"])
    assert members["roots_taken_from_the_hub"]
    assert members["keys_taken_from_the_hub"]


def test_a_root_that_is_not_the_hubs_proves_nothing(audit, tmp_path):
    (tmp_path / "roots").mkdir()
    (tmp_path / "roots/root.pem").write_bytes(to_pem(pki.root().certificate))
    status, printed = audit("--trust", str(tmp_path / "roots"), "--json")
    members = json.loads(printed)
    assert (status, members["kinds"]) == (1, {"unproven": 1})
    assert members["sentence"].startswith("Not true: 1 difference;")


def test_another_key_of_the_ledger_ends_with_1(audit, served):
    key = f"{served.url}/v1/ledger+fb36a586+AUu1nNf/O2CmFUWE7x1iSi1qnyXkgzPKTZfMxDQdEBBF"
    assert audit("--ledger-key", key)[0] == 2  # no key at all: its id is wrong
    other = NoteSigner(served.url.removeprefix("http://") + "/v1/ledger", Ed25519PrivateKey.generate())
    status, printed = audit("--ledger-key", str(other.verifier))
    assert status == 1
    assert "unknown key" in printed


def test_a_hub_that_is_not_there_ends_with_3(audit):
    status, printed = audit(hub=f"http://127.0.0.1:{free_port()}")
    assert status == 3
    assert "the hub was not reached" in printed


def test_bad_use_ends_with_2(audit, tmp_path):
    status, printed = audit(token="agency.token")
    assert status == 2
    assert "not-permitted" in printed
    assert audit("--sample", "0")[0] == 2
    (tmp_path / "other").mkdir()
    (tmp_path / "other/audit.db").write_bytes(b"no database at all, but long enough to be looked at")
    status, printed = audit(state="other")
    assert (status, "cannot be used" in printed) == (2, True)


def test_a_witness_keeps_watch_and_the_hub_shows_what_it_cosigned(served, tmp_path):
    given = ["--hub", served.url, "--token-file", str(served.folder / "auditor.token"), "--every", "1"]
    arguments = ["audit", *given, "--state", str(tmp_path / "state"), "--follow", "--witness", "thanh-tra"]
    process = axis_processes.start(arguments, served.environment, tmp_path, tmp_path / "watch.log")
    try:

        def witnessed():
            assert process.is_alive(), (tmp_path / "watch.log").read_text(encoding="utf-8")
            health = httpx.get(f"{served.url}/v1/ledger/health", timeout=GUARD_SECONDS, trust_env=False)
            return health.json()["witnessed"]

        wait_until(witnessed, "the witness to cosign")
        assert witnessed()["witnesses"] == 1
    finally:
        process.kill()
        process.join()
    assert "cosigned" in (tmp_path / "watch.log").read_text(encoding="utf-8")
