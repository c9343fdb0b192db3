"""Measures the hub, one document a request, beside the bare durable server."""

import hashlib
import itertools
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509

from benchmarks.hubs import Served, bare, make_store, provision, serving
from benchmarks.load import Outcome, drive
from signing import cms, keys

SENDER, RECIPIENT = "000.00.00.H62", "000.00.00.G22"
MANIFEST_BYTES = 2_000
ATTACHMENT_BYTES = 20_000
BOUNDARY = b"axis-bench-boundary"
WARM_UP = 200


@dataclass(frozen=True, slots=True)
class Side:
    """One server in one round."""

    outcome: Outcome
    processor_milliseconds: float
    """Processor time for one document."""


@dataclass(frozen=True, slots=True)
class Result:
    """Both servers in one round."""

    hub: Side
    bare: Side

    @property
    def ratio(self) -> float:
        """The hub's speed as a share of the bare server's."""
        return self.hub.outcome.per_second / self.bare.outcome.per_second

    @property
    def processor_ratio(self) -> float:
        """The hub's processor time for a document as a multiple of the bare server's."""
        return self.hub.processor_milliseconds / self.bare.processor_milliseconds


def measure(
    documents: int, connections: Sequence[int], rounds: int, database_url: str | None, workers: int = 1
) -> dict[int, list[Result]]:
    """Measure both, turn about, so that a noisy neighbour disturbs both alike; by connections."""
    numbers = itertools.count(1)
    with tempfile.TemporaryDirectory(prefix="axis-bench-") as folder:
        store = make_store(Path(folder), database_url)
        with serving(store) as hub:
            items = provision(
                store,
                hub.sandbox,
                [
                    {"code": SENDER, "name": "UBND tỉnh Vĩnh Phúc", "organisation": {"key": "p256"}},
                    {"code": RECIPIENT, "name": "Văn phòng Chính phủ"},
                ],
            )
        sender = items[SENDER]
        signer = Signer.of(sender)

        def run(served: Served, at_once: int) -> Side:
            requests = [_request(sender, signer, next(numbers)) for _ in range(WARM_UP + documents)]
            drive(served.port, requests[:WARM_UP], at_once)
            before = served.processor_seconds()
            outcome = drive(served.port, requests[WARM_UP:], at_once)
            seconds = served.processor_seconds() - before
            if set(outcome.statuses) != {201}:
                message = f"not every document was accepted: {outcome.statuses}"
                raise RuntimeError(message)
            return Side(outcome, seconds * 1000 / documents)

        results: dict[int, list[Result]] = {}
        for at_once in connections:
            results[at_once] = []
            for _ in range(rounds):
                with serving(store, workers=workers) as hub:
                    ours = run(hub, at_once)
                with bare(store) as server:
                    results[at_once].append(Result(ours, run(server, at_once)))
        return results


@dataclass(frozen=True, slots=True)
class Signer:
    """An organisation's certificate, its issuers, and its key."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    key: keys.PrivateKey

    @classmethod
    def of(cls, provisioned: dict[str, Any]) -> "Signer":
        """Read the signer out of what the sandbox answered for an agency."""
        pair = provisioned["organisation"]
        certificate, *chain = x509.load_pem_x509_certificates(pair["certificate"].encode())
        return cls(certificate, tuple(chain), keys.from_pem(pair["key"].encode()))


def _request(sender: dict[str, Any], signer: Signer, number: int) -> bytes:
    attachment = hashlib.sha256(str(number).encode()).digest() * (ATTACHMENT_BYTES // 32)
    return post(sender["token"], number, attachment, signer)


def post(token: str, number: int, attachment: bytes, signer: Signer | None) -> bytes:
    """Write the request that sends one attachment; signed over its manifest where there is a signer."""
    manifest = manifest_of(number, attachment)
    parts = [_part("manifest", "manifest.json", "application/json", manifest)]
    if signer is not None:
        signature = cms.sign(
            manifest, signer.certificate, signer.key, chain=signer.chain, signing_time=datetime.now(UTC)
        )
        parts.append(_part("signature", "manifest.p7s", "application/pkcs7-signature", signature))
    parts.append(_part("attachment", "van-ban.pdf", "application/pdf", attachment))
    body = b"".join(parts) + b"--" + BOUNDARY + b"--\r\n"
    head = (
        f"POST /v1/documents HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY.decode()}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def manifest_of(number: int, attachment: bytes) -> bytes:
    """Write the manifest of a document with this one attachment."""
    members = {
        "from": SENDER,
        "to": [RECIPIENT],
        "number": f"{number}/UBND-VX",
        "issued_on": "2026-06-03",
        "type": "cong-van",
        "subject": "",
        "attachments": [
            {
                "name": "van-ban.pdf",
                "media_type": "application/pdf",
                "size": len(attachment),
                "sha256": hashlib.sha256(attachment).hexdigest(),
            }
        ],
    }
    bare = len(json.dumps(members).encode())
    members["subject"] = "V/v liên thông văn bản điện tử. " * ((MANIFEST_BYTES - bare) // 43)
    return json.dumps(members, ensure_ascii=False).encode()


def _part(name: str, filename: str, media_type: str, content: bytes) -> bytes:
    head = (
        f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: {media_type}'
    )
    return b"--" + BOUNDARY + b"\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n"
