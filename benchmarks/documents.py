"""One document a request, verified, durable and receipted, beside the same route without its commit."""

import hashlib
import itertools
import json
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509

from benchmarks.hubs import make_store, provision, serving
from benchmarks.load import Outcome, drive
from signing import cms, keys

SENDER, RECIPIENT = "000.00.00.H62", "000.00.00.G22"
MANIFEST_BYTES = 2_000
ATTACHMENT_BYTES = 20_000
BOUNDARY = b"axis-bench-boundary"
WARM_UP = 200


@dataclass(frozen=True, slots=True)
class Result:
    """Both sides of one round, in this process's order of measuring."""

    committed: Outcome
    uncommitted: Outcome

    @property
    def ratio(self) -> float:
        """Committed speed as a share of the speed without the commit."""
        return self.committed.per_second / self.uncommitted.per_second


def measure(documents: int, connections: int, rounds: int, database_url: str | None) -> list[Result]:
    """Measure both, turn about, so that a noisy neighbour disturbs both alike."""
    numbers = itertools.count(1)
    with tempfile.TemporaryDirectory(prefix="axis-bench-") as folder:
        store = make_store(Path(folder), database_url)
        with serving(store, commit=True) as (_, sandbox):
            items = provision(
                store,
                sandbox,
                [
                    {"code": SENDER, "name": "UBND tỉnh Vĩnh Phúc", "organisation": {"key": "p256"}},
                    {"code": RECIPIENT, "name": "Văn phòng Chính phủ"},
                ],
            )
        sender = items[SENDER]
        signer = Signer.of(sender)

        def run(*, commit: bool) -> Outcome:
            requests = [_request(sender, signer, next(numbers)) for _ in range(WARM_UP + documents)]
            with serving(store, commit=commit) as (port, _):
                drive(port, requests[:WARM_UP], connections)
                outcome = drive(port, requests[WARM_UP:], connections)
            if set(outcome.statuses) != {201}:
                message = f"not every document was accepted: {outcome.statuses}"
                raise RuntimeError(message)
            return outcome

        return [Result(run(commit=True), run(commit=False)) for _ in range(rounds)]


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
    manifest = _manifest(number, attachment)
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


def _manifest(number: int, attachment: bytes) -> bytes:
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
