"""A receiver of webhooks on loopback: keeps what it is posted, and answers as it is told."""

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

from support.quiet_server import QuietServer


class WebhookReceiver:
    """What was posted, in order; `status` is answered, and only 2xx counts as taken."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/hook"
        self.status = 204
        self.headers: dict[str, str] = {}
        """Of the answer."""
        self.body = b""
        self.posts: list[tuple[int, dict[str, str], bytes]] = []
        """The status that was answered, headers with small names, and the body."""
        self.may_answer = threading.Event()
        self.may_answer.set()

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The bodies that were taken."""
        return [json.loads(body) for status, _, body in self.posts if status // 100 == 2]


@contextlib.contextmanager
def receiving() -> Iterator[WebhookReceiver]:
    """Receive until the context ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:
                return  # its sender was killed in the middle of it
            receiver.may_answer.wait()
            status = receiver.status
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.posts.append((status, headers, body))
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(receiver.body)))
            self.end_headers()
            self.wfile.write(receiver.body)

        def log_message(self, *_: object) -> None:
            pass

    server = QuietServer(("127.0.0.1", 0), Handler)
    receiver = WebhookReceiver(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.may_answer.set()
        server.shutdown()
        thread.join()
        server.server_close()
