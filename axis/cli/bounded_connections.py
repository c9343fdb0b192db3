"""Limits the bytes, the time and the number of connections to the hub's listeners.

A connection ends when its request or its answer is too slow or stops. The limits are in
`axis.cli.http_limits`. The time to make an answer is not limited, since long polls and event streams wait on
purpose.
"""

import logging
import uuid
from asyncio import AbstractEventLoop
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from axis.cli.http_compatibility import CompatibleProtocol
from axis.cli.http_limits import (
    HEALTH,
    LONGEST_STEP_SECONDS,
    LOOKS,
    MAX_HEAD_BYTES,
    RESERVE,
    Limits,
)
from axis.problems import language_of, respond
from axis.protocol.errors import Overloaded

RETRY_AFTER_SECONDS: Final = 5

TIMED_OUT: Final = STATUS_LINE[408] + (
    b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%s"
)

_log = logging.getLogger("axis.serve")


class Watchman:
    """Checks all connections of one listener again and again, with one timer."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._connections: set[BoundedProtocol] = set()
        self._step = min(LONGEST_STEP_SECONDS, limits.head_seconds / LOOKS, limits.idle_seconds / LOOKS)
        self._is_full = False
        self._is_looking = False
        self._unsent: dict[BoundedProtocol, int] = {}
        """Bytes of answers that wait for their readers, by connection."""
        self._unsent_bytes = 0

    def add(self, connection: "BoundedProtocol") -> int:
        """Add a connection; return how many there are beyond the bound."""
        self._connections.add(connection)
        if not self._is_looking:
            self._look_later(connection.loop)
        surplus = len(self._connections) - self.limits.connections
        if surplus > 0 and not self._is_full:
            _log.warning("all %d connections are taken: further ones get 503", self.limits.connections)
        self._is_full = surplus > 0
        return surplus

    def discard(self, connection: "BoundedProtocol") -> None:
        """Remove a connection."""
        self._connections.discard(connection)
        self.release(connection)

    @property
    def is_clogged(self) -> bool:
        """Whether more bytes of answers wait for their readers than may."""
        return self._unsent_bytes > self.limits.unsent_bytes

    def hold(self, connection: "BoundedProtocol", unsent: int) -> None:
        """Count bytes of an answer whose reader does not keep up."""
        was_clogged = self.is_clogged
        self.release(connection)
        self._unsent[connection] = unsent
        self._unsent_bytes += unsent
        if self.is_clogged and not was_clogged:
            _log.warning("%d bytes wait for slow readers: further requests get 503", self._unsent_bytes)

    def release(self, connection: "BoundedProtocol") -> None:
        """Count them no more: they have been read, or never will be."""
        self._unsent_bytes -= self._unsent.pop(connection, 0)

    def _drop_slowest(self) -> None:
        """Close the connections whose readers have taken least for longest, until the others fit."""
        for connection in sorted(self._unsent, key=lambda each: each.unread_seconds, reverse=True):
            if not self.is_clogged or not connection.unread_seconds:
                return
            self.release(connection)
            connection.transport.abort()

    def _look_later(self, loop: AbstractEventLoop) -> None:
        self._is_looking = bool(self._connections)
        if self._is_looking:
            loop.call_later(self._step, self._look, loop.time(), loop)

    def _look(self, before: float, loop: AbstractEventLoop) -> None:
        # Time in which this process had no processor does not count against its callers.
        passed = min(loop.time() - before, 2 * self._step)
        for connection in tuple(self._connections):
            connection.look(passed)
        if self.is_clogged:
            self._drop_slowest()
        self._look_later(loop)


class BoundedProtocol(CompatibleProtocol):
    """A connection that ends when a head is too long, or when it is too slow."""

    def __init__(self, *args: Any, watchman: Watchman, **named: Any) -> None:
        super().__init__(*args, **named)
        self._watchman = watchman
        self._limits = watchman.limits
        self._is_surplus = False
        self._expects = ""
        """`head` or `body`; nothing between the end of a request and the first byte of the next."""
        self._outside = 0
        """Bytes outside bodies since the last byte of one: of heads, chunk extensions and trailers."""
        self._waited = 0.0
        """Seconds that a head or a body has taken so far."""
        self._quiet = 0.0
        """Seconds since the last byte of a body."""
        self._body_bytes = 0
        self._unsent = 0
        """The most bytes of answers that waited for the reader since it last read enough of them."""
        self._unread = 0.0
        """Seconds since then."""

    def connection_made(self, transport: Any) -> None:
        """Accept a connection if there is room."""
        super().connection_made(transport)
        surplus = self._watchman.add(self)
        self._is_surplus = surplus > 0
        if surplus > RESERVE:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Remove the connection."""
        self._watchman.discard(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take received bytes, and check whether they can still be a request."""
        self._outside += len(data)
        super().data_received(data)
        if self._outside > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The request's head is too long.")

    def on_message_begin(self) -> None:
        """Take the first byte of a request."""
        super().on_message_begin()
        self._expects, self._waited = "head", 0.0

    def on_headers_complete(self) -> None:
        """Take the end of a head, and begin to answer."""
        self._expects, self._waited, self._quiet, self._body_bytes = "body", 0.0, 0.0, 0
        is_refused = self._is_surplus or self._watchman.is_clogged
        is_refused = is_refused and self.url.partition(b"?")[0] not in HEALTH
        self.app = _say_full if is_refused else self.config.loaded_app
        super().on_headers_complete()
        if self._is_surplus and self.cycle is not None:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body."""
        self._outside = 0
        self._quiet = 0.0
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Take a request's end."""
        self._outside = 0
        self._expects, self._waited = "", 0.0
        super().on_message_complete()

    @property
    def unread_seconds(self) -> float:
        """For how long the reader has taken too little of what waits for it."""
        return self._unread

    def pause_writing(self) -> None:
        """Note that more waits for the reader than it takes."""
        self._watchman.hold(self, self.transport.get_write_buffer_size())
        super().pause_writing()

    def resume_writing(self) -> None:
        """Note that the reader has read most of what waited for it."""
        self._unread = 0.0
        self._watchman.release(self)
        super().resume_writing()

    def look(self, passed: float) -> None:
        """Check whether bytes have moved, `passed` seconds after the last check."""
        if not self._is_read(passed):
            self.transport.abort()
        elif self.transport.is_closing():
            return
        elif self._expects == "body":
            self._look_at_body(passed)
        elif self._expects == "head" or self._is_silent():
            self._waited += passed
            if self._waited > self._limits.head_seconds:
                self._give_up("The request's head did not come to its end in time.")

    def _is_read(self, passed: float) -> bool:
        """Tell whether answers are read: completely now and then, or at the least speed."""
        unsent = self.transport.get_write_buffer_size()
        taken = self._limits.bytes_per_second * self._limits.idle_seconds
        if not unsent or self._unsent - unsent >= max(1, taken):
            self._unsent, self._unread = unsent, 0.0
            return True
        self._unsent = max(self._unsent, unsent)
        self._unread += passed
        return self._unread <= self._limits.idle_seconds

    def _look_at_body(self, passed: float) -> None:
        if self.flow.read_paused or self.cycle.waiting_for_100_continue:
            return  # it is the hub that does not read
        self._quiet += passed
        self._waited += passed
        is_quiet = self._quiet > self._limits.idle_seconds
        if is_quiet or self._limits.is_too_slow(self._waited, self._body_bytes):
            self._give_up("The request's body stopped coming, or came too slowly.")

    def _is_silent(self) -> bool:
        """Tell whether nothing is under way, and no timer of uvicorn waits for the next request."""
        is_idle = self.cycle is None or self.cycle.response_complete
        return is_idle and not self.pipeline and self.timeout_keep_alive_task is None

    def _give_up(self, reason: str) -> None:
        """Answer 408 if that is still possible, and close."""
        cycle = self.cycle
        is_answering = cycle is not None and not cycle.response_complete
        if not self._expects or (self._expects == "body" and not is_answering):
            self.transport.close()  # nothing was asked, or it has been answered
        elif is_answering and (cycle.response_started or self._expects == "head"):
            self.transport.abort()  # in the middle of another answer
        else:
            self.transport.write(TIMED_OUT % (len(reason), reason.encode("ascii")))
            self.transport.close()
        if is_answering:
            cycle.disconnected = True
            cycle.message_event.set()


async def _say_full(scope: Any, receive: Any, send: Any) -> None:
    """Answer that there are too many connections, or too many bytes that wait for slow readers."""
    headers = dict(scope["headers"])
    language = language_of(headers.get(b"accept-language", b"").decode("latin-1"))
    error = Overloaded(retry_after_seconds=RETRY_AFTER_SECONDS)
    request_id = str(uuid.uuid4())
    response = respond(error, request_id=request_id, language=language)
    response.headers["X-Request-ID"] = request_id
    await response(scope, receive, send)
