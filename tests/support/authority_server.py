"""Another authority's server on loopback: it serves what it is given, or fails as it is told to."""

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from support.quiet_server import QuietServer


@dataclass
class Outside:
    """What the server answers by path, and what it was asked."""

    port: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    status: int = 200
    delay_seconds: float = 0.0
    drip_seconds: float = 0.0
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)

    @property
    def host(self) -> str:
        """The host as the setting names it; tests look it up as loopback."""
        return f"ca.test:{self.port}"

    def url(self, path: str) -> str:
        """The address of a file."""
        return f"http://{self.host}{path}"


def loopback(_host: str, _port: int) -> list[str]:
    """Look up every host as loopback, where the tests' servers are."""
    return ["127.0.0.1"]


@contextlib.contextmanager
def serving() -> Iterator[Outside]:
    """Serve on a free port until the end."""
    outside = Outside()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(b"")

        def do_POST(self) -> None:
            self.answer(self.rfile.read(int(self.headers["Content-Length"])))

        def answer(self, body: bytes) -> None:
            outside.asked.append((self.path, self.headers["Host"], body))
            time.sleep(outside.delay_seconds)
            content = outside.files.get(self.path)
            self.send_response(404 if content is None else outside.status)
            self.send_header("Content-Length", str(len(content or b"")))
            if outside.status in {301, 302, 307}:
                self.send_header("Location", "/other")
            self.end_headers()
            with contextlib.suppress(OSError):
                for byte in content or b"" if outside.drip_seconds else ():
                    self.wfile.write(bytes([byte]))
                    time.sleep(outside.drip_seconds)
                if not outside.drip_seconds:
                    self.wfile.write(content or b"")

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = QuietServer(("127.0.0.1", 0), Handler)
    outside.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield outside
    finally:
        server.shutdown()
        server.server_close()
