"""Callers that stop, or crawl, in the middle of a head, a body or an answer, and callers that are too many.

The listener is the hub's own, before a small application; at the end before the whole hub.
"""

import asyncio
import contextlib
import socket
import threading
from dataclasses import dataclass, field

import pytest
from support.hub import HubProcess
from support.waiting import GUARD_SECONDS, wait_until

from axis.cli import bounded_connections, uvicorn_listeners
from axis.cli.http_limits import Limits
from axis.settings import Settings

SHORT = 0.2
"""Seconds: what is to be too slow is given so much, what is to pass the settings' own."""
POST = b"POST /echo HTTP/1.1\r\nHost: axis\r\nContent-Length: %d\r\n\r\n"
GET = b"GET %s HTTP/1.1\r\nHost: axis\r\n\r\n"
LARGE = 64 * 1024 * 1024


@dataclass
class Application:
    """Echoes how long a body is, sends a large answer, waits for ever, reads nothing, or refuses."""

    ended: list[str] = field(default_factory=list)

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return
        path, answer = scope["path"], b"here"
        try:
            if path == "/echo":
                answer = str(await self.length(receive)).encode()
            if path == "/unread":
                await asyncio.Event().wait()
            if path == "/wait":
                await receive()  # the request
                await receive()  # that the caller left
            status = 401 if path == "/refused" else 200
            length = LARGE if path == "/large" else len(answer)
            headers = [(b"content-length", str(length).encode())]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            if path == "/large":
                for _ in range(LARGE // 65536 - 1):
                    await send({"type": "http.response.body", "body": bytes(65536), "more_body": True})
                answer = bytes(65536)
            await send({"type": "http.response.body", "body": answer})
        finally:
            self.ended.append(path)

    async def length(self, receive):
        total = 0
        while (message := await receive())["type"] == "http.request":
            total += len(message["body"])
            if not message["more_body"]:
                return total
        return -1


@dataclass
class Listening:
    """A listener that runs."""

    application: Application
    server: uvicorn_listeners.Listener
    port: int

    @contextlib.contextmanager
    def connected(self):
        with socket.create_connection(("127.0.0.1", self.port), timeout=GUARD_SECONDS) as caller:
            yield caller

    def connections(self) -> int:
        return len(self.server.server_state.connections)

    def requests(self) -> list:
        """The connections on which something was asked."""
        return [each for each in tuple(self.server.server_state.connections) if each.cycle is not None]


@pytest.fixture
def listen():
    with contextlib.ExitStack() as stack:

        def start(**settings) -> Listening:
            application = Application()
            server = uvicorn_listeners.make_listener(application, Settings(**settings), "127.0.0.1", 0)
            thread = threading.Thread(target=asyncio.run, args=(server.serve(),))
            thread.start()
            stack.callback(thread.join)
            stack.callback(lambda: setattr(server, "force_exit", True))
            stack.callback(lambda: setattr(server, "should_exit", True))
            wait_until(lambda: server.started, "the listener to start")
            return Listening(application, server, server.servers[0].sockets[0].getsockname()[1])

        yield start


def everything(caller) -> bytes:
    """What comes until the connection is closed."""
    received = bytearray()
    with contextlib.suppress(ConnectionResetError):
        while piece := caller.recv(65536):
            received += piece
    return bytes(received)


def trickle(caller, piece=b"a") -> bytes:
    """Send a little now and then until the hub has closed; return what it said."""
    caller.settimeout(SHORT / 8)
    received = bytearray()
    while True:
        try:
            caller.sendall(piece)
            heard = caller.recv(65536)
        except TimeoutError:
            continue
        except OSError:
            return bytes(received)
        if not heard:
            return bytes(received)
        received += heard


def answer_of(caller, end: bytes = b"here") -> bytes:
    """The whole of one short answer, which ends so."""
    received = b""
    while not received.endswith(end):
        received += caller.recv(65536)
    return received


def test_a_head_that_stops_is_given_up(listen):
    with listen(head_seconds=SHORT).connected() as caller:
        caller.sendall(b"GET / HTTP/1.1\r\nHos")
        assert everything(caller).startswith(b"HTTP/1.1 408 Request Timeout\r\n")


def test_a_head_that_crawls_is_given_up(listen):
    with listen(head_seconds=SHORT).connected() as caller:
        caller.sendall(b"GET / HTTP/1.1\r\nHost: ")
        trickle(caller)  # ends


def test_a_connection_that_asks_nothing_is_closed_without_an_answer(listen):
    with listen(head_seconds=SHORT).connected() as caller:
        assert everything(caller) == b""


def test_a_line_between_two_requests_does_not_keep_a_connection(listen):
    with listen(head_seconds=SHORT).connected() as caller:
        caller.sendall(GET % b"/")
        answer_of(caller)
        caller.sendall(b"\r\n")
        assert everything(caller) == b""


def test_a_connection_kept_for_the_next_request_is_closed_in_time(listen):
    with listen(keep_alive_seconds=SHORT).connected() as caller:
        for _ in range(2):
            caller.sendall(GET % b"/")
            assert b"200 OK" in answer_of(caller)
        assert everything(caller) == b""


def test_a_body_that_stops_is_given_up_whatever_the_route(listen):
    listening = listen(body_idle_seconds=SHORT)
    with listening.connected() as caller:
        caller.sendall(POST % 10 + b"123")
        assert everything(caller).startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    wait_until(lambda: listening.application.ended == ["/echo"], "the route to hear of it")


def test_a_body_that_crawls_is_given_up(listen):
    with listen(body_idle_seconds=SHORT, bytes_per_second=1_000_000).connected() as caller:
        caller.sendall(POST % 1_000_000)
        trickle(caller)


def test_a_body_in_chunks_that_crawls_is_given_up(listen):
    with listen(body_idle_seconds=SHORT, bytes_per_second=1_000_000).connected() as caller:
        caller.sendall(b"POST /echo HTTP/1.1\r\nHost: axis\r\nTransfer-Encoding: chunked\r\n\r\n")
        trickle(caller, b"1\r\na\r\n")


def test_a_body_that_comes_after_the_refusal_does_not_hold_its_connection(listen):
    with listen(body_idle_seconds=SHORT, bytes_per_second=1_000_000).connected() as caller:
        caller.sendall((POST % 1_000_000).replace(b"/echo", b"/refused"))
        said = trickle(caller)
    assert said.startswith(b"HTTP/1.1 401")
    assert said.count(b"HTTP/1.1") == 1


def test_an_answer_that_is_not_read_is_given_up(listen):
    listening = listen(body_idle_seconds=SHORT)
    with listening.connected() as caller:
        caller.sendall(GET % b"/large")
        wait_until(lambda: listening.application.ended == ["/large"], "the route to hear of it")
        wait_until(lambda: listening.connections() == 0, "the connection to be closed")


def test_the_slowest_reader_is_dropped_where_more_is_unread_than_may_be(listen):
    listening = listen(body_idle_seconds=10_000, unsent_bytes=10_000)  # too slow for nothing else
    with listening.connected() as caller:
        caller.sendall(GET % b"/large")
        wait_until(lambda: listening.application.ended == ["/large"], "the route to hear of it")
        wait_until(lambda: listening.connections() == 0, "the connection to be closed")
    with listening.connected() as other:
        other.sendall(GET % b"/")
        assert b"200 OK" in answer_of(other)


def test_requests_are_put_off_while_too_much_is_unread_and_health_is_answered(listen, monkeypatch):
    monkeypatch.setattr(bounded_connections, "LONGEST_STEP_SECONDS", 10_000)  # nobody is dropped meanwhile
    listening = listen(
        head_seconds=40_000, body_idle_seconds=40_000, keep_alive_seconds=40_000, unsent_bytes=10_000
    )
    with listening.connected() as slow, listening.connected() as other:
        slow.sendall(GET % b"/large")
        (watchman,) = {each._watchman for each in wait_for_requests(listening)}
        wait_until(lambda: watchman.is_clogged, "the answer to be unread")
        other.sendall(GET % b"/")
        refusal = answer_of(other, end=b"}")
        assert refusal.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        assert b"retry-after: 5\r\n" in refusal
        other.sendall(GET % b"/livez")
        assert b"200 OK" in answer_of(other)
        left = LARGE
        while left > 0:
            left -= len(slow.recv(1024 * 1024))
        wait_until(lambda: not watchman.is_clogged, "the answer to be read")
        other.sendall(GET % b"/")
        assert b"200 OK" in answer_of(other)


def wait_for_requests(listening) -> list:
    wait_until(listening.requests, "the request to be taken")
    return listening.requests()


def test_an_answer_that_waits_holds_its_connection_longer_than_any_bound(listen):
    listening = listen(head_seconds=SHORT, body_idle_seconds=SHORT, keep_alive_seconds=SHORT)
    with listening.connected() as waiting:
        waiting.sendall(GET % b"/wait")
        wait_until(listening.requests, "the request to be taken")
        with listening.connected() as other:
            assert everything(other) == b""  # its time was up, which is as long as any bound of the first
        waiting.setblocking(False)
        with pytest.raises(BlockingIOError):
            waiting.recv(1)


def test_a_body_that_the_hub_does_not_read_yet_holds_its_connection(listen):
    listening = listen(head_seconds=SHORT, body_idle_seconds=SHORT)
    with listening.connected() as unread:
        unread.sendall((POST % 1_000_000).replace(b"/echo", b"/unread") + bytes(500_000))
        wait_until(
            lambda: [each for each in listening.requests() if each.flow.read_paused],
            "no more reading",
        )
        with listening.connected() as other:
            assert everything(other) == b""
        unread.setblocking(False)
        with pytest.raises(BlockingIOError):
            unread.recv(1)


def test_a_caller_too_many_is_told_so_and_health_is_answered(listen):
    listening = listen(connections=1)
    with listening.connected() as first:
        first.sendall(GET % b"/")
        answer_of(first)
        with listening.connected() as second:
            second.sendall(GET % b"/echo")
            refusal = everything(second)
        assert refusal.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        assert b"retry-after: 5\r\n" in refusal
        assert b'"code":"overloaded"' in refusal
        with listening.connected() as second:
            second.sendall(GET % b"/livez?")
            assert everything(second).startswith(b"HTTP/1.1 200 OK\r\n")
        first.sendall(GET % b"/")
        assert b"200 OK" in answer_of(first)
    wait_until(lambda: listening.connections() == 0, "room again")
    with listening.connected() as third:
        third.sendall(GET % b"/")
        assert b"200 OK" in answer_of(third)


def test_callers_past_the_reserve_are_not_listened_to(listen, monkeypatch):
    monkeypatch.setattr(bounded_connections, "RESERVE", 1)
    listening = listen(connections=1)
    with listening.connected(), listening.connected():
        wait_until(lambda: listening.connections() == 2, "both to be taken")
        with listening.connected() as third:
            assert everything(third) == b""


@pytest.mark.parametrize(
    ("seconds", "moved", "too_slow"),
    [(30, 0, False), (31, 0, True), (31, 1_000, False), (40, 10_000, False), (41, 10_000, True)],
)
def test_the_time_of_a_body_grows_with_what_came_of_it(seconds, moved, too_slow):
    assert Limits(1, 30, 1_000, 1).is_too_slow(seconds, moved) is too_slow
    assert not Limits(1, 30, 0, 1).is_too_slow(seconds, moved)


def test_heads_and_bodies_are_bounded_on_both_listeners_of_a_hub(tmp_path):
    hub = HubProcess(
        tmp_path,
        f"sqlite:///{tmp_path}/axis.db",
        settings={"AXIS_HEAD_SECONDS": "1", "AXIS_BODY_IDLE_SECONDS": "1"},
    )
    hub.start()
    try:
        for port in (hub.port, hub.sandbox_port):
            for beginning in (b"GET /livez HT", POST.replace(b"/echo", b"/v1/agencies") % 10 + b"{"):
                with socket.create_connection(("127.0.0.1", port), timeout=GUARD_SECONDS) as caller:
                    caller.sendall(beginning)
                    assert everything(caller).startswith(b"HTTP/1.1 4")
    finally:
        hub.stop()
