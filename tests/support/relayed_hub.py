"""A hub in this process some of whose agencies are reached via a relay, with a client for each caller."""

import base64
import hashlib
import itertools
import json
import os
from pathlib import Path
from typing import Any

import httpx
from support.application import client_of, keep_routes

from axis.agencies.directory_changes import AgencyEntry, put_agencies
from axis.app import build, create_app
from axis.clock import real_now
from axis.database.store_facts import version
from axis.ledger.key import make_key
from axis.protocol.agency_codes import AgencyCode
from axis.settings import Settings

CONTENT = b"%PDF-1.7 a letter"
_numbers = itertools.count(1)


class RelayedHub:
    """A hub; `own` are its agencies' codes, `via` says which others it reaches through which relay."""

    def __init__(self, url: str, folder: Path, own: tuple[str, ...], via: dict[str, str]) -> None:
        folder.mkdir(exist_ok=True)
        keys = {"secret_key_file": folder / "secret.key", "ledger_key_file": folder / "ledger-key.pem"}
        keys["secret_key_file"].write_bytes(base64.b64encode(os.urandom(32)))
        make_key(keys["ledger_key_file"])
        self.hub = build(Settings(database_url=url, public_url=f"http://{folder.name}.test", **keys))
        self.app = keep_routes(create_app(self.hub))
        self.clients = {}
        entries = [AgencyEntry(AgencyCode(code), f"Cơ quan {code}", None) for code in own]
        entries += [AgencyEntry(AgencyCode(code), f"Cơ quan {code}", None, via=via[code]) for code in via]
        self.put(*entries)

    def put(self, *entries: AgencyEntry) -> None:
        self.hub.database.write(lambda tx: put_agencies(tx, entries, real_now()))
        with self.hub.database.read() as tx:
            self.hub.directory.forget(version(tx))

    def client(self, name: str) -> Any:
        """The client of an agency (by its code), of the relay `via:NAME`, or of an auditor."""
        if name not in self.clients:
            grant = {"role": "agency", "agency": AgencyCode(name)}
            if name == "auditor":
                grant = {"role": "auditor", "name": "auditor"}
            elif name.startswith("via:"):
                grant = {"role": "relay", "name": name.removeprefix("via:")}
            self.clients[name] = client_of(self.app, **grant)
        return self.clients[name]

    def send(self, name: str, manifest: bytes, **query: str) -> httpx.Response:
        """Send a document as a caller."""
        parts = [("manifest", ("m", manifest)), ("attachment", ("main.pdf", CONTENT))]
        return self.client(name).post("/v1/documents", params=query, files=parts)

    def send_bare(self, name: str, manifest: bytes) -> httpx.Response:
        """Send a document without attachments."""
        return self.client(name).post("/v1/documents", files=[("manifest", ("m", manifest))])

    def put_locked(self, code: str) -> None:
        """Lock an agency, and have the hub know at once."""
        self.put(AgencyEntry(AgencyCode(code), f"Cơ quan {code}", None, locked=True))

    def close(self) -> None:
        self.hub.close()


def manifest_of(sender: str, *to: str, **members: object) -> bytes:
    """The bytes of a manifest with one attachment."""
    digest = hashlib.sha256(CONTENT).hexdigest()
    file = {"name": "main.pdf", "media_type": "application/pdf", "size": len(CONTENT), "sha256": digest}
    value = {
        "from": sender,
        "to": list(to),
        "number": f"{next(_numbers)}/UBND-VX",
        "issued_on": "2019-06-03",
        "type": "cong-van",
        "subject": "V/v báo cáo",
        "attachments": [file],
    } | members
    return json.dumps(value, ensure_ascii=False).encode()
