"""Promise 10: a large attachment moves through in both directions without being held in memory."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from support.agency import Agency
from support.hub import HubProcess, running_hub
from support.s3_server import s3_server

MIB = 1024 * 1024
LARGE = 128 * MIB
GROWTH = 64 * MIB
"""What a hub may take more, be the attachment as large as it likes; held once, it would take twice that."""
SENDER, RECIPIENT = "000.00.00.H62", "000.00.00.G22"
BOUNDARY = b"tep-lon"


@pytest.fixture
def hub(tmp_path, database_url):
    with running_hub(tmp_path, database_url) as started:
        yield started


def _peak(hub: HubProcess) -> int:
    """Return the most memory the hub process ever held, in bytes."""
    status = Path(f"/proc/{hub.process.pid}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def _piece(place: int) -> bytes:
    return hashlib.sha256(str(place).encode()).digest() * (MIB // 32)


def _form(manifest: bytes):
    for name, filename, content in (
        (b"manifest", b"manifest.json", (manifest,)),
        (b"attachment", b"lon.bin", (_piece(place) for place in range(LARGE // MIB))),
    ):
        disposition = b'form-data; name="%b"; filename="%b"' % (name, filename)
        yield b"--" + BOUNDARY + b"\r\nContent-Disposition: " + disposition + b"\r\n\r\n"
        yield from content
        yield b"\r\n"
    yield b"--" + BOUNDARY + b"--\r\n"


def _digest() -> str:
    digest = hashlib.sha256()
    for place in range(LARGE // MIB):
        digest.update(_piece(place))
    return digest.hexdigest()


def _manifest(sender: Agency, digest: str) -> bytes:
    value = json.loads(sender.manifest(RECIPIENT))
    declared = {"name": "lon.bin", "media_type": "application/octet-stream", "size": LARGE, "sha256": digest}
    return json.dumps(value | {"attachments": [declared]}).encode()


def _in_a_part(sender: Agency, digest: str) -> httpx.Response:
    return sender.client.post(
        "/v1/documents",
        content=_form(_manifest(sender, digest)),
        headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY.decode()}"},
    )


def _ahead(sender: Agency, digest: str) -> httpx.Response:
    pieces = (_piece(place) for place in range(LARGE // MIB))
    headers = {"Content-Length": str(LARGE)}
    ahead = sender.client.put(f"/v1/uploads/{digest}", content=pieces, headers=headers)
    assert ahead.status_code == 201, ahead.text
    return sender.post(_manifest(sender, digest), files={})


def _moves_through(hub: HubProcess, send: Callable[[Agency, str], httpx.Response]) -> None:
    items = hub.provision({"code": SENDER, "name": "Vĩnh Phúc"}, {"code": RECIPIENT, "name": "VPCP"})
    sender, recipient = (Agency(hub.url, items[code]) for code in (SENDER, RECIPIENT))
    digest = _digest()
    with sender.client, recipient.client:
        assert sender.send(RECIPIENT, signed=False).status_code == 201
        before = _peak(hub)
        answer = send(sender, digest)
        assert answer.status_code == 201, answer.text
        assert _peak(hub) - before < GROWTH
        received = hashlib.sha256()
        with recipient.client.stream("GET", f"/v1/documents/{answer.json()['id']}/attachments/0") as stream:
            for piece in stream.iter_bytes():
                received.update(piece)
        assert received.hexdigest() == digest
        assert _peak(hub) - before < GROWTH


LINUX_ALONE = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="needs Linux to tell a process's memory"
)


@LINUX_ALONE
@pytest.mark.slow
def test_a_large_attachment_moves_through_within_64_mebibytes(hub):
    _moves_through(hub, _in_a_part)


@LINUX_ALONE
@pytest.mark.slow
def test_a_file_sent_ahead_to_an_object_store_moves_through_within_64_mebibytes(tmp_path):
    with s3_server() as server:
        settings = {"AXIS_OBJECTS_URL": server.url, "AXIS_ATTACHMENT_BYTES": str(LARGE)}
        with running_hub(tmp_path, f"sqlite:///{tmp_path}/axis.db", **settings) as hub:
            _moves_through(hub, _ahead)
