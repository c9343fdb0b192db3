"""Bulk requests as tests make them: lines, and a request whose body goes on while its answer is read."""

import base64
import contextlib
import hashlib
import http.client
import json
import socket
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from support.waiting import GUARD_SECONDS

CONTENT = b"%PDF-1.7\n%%EOF\n"
NDJSON = {"Content-Type": "application/x-ndjson"}


def line_of(
    manifest: bytes,
    signatures: Iterable[bytes] = (),
    contents: Iterable[bytes] = (CONTENT,),
    **members: object,
) -> bytes:
    """Write a line; `members` replace those it would have."""
    attachments = {hashlib.sha256(content).hexdigest(): coded(content) for content in contents}
    line = {
        "manifest": coded(manifest),
        "signatures": [coded(each) for each in signatures],
        "attachments": attachments,
    }
    return json.dumps(line | members).encode()


def coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


@contextlib.contextmanager
def conversation(url: str, token: str) -> Iterator[tuple[socket.socket, http.client.HTTPResponse]]:
    """Open a request whose body goes on; its answer is read line by line, after `begin`."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=GUARD_SECONDS)
    connection.putrequest("POST", "/v1/documents/bulk")
    connection.putheader("Authorization", f"Bearer {token}")
    connection.putheader("Content-Type", NDJSON["Content-Type"])
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    with contextlib.closing(connection):
        yield connection.sock, http.client.HTTPResponse(connection.sock, method="POST")


def write(sock: socket.socket, line: bytes) -> None:
    """Send one more line."""
    sock.sendall(f"{len(line) + 1:x}\r\n".encode() + line + b"\n\r\n")
