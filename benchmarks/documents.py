"""Measures the hub, one document a request, beside what bounds it: servers and arithmetic that do less."""

import hashlib
import itertools
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509

from benchmarks.alternating_rounds import Round, run_requests
from benchmarks.ceilings import bare_commit, bare_crypto
from benchmarks.server_processes import Store, bare, framework, make_store, provision, serving
from signing import cms, keys

SENDER, RECIPIENT = "000.00.00.H62", "000.00.00.G22"
MANIFEST_BYTES = 2_000
ATTACHMENT_BYTES = 20_000
BOUNDARY = b"axis-bench-boundary"
WARM_UP = 200
HUB, BARE, FRAMEWORK, CRYPTO, COMMIT = (
    "hub",
    "bare durable server",
    "bare framework route",
    "bare crypto",
    "bare commit",
)


def measure(
    documents: int, connections: Sequence[int], rounds: int, database_url: str | None, workers: int = 1
) -> dict[int, list[Round]]:
    """Measure all sides, turn about, so that a noisy neighbour disturbs them alike; by connections."""
    with tempfile.TemporaryDirectory(prefix="axis-bench-") as folder:
        store = make_store(Path(folder), database_url)
        requests = requests_of(store)
        return {
            at_once: [_round(store, requests, documents, at_once, workers) for _ in range(rounds)]
            for at_once in connections
        }


def _round(
    store: Store, requests: Callable[[int], list[bytes]], documents: int, at_once: int, workers: int
) -> Round:
    """Measure each side once. The warm-up is as long for each."""
    sides = {}
    for name, server in (
        (HUB, serving(store, workers=workers)),
        (BARE, bare(store)),
        (FRAMEWORK, framework(store)),
    ):
        sent = requests(WARM_UP + documents)
        with server as served:
            sides[name] = run_requests(served, sent, at_once, warm_up=WARM_UP, expected=201)
    sides[CRYPTO] = bare_crypto(documents)
    sides[COMMIT] = bare_commit(store, documents, at_once)
    return sides


def requests_of(store: Store) -> Callable[[int], list[bytes]]:
    """Make two agencies; return what makes so many requests, no document twice."""
    with serving(store) as hub:
        agencies: list[dict[str, object]] = [
            {"code": SENDER, "name": "UBND tỉnh Vĩnh Phúc", "organisation": {"key": "p256"}},
            {"code": RECIPIENT, "name": "Văn phòng Chính phủ"},
        ]
        items = provision(store, hub.sandbox, agencies)
    sender, signer, numbers = items[SENDER], Signer.of(items[SENDER]), itertools.count(1)
    return lambda count: [_request(sender, signer, next(numbers)) for _ in range(count)]


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
