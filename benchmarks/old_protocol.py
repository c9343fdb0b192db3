"""One document a call over the old protocol, beside the same files over REST, through one hub."""

import hashlib
import itertools
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from axis.protocol import edxml, vxp
from benchmarks.alternating_rounds import Round, Side, run_requests
from benchmarks.documents import RECIPIENT, SENDER, Signer, post
from benchmarks.server_processes import Store, make_store, provision, serving
from nodes.pdf import Line, write_pdf
from signing.pades import sign_pdf

ATTACHMENT_BYTES = 20_000
WARM_UP = 200
OLD, REST = "old protocol", "rest"
Content = Callable[[int], bytes]


def measure(
    documents: int, connections: int, rounds: int, database_url: str | None, *, signed_files: bool
) -> list[Round]:
    """Send the same files through both doors of one hub, turn about.

    REST documents are signed over their manifest, messages of the old protocol not at all; with
    `signed_files` both carry PDFs that are signed in themselves, and no other signature.
    """
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
            token, secret = str(items[SENDER]["token"]), _system(store)
            signer = Signer.of(items[SENDER])
            content = _signed_pdf(signer) if signed_files else _plain
            manifest_signer = None if signed_files else signer

            def run(make: Callable[[int], bytes], expected: int) -> Side:
                requests = [make(next(numbers)) for _ in range(WARM_UP + documents)]
                return run_requests(hub, requests, connections, warm_up=WARM_UP, expected=expected)

            return [
                {
                    OLD: run(lambda n: _call(secret, n, content(n)), 200),
                    REST: run(lambda n: post(token, n, content(n), manifest_signer), 201),
                }
                for _ in range(rounds)
            ]


def _system(store: Store) -> bytes:
    command = [sys.executable, "-m", "axis", "vxp", "system", "add", SENDER]
    return subprocess.run(command, env=store.environment(), check=True, capture_output=True).stdout.strip()


def _plain(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest() * (ATTACHMENT_BYTES // 32)


def _signed_pdf(signer: Signer) -> Content:
    def make(number: int) -> bytes:
        lines = [Line("V/v liên thông văn bản điện tử")] * 40
        pdf = write_pdf(f"{number}/UBND-VX", lines, day="2026-06-03")
        return sign_pdf(
            pdf, signer.certificate, signer.key, signing_time=datetime.now(UTC), kind="organisation"
        )

    return make


def _call(secret: bytes, number: int, content: bytes) -> bytes:
    message = edxml.write(
        edxml.Document(
            sender=edxml.Party(SENDER, name="UBND tỉnh Vĩnh Phúc"),
            recipients=(edxml.Party(RECIPIENT, name="Văn phòng Chính phủ"),),
            document_id=f"{SENDER},2026/06/03,{number}/UBND-VX",
            code=edxml.DocumentCode(str(number), "UBND-VX"),
            place="Vĩnh Phúc",
            promulgated_on=date(2026, 6, 3),
            kind=edxml.kind_of("cong-van"),
            subject="V/v liên thông văn bản điện tử. " * 40,
            attachments=(edxml.Attachment("1", "van-ban.pdf", content),),
        )
    )
    parameters = {
        "systemid": SENDER,
        "servicetype": "eDoc",
        "messagetype": "edoc",
        "hash-file": hashlib.sha256(message).hexdigest(),
        "from": SENDER,
        "timestamp": vxp.stamp(datetime.now(UTC)),
        "Content-Type": "application/octet-stream",
    }
    headers = "".join(f"{name}: {value}\r\n" for name, value in vxp.sign(parameters, secret))
    body = message + vxp.FILE_END
    head = f"POST /vxp/sendEdoc HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body
