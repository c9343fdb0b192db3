"""A TCP proxy between an agency and the hub that harms the first request and lets the others through."""

import contextlib
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal
from urllib.parse import urlsplit

Harm = Literal["lose-answer", "cut", "trickle"]
"""What is done to the first request: its answer is dropped, it ends in the middle, it comes in pieces."""

_SECONDS = 60.0  # no silence is longer than this
_PIECES = 20
_PAUSE_SECONDS = 0.05
_CHUNK = 65_536


@contextmanager
def harmful(hub: str, harm: Harm, *, sleep: Callable[[float], None] = time.sleep) -> Iterator[str]:
    """Open the proxy in front of the hub at `hub`, and give its URL."""
    parts = urlsplit(hub)
    upstream = (parts.hostname or "127.0.0.1", parts.port or 80)
    untouched = threading.Lock()
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=serve, args=(client,), daemon=True))
            threads[-1].start()

    def serve(client: socket.socket) -> None:
        with contextlib.suppress(OSError), client, socket.create_connection(upstream, _SECONDS) as server:
            client.settimeout(_SECONDS)
            while request := _message(client):
                if untouched.acquire(blocking=False):
                    if _harmed(request, harm, server, sleep):
                        return
                else:
                    server.sendall(request)
                client.sendall(_message(server))

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _harmed(request: bytes, harm: Harm, server: socket.socket, sleep: Callable[[float], None]) -> bool:
    """Forward the first request with its harm; tell whether the agency's connection must end now."""
    if harm == "cut":
        server.sendall(request[: len(request) // 2])
        return True
    if harm == "lose-answer":
        server.sendall(request)
        _message(server)
        return True
    size = max(1, len(request) // _PIECES)
    for start in range(0, len(request), size):
        server.sendall(request[start : start + size])
        sleep(_PAUSE_SECONDS)
    return False


def _message(peer: socket.socket) -> bytes:
    """Read one request or answer whole; empty where the peer has ended."""
    found = b""
    while (end := found.find(b"\r\n\r\n")) < 0:
        part = peer.recv(_CHUNK)
        if not part:
            return b""
        found += part
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", found[:end])
    whole = end + 4 + (int(length[1]) if length else 0)
    while len(found) < whole:
        part = peer.recv(_CHUNK)
        if not part:
            return b""
        found += part
    return found
