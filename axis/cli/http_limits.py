"""HTTP as the hub's listeners read it: what stands around a body is bounded.

It answers no request. Nothing of a request is known before its head is whole, so that whoever can reach the
port could fill the memory with a head that does not end; the parser alone sets no limit to it.
"""

from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES: Final = 256 * 1024
"""A call of the old protocol with two thousand recipients has three quarters of it: each is there twice."""
GRACE_SECONDS: Final = 10
"""How long answers under way may take when the hub is asked to stop."""


class BoundedProtocol(HttpToolsProtocol):
    """Closes a connection on which more came than a head may have, and no byte of a body among it."""

    _outside = 0
    """Bytes since the last of a body or a request's end: a head's, a chunk's extension's, trailers'."""

    def data_received(self, data: bytes) -> None:
        """Take what came, and see whether it can still become a request."""
        self._outside += len(data)
        super().data_received(data)
        if self._outside > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The request's head is too long.")

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body."""
        self._outside = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Take a request's end."""
        self._outside = 0
        super().on_message_complete()
