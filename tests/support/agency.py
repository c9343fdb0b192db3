"""An agency as tests know it: makes manifests, signs them, posts them. It uses none of the nodes' code."""

import hashlib
import itertools
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
from cryptography import x509
from support.waiting import GUARD_SECONDS

from signing import cms, keys

_numbers = itertools.count(1)


@dataclass
class Agency:
    """One provisioned agency and its client."""

    url: str
    item: dict[str, Any]

    def __post_init__(self):
        self.code: str = self.item["code"]
        self.client = httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {self.item['token']}"},
            trust_env=False,
            timeout=GUARD_SECONDS,
        )

    def manifest(self, to, files=None, **members) -> bytes:
        """Return a manifest's bytes with a number of its own."""
        files = {"van-ban.pdf": b"%PDF-1.7\n%%EOF\n"} if files is None else files
        return json.dumps(
            {
                "from": self.code,
                "to": [to] if isinstance(to, str) else list(to),
                "number": f"{next(_numbers)}/UBND-VX",
                "issued_on": "2026-06-03",
                "type": "cong-van",
                "subject": "V/v thử liên thông văn bản",
                "attachments": [
                    {
                        "name": name,
                        "media_type": "application/pdf",
                        "size": len(content),
                        "sha256": hashlib.sha256(content).hexdigest(),
                    }
                    for name, content in files.items()
                ],
                **members,
            },
            ensure_ascii=False,
        ).encode()

    def sign(self, content: bytes, person: int | None = None) -> bytes:
        """Sign as the organisation, or as one of its persons."""
        holder = self.item["organisation"] if person is None else self.item["persons"][person]
        chain = x509.load_pem_x509_certificates(holder["certificate"].encode())
        return cms.sign(
            content,
            chain[0],
            keys.from_pem(holder["key"].encode()),
            chain=chain[1:],
            signing_time=datetime.now(UTC),
        )

    def post(self, manifest: bytes, signatures=(), files=None, **headers) -> httpx.Response:
        """Post a document's parts as they are given."""
        files = {"van-ban.pdf": b"%PDF-1.7\n%%EOF\n"} if files is None else files
        parts: list[tuple[str, tuple[str | None, bytes, str]]] = [
            ("manifest", ("manifest.json", manifest, "application/json"))
        ]
        parts += [
            ("signature", ("s.p7s", signature, "application/pkcs7-signature")) for signature in signatures
        ]
        parts += [("attachment", (name, content, "application/pdf")) for name, content in files.items()]
        return self.client.post("/v1/documents", files=parts, headers=headers)

    def send(self, to, signed: bool = True, files=None, **members) -> httpx.Response:
        """Write, sign and post a document."""
        manifest = self.manifest(to, files, **members)
        return self.post(manifest, [self.sign(manifest)] if signed else [], files)
