"""Send a signed document, read the inbox, answer with a status. See README.md beside this file."""

import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

AXIS = os.environ.get("AXIS", "http://127.0.0.1:8000")
FROM, TO = os.environ.get("FROM", "H62"), os.environ.get("TO", "G22")
NUMBER = os.environ.get("NUMBER", f"{int(time.time())}/UBND-VX")
NAME, CONTENT = "Công văn số 1.pdf", b"%PDF-1.7\n%%EOF\n"


def main() -> None:
    """Send from one agency and answer as the other."""
    # 1 write the manifest: one signature over it binds every file by its digest
    manifest = json.dumps(
        {
            "from": FROM,
            "to": [TO],
            "number": NUMBER,
            "issued_on": "2026-06-03",
            "type": "cong-van",
            "subject": "V/v gửi, nhận văn bản điện tử",
            "attachments": [
                {
                    "name": NAME,
                    "media_type": "application/pdf",
                    "size": len(CONTENT),
                    "sha256": hashlib.sha256(CONTENT).hexdigest(),
                }
            ],
        },
        ensure_ascii=False,
    ).encode()

    with _client("sender.token") as sender, _client("recipient.token") as recipient:
        # 3 send; sending the same again is safe and gets the first answer
        parts = [
            ("manifest", ("manifest.json", manifest, "application/json")),
            ("signature", ("manifest.p7s", _sign(manifest), "application/pkcs7-signature")),
            ("attachment", (NAME, CONTENT, "application/pdf")),
        ]
        sent = _answer(sender.post("/v1/documents", files=parts))
        print("sent:", sent["verdict"]["indication"])

        # 4 the recipient's inbox; keep `next` and go on from there
        inbox = _answer(recipient.get("/v1/inbox", params={"limit": 1000}))
        item = next(each for each in inbox["items"] if each["document"] == sent["id"])
        print("inbox:", item["attachments"][0]["name"])

        # 5 answer with a status
        status = {"code": "03", "note": "Đã vào sổ văn bản đến"}
        print(
            "status:", _answer(recipient.post(f"/v1/deliveries/{item['id']}/statuses", json=status))["code"]
        )


def _sign(manifest: bytes) -> bytes:
    """2 sign exactly these bytes: detached CMS, with the issuers that cert.pem holds."""
    signer, *issuers = x509.load_pem_x509_certificates(Path("cert.pem").read_bytes())
    key = load_pem_private_key(Path("key.pem").read_bytes(), None)
    builder = PKCS7SignatureBuilder().set_data(manifest).add_signer(signer, key, SHA256())
    for issuer in issuers:
        builder = builder.add_certificate(issuer)
    return builder.sign(Encoding.DER, [PKCS7Options.DetachedSignature, PKCS7Options.Binary])


def _client(token_file: str) -> httpx.Client:
    token = Path(token_file).read_text(encoding="utf-8").strip()
    return httpx.Client(base_url=AXIS, headers={"Authorization": f"Bearer {token}"}, timeout=60)


def _answer(response: httpx.Response) -> dict[str, Any]:
    """Return the answer; a refusal names its code, what is wrong where, and the remedy."""
    if response.is_error:
        raise SystemExit(response.text)
    answer: dict[str, Any] = response.json()
    return answer


if __name__ == "__main__":
    main()
