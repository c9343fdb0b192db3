"""Receives what a hub pushes to a webhook: checks the signature, drops repetitions, hands each message on.

A small server, for trying webhooks out and for scripts.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from time import time

from axis.protocol.webhook_signatures import WebhookSignatureError, check_headers

MAX_BYTES = 1024 * 1024
"""The largest message; a delivery with a hundred attachments has some 60 KB."""
REMEMBERED = 10_000
"""How many ids are remembered, so that a message which comes again is known."""
STEP_SECONDS = 10
"""How long a sender may be silent."""
LOOK_SECONDS = 0.2
"""How often `handle_request` returns while nobody comes."""

Take = Callable[[str, bytes, dict[str, str]], bool]
"""Takes a message: its id, its body, its headers. False: it could not, and the hub is to send it again."""


class WebhookListener(ThreadingHTTPServer):
    """Listens on one address; each message is taken once, one after the other."""

    daemon_threads = False  # what is under way is answered before the end
    timeout = LOOK_SECONDS

    def __init__(self, host: str, port: int, secret: bytes, take: Take) -> None:
        """Listen; port 0 chooses a free one. Raises `OSError` where the address cannot be had."""
        super().__init__((host, port), _Handler)
        self._secret = secret
        self._take = take
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    @property
    def url(self) -> str:
        """The address for `PUT /v1/webhooks/{name}`."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}/"

    def receive(self, headers: dict[str, str], body: bytes) -> tuple[HTTPStatus, str]:
        """Return what a message is answered, and why where it is refused."""
        try:
            message_id = check_headers(self._secret, headers, body, time())
        except WebhookSignatureError as error:
            return HTTPStatus.UNAUTHORIZED, str(error)
        with self._lock:
            if message_id in self._seen:
                return HTTPStatus.NO_CONTENT, ""
            if not self._take(message_id, body, headers):
                return HTTPStatus.BAD_GATEWAY, "it could not be handed on"
            self._seen[message_id] = None
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
        return HTTPStatus.NO_CONTENT, ""

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Close the listening socket when the context ends."""
        try:
            yield
        finally:
            self.server_close()


class _Handler(BaseHTTPRequestHandler):
    """One connection, for one message."""

    timeout = STEP_SECONDS
    server: WebhookListener

    def do_POST(self) -> None:
        """Take a message."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._answer(HTTPStatus.LENGTH_REQUIRED, "Content-Length is wanted")
            return
        if len(length) > len(str(MAX_BYTES)) or int(length) > MAX_BYTES:
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {MAX_BYTES} bytes")
            return
        body = self.rfile.read(int(length))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._answer(*self.server.receive(headers, body))

    def _answer(self, status: HTTPStatus, reason: str) -> None:
        text = f"{reason}\n".encode() if reason else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        if text:
            self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Say nothing: `take` prints what came."""
