"""Promise 10: a large attachment moves through in both directions without being held in memory."""

import hashlib
import json
from pathlib import Path

import pytest
from support.agency import Agency
from support.hub import HubProcess, running_hub

MIB = 1024 * 1024
LARGE = 256 * MIB
GROWTH = 64 * MIB
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


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to tell a process's memory")
@pytest.mark.slow
def test_a_large_attachment_moves_through_within_64_mebibytes(hub):
    items = hub.provision({"code": SENDER, "name": "Vĩnh Phúc"}, {"code": RECIPIENT, "name": "VPCP"})
    sender, recipient = (Agency(hub.url, items[code]) for code in (SENDER, RECIPIENT))
    digest = hashlib.sha256()
    for place in range(LARGE // MIB):
        digest.update(_piece(place))
    value = json.loads(sender.manifest(RECIPIENT))
    value["attachments"] = [
        {
            "name": "lon.bin",
            "media_type": "application/octet-stream",
            "size": LARGE,
            "sha256": digest.hexdigest(),
        }
    ]
    with sender.client, recipient.client:
        assert sender.send(RECIPIENT, signed=False).status_code == 201
        before = _peak(hub)
        answer = sender.client.post(
            "/v1/documents",
            content=_form(json.dumps(value).encode()),
            headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY.decode()}"},
        )
        assert answer.status_code == 201, answer.text
        assert _peak(hub) - before < GROWTH
        received = hashlib.sha256()
        with recipient.client.stream("GET", f"/v1/documents/{answer.json()['id']}/attachments/0") as stream:
            for piece in stream.iter_bytes():
                received.update(piece)
        assert received.hexdigest() == digest.hexdigest()
        assert _peak(hub) - before < GROWTH
