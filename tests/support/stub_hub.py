"""A tiny HTTP server in a hub's place: it answers from a script and remembers what it was asked."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from support.quiet_server import QuietServer


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Say:
    """One answer of the script; `hang_up` closes the connection without any."""

    status: int = 200
    body: object = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False

    @property
    def payload(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


def problem(status: int, code: str, **members: object) -> Say:
    headers = {"Content-Type": "application/problem+json"}
    if "retry_after" in members:
        headers["Retry-After"] = str(members.pop("retry_after"))
    return Say(status, {"status": status, "code": code, "detail": f"because of {code}", **members}, headers)


@dataclass
class StubHub:
    url: str
    asked: list[Asked]


@contextmanager
def stub_hub(*script: Say, otherwise: Callable[[Asked], Say] | None = None) -> Iterator[StubHub]:
    """Serve `script` answer by answer, then `otherwise` (or its last answer for ever)."""
    asked: list[Asked] = []
    answers = list(script)
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            request = Asked(self.command, self.path, dict(self.headers), self.rfile.read(length))
            with lock:
                asked.append(request)
                if answers and (otherwise is not None or len(answers) > 1):
                    said = answers.pop(0)
                else:
                    said = answers[0] if answers else otherwise(request)
            if said.hang_up:
                self.close_connection = True
                return
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.payload)))
            self.end_headers()
            self.wfile.write(said.payload)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - the library's names

        def log_message(self, *_args: object) -> None:
            pass

    server = QuietServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield StubHub(f"http://127.0.0.1:{server.server_port}", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
