"""Servers on loopback that keep objects as Google Cloud Storage and Azure do, as far as hubs ask them.

Written after the providers' descriptions of their XML API and their Blob service. They check no credentials.
"""

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

CONTAINER = "axis-objects"
KEY = base64.b64encode(b"khoa-bi-mat").decode()
MISSING = {
    "gs": b"<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>",
    "az": b"<Error><Code>BlobNotFound</Code><Message>The specified blob does not exist.</Message></Error>",
}
STAMPED = {"ETag": '"1"', "Last-Modified": "Sun, 29 Nov 2026 00:00:00 GMT"}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    kind: str
    kept: dict[str, bytes]
    parts: dict[tuple[str, str], bytes]

    def log_message(self, *_arguments: object) -> None:
        """Print nothing."""

    def setup_request(self) -> tuple[str, dict[str, str], bytes]:
        """Return what is asked for: the object's name, the query, and the body."""
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query, keep_blank_values=True).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return unquote(address.path), query, body

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Answer."""
        self.send_response(status)
        for name, value in {**STAMPED, **headers, "Content-Length": str(len(body))}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def is_signed(self) -> bool:
        """Whether a request carries credentials, which those of a service account without OAuth do not."""
        if self.kind == "gs" or str(self.headers.get("Authorization", "")).startswith("SharedKey khoa:"):
            return True
        self.answer(403, b"<Error><Code>AuthenticationFailed</Code></Error>")
        return False

    def do_GET(self) -> None:
        """Give an object, or a range of it."""
        name, _, _ = self.setup_request()
        if not self.is_signed():
            return
        content = self.kept.get(name)
        if content is None:
            self.answer(404, MISSING[self.kind])
            return
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if asked is None:
            self.answer(200, content)
            return
        first, last = int(asked[1]), min(int(asked[2]), len(content) - 1)
        if first > last:
            self.answer(416, b"<Error><Code>InvalidRange</Code></Error>")
            return
        self.answer(206, content[first : last + 1], Content_Range=f"bytes {first}-{last}/{len(content)}")

    def do_PUT(self) -> None:
        """Keep an object, a part of one, or (Azure) make one of its parts."""
        name, query, body = self.setup_request()
        if not self.is_signed():
            return
        if not unquote(name).split("/van-ban")[0].endswith(CONTAINER):
            self.answer(404, b"<Error><Code>ContainerNotFound</Code></Error>")
        elif query.get("comp") == "blocklist":
            ids = re.findall(rb"<(?:Uncommitted|Latest)>([^<]*)</", body)
            self.kept[name] = b"".join(self.parts.pop((name, each.decode())) for each in ids)
            self.answer(201)
        elif part := query.get("blockid") or query.get("partNumber"):
            self.parts[name, part] = body
            self.answer(201 if self.kind == "az" else 200)
        else:
            self.kept[name] = body
            self.answer(201 if self.kind == "az" else 200)

    def do_POST(self) -> None:
        """Begin or end an upload in parts (GCS); remove several objects (Azure)."""
        name, query, body = self.setup_request()
        if not self.is_signed():
            return
        if query.get("comp") == "batch":
            self._batch(body)
        elif "uploads" in query:
            self.answer(200, _tags("InitiateMultipartUploadResult", Bucket=CONTAINER, Key=name, UploadId="1"))
        else:
            numbers = re.findall(rb"<PartNumber>(\d+)</PartNumber>", body)
            self.kept[name] = b"".join(self.parts.pop((name, each.decode())) for each in numbers)
            self.answer(200, _tags("CompleteMultipartUploadResult", ETag='"1"'))

    def do_DELETE(self) -> None:
        """Remove an object."""
        name, query, _ = self.setup_request()
        if "uploadId" in query:  # of an upload in parts that was broken off
            self.answer(204)
        elif self.is_signed():
            there = self.kept.pop(name, None) is not None
            self.answer(204 if there else 404, b"" if there else MISSING[self.kind])

    def _batch(self, body: bytes) -> None:
        answers = []
        for place, address in enumerate(re.findall(rb"DELETE (\S+) HTTP/1.1", body)):
            there = self.kept.pop(unquote(address.decode()), None) is not None
            status = "202 Accepted" if there else "404 The specified blob does not exist."
            more = "" if there else "x-ms-error-code: BlobNotFound\r\nContent-Length: 0\r\n"
            head = f"Content-Type: application/http\r\nContent-ID: {place}\r\n"
            answers.append(
                f"--batch\r\n{head}\r\nHTTP/1.1 {status}\r\n{more}x-ms-version: 2023-11-03\r\n\r\n"
            )
        text = "".join([*answers, "--batch--\r\n"])
        self.answer(202, text.encode(), Content_Type="multipart/mixed; boundary=batch")


def _tags(name: str, **members: str) -> bytes:
    inner = "".join(f"<{member}>{value}</{member}>" for member, value in members.items())
    return f'<?xml version="1.0" encoding="UTF-8"?><{name}>{inner}</{name}>'.encode()


@contextmanager
def cloud_server(kind: str, folder: Path) -> Iterator[str]:
    """Run a server of a kind, `gs` or `az`, until the context ends; yield the URL of a place for objects."""
    state = {"kind": kind, "kept": {}, "parts": {}}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), state))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    if kind == "gs":
        account = {"gcs_base_url": address, "disable_oauth": True, "client_email": "", "private_key": ""}
        (folder / "account.json").write_text(json.dumps({**account, "private_key_id": ""}), encoding="utf-8")
        options = f"service_account={folder / 'account.json'}&base_url={address}"
        url = f"gs://{CONTAINER}/van-ban?{options}"
    else:
        url = f"az://khoa:{KEY}@{CONTAINER}/van-ban?endpoint={address}/khoa"
    try:
        yield url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
