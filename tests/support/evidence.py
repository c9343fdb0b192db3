"""A hub with documents whose evidence tests fetch, unpack, alter and check."""

import contextlib
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.agency import Agency
from support.hub import HubProcess, running_hub
from support.postgres import fresh_database

from axis.evidence.archive import pieces_of, read_archive
from axis.evidence.parts import part, signed_sums, written
from axis.ledger.key import load_key
from signing.notes import NoteSigner

HAI_PHONG, OFFICE, BAC_NINH = "000.00.00.H24", "000.00.00.G22", "000.00.00.H05"
FILES = {"Văn bản số 1.pdf": b"%PDF-1.7\n%%EOF\n", "phụ lục.txt": b"phu luc\n"}


@dataclass
class Proven:
    """A hub, its agencies, and documents by what is special about them."""

    hub: HubProcess
    sender: Agency
    office: Agency
    province: Agency
    auditor: httpx.Client
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)

    def evidence(self, name: str, client: httpx.Client | None = None) -> bytes:
        """Fetch the evidence of a document, as an auditor or another."""
        answer = (client or self.auditor).get(f"/v1/documents/{self.documents[name]['id']}/evidence")
        assert answer.status_code == 200, answer.text
        return answer.content


@contextlib.contextmanager
def proven(folder: Path, database_url: str, **settings: str) -> Iterator[Proven]:
    """Run a hub that has accepted a signed document, an unsigned one and a large one."""
    with running_hub(folder, database_url, **settings) as hub:
        items = hub.provision(
            {
                "code": HAI_PHONG,
                "name": "UBND thành phố Hải Phòng",
                "organisation": {"key": "p256"},
                "persons": [{"name": "Nguyễn Văn An", "title": "Chủ tịch", "key": "p256"}],
            },
            {"code": OFFICE, "name": "Văn phòng Chính phủ", "organisation": {"key": "p256"}},
            {"code": BAC_NINH, "name": "UBND tỉnh Bắc Ninh", "organisation": {"key": "p256"}},
        )
        sender, office, province = (Agency(hub.url, items[code]) for code in (HAI_PHONG, OFFICE, BAC_NINH))
        auditor = Agency(hub.url, {"code": "", "token": hub.auditor()}).client
        with sender.client, office.client, province.client, auditor:
            found = Proven(hub, sender, office, province, auditor)
            _exchange(found)
            yield found


@contextlib.contextmanager
def proven_on(request: pytest.FixtureRequest, folder: Path) -> Iterator[Proven]:
    """Run the same on the kind of store that a fixture's parameter names: `sqlite` or `postgresql`."""
    with contextlib.ExitStack() as stack:
        url = f"sqlite:///{folder}/axis.db"
        if request.param == "postgresql":
            url = stack.enter_context(fresh_database(request.getfixturevalue("postgres_server")))
        yield stack.enter_context(proven(folder, url))


def _exchange(found: Proven) -> None:
    sender = found.sender
    manifest = sender.manifest([OFFICE, BAC_NINH], FILES)
    signed = sender.post(manifest, [sender.sign(manifest), sender.sign(manifest, 0)], FILES)
    unsigned = sender.send(OFFICE, signed=False)
    large = sender.send(OFFICE, files={"lớn.bin": bytes(range(256)) * 12_000})
    for name, answer in (("signed", signed), ("unsigned", unsigned), ("large", large)):
        assert answer.status_code == 201, answer.text
        found.documents[name] = answer.json()
    first, second = (each["id"] for each in found.documents["signed"]["deliveries"])
    for agency, delivery, status in (
        (found.office, first, {"code": "01"}),
        (found.office, first, {"code": "03", "note": "Đã vào sổ văn bản đến"}),
        (found.province, second, {"code": "02", "note": "sai thẩm quyền"}),
    ):
        answer = agency.client.post(f"/v1/deliveries/{delivery}/statuses", json=status)
        assert answer.status_code == 201, answer.text


def unpacked(archive: bytes, folder: Path) -> Path:
    """Unpack an archive with another program's reader; return the folder."""
    folder.mkdir(parents=True)
    packed = folder.with_suffix(".zip")
    packed.write_bytes(archive)
    with zipfile.ZipFile(packed) as opened:
        assert opened.testzip() is None
        opened.extractall(folder)
    return folder


def contents(archive: bytes) -> dict[str, bytes]:
    """Return the parts of an archive by name."""
    with io.BytesIO(archive) as file:
        return {each.entry.name: b"".join(pieces_of(file, each)) for each in read_archive(file, "README.txt")}


def forged(parts: Mapping[str, bytes], key: NoteSigner, order: Sequence[str] | None = None) -> bytes:
    """Write an archive of these parts whose list whoever holds the ledger's key has signed."""
    names = [name for name in order or parts if name != "SHA256SUMS"]
    made = [part(name, parts[name]) for name in names]
    return b"".join(written([*made, signed_sums(made, key)]))


def ledger_signer(found: Proven) -> NoteSigner:
    """Return what signs the hub's ledger, which its operator has."""
    name = found.auditor.get("/v1/ledger/keys").json()["items"][0]["origin"]
    return NoteSigner(name, load_key(found.hub.folder / "ledger-key.pem"))
