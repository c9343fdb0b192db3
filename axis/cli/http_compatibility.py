"""Makes the HTTP parser accept two kinds of request: with an offer of an upgrade, and HTTP/1.0 with Expect.

Java's own client offers HTTP/2 (`Upgrade: h2c`) with each plain request, which the parser would take for the
end of HTTP. RFC 9110, sections 7.8 and 10.1.1.
"""

from typing import Final

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

INVALID: Final = "Invalid HTTP request received."
_OFFERS: Final = frozenset({b"upgrade", b"http2-settings"})


class CompatibleProtocol(HttpToolsProtocol):
    """Reads a request that offers an upgrade as if it did not, and sends no 100 to HTTP/1.0."""

    def data_received(self, data: bytes) -> None:
        """Take what came; a head that offers an upgrade is read a second time, without the offer."""
        self._unset_keepalive_if_required()
        while data:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                if not self._is_offer():
                    self.send_400_response(INVALID)  # CONNECT: this is no proxy
                    return
                rest = data[upgrade.args[0] :]
                data = self._head_without_offer() + rest
                self.parser = httptools.HttpRequestParser(self)
            except httptools.HttpParserError:
                self.logger.warning(INVALID)
                self.send_400_response(INVALID)
                return
            else:
                return

    def on_headers_complete(self) -> None:
        """Begin to answer, unless the head has to be read again."""
        if self._is_offer():
            return
        if self.parser.get_http_version() == "1.0":
            self.expect_100_continue = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Take a request's end, unless its head has to be read again."""
        if not self._is_offer():
            super().on_message_complete()

    def _is_offer(self) -> bool:
        return self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT"

    def _head_without_offer(self) -> bytes:
        version = self.parser.get_http_version().encode()
        lines = [b"%s %s HTTP/%s" % (self.parser.get_method(), self.url, version)]
        for name, value in self.headers:
            if name == b"connection":
                options = [option.strip() for option in value.split(b",")]
                kept = [option for option in options if option.lower() not in _OFFERS]
                lines.append(b"connection: " + b", ".join(kept))
            elif name not in _OFFERS:
                lines.append(b"%s: %s" % (name, value))
        return b"\r\n".join([*lines, b"", b""])
