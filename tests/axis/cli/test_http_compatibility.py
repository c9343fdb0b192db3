"""Requests as other clients write them, byte by byte, to a listener of the hub's own protocol."""

import asyncio
import functools

import pytest
import uvicorn

from axis.cli.bounded_connections import BoundedProtocol, Watchman
from axis.cli.http_limits import limits_of
from axis.settings import Settings

OFFER = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"
"""What Java's HttpClient writes into every request over plain HTTP."""
GUARD_SECONDS = 60


async def _echo(scope, receive, send):
    """Answer with method, path and body; and with what was said of the connection."""
    assert scope["type"] == "http"
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    said = {name: value for name, value in scope["headers"] if name in {b"upgrade", b"connection"}}
    content = b"%s %s %s %s" % (scope["method"].encode(), scope["path"].encode(), body, repr(said).encode())
    headers = [(b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


async def _exchange(*pieces: bytes) -> bytes:
    """Send pieces one after the other and return all that comes back; the last request closes."""
    protocol = functools.partial(BoundedProtocol, watchman=Watchman(limits_of(Settings())))
    config = uvicorn.Config(_echo, host="127.0.0.1", port=0, http=protocol, log_config=None, lifespan="off")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        async with asyncio.timeout(GUARD_SECONDS):
            port = server.servers[0].sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.01)  # so that it is a packet of its own
            came = await reader.read()
            writer.close()
            await writer.wait_closed()
            return came
    finally:
        await server.shutdown()


def exchange(*pieces: bytes) -> bytes:
    return asyncio.run(_exchange(*pieces))


def _post(body: bytes, path: bytes = b"/v1/documents", more: bytes = b"") -> bytes:
    return b"POST %s HTTP/1.1\r\nHost: a\r\n%sContent-Length: %d\r\n\r\n%s" % (path, more, len(body), body)


LAST = b"GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("split", [None, 1, 40, 90, 150, 200, -3])
def test_a_body_comes_through_beside_an_offer_to_speak_http_2(split):
    request = _post(b"all of it", more=OFFER)
    pieces = [request] if split is None else [request[:split], request[split:]]
    came = exchange(*pieces, LAST)
    assert came.count(b"HTTP/1.1 200") == 2
    assert b"POST /v1/documents all of it {b'connection': b''}" in came
    assert b"GET /last" in came


def test_a_body_in_chunks_comes_through_too():
    head = b"POST /a HTTP/1.1\r\nHost: a\r\n" + OFFER + b"Transfer-Encoding: chunked\r\n\r\n"
    assert b"POST /a abcde " in exchange(head, b"3\r\nabc\r\n2\r\n", b"de\r\n0\r\n\r\n", LAST)


def test_several_offers_on_one_connection_are_read_one_after_the_other():
    came = exchange(_post(b"one", b"/1", OFFER) + _post(b"two", b"/2", OFFER), _post(b"three", b"/3"), LAST)
    assert [
        came.count(each) for each in (b"POST /1 one ", b"POST /2 two ", b"POST /3 three ", b"GET /last")
    ] == [1] * 4


def test_what_stands_beside_the_offer_in_the_connection_header_stays():
    offer = OFFER.replace(b"Upgrade, HTTP2-Settings", b"close, Upgrade")
    came = exchange(_post(b"", more=offer))
    assert b"{b'connection': b'close'}" in came


def test_an_offer_to_speak_websocket_is_passed_over_as_well():
    came = exchange(_post(b"x", more=b"Connection: Upgrade\r\nUpgrade: websocket\r\n"), LAST)
    assert b"POST /v1/documents x " in came


def test_this_is_no_proxy():
    assert exchange(b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n").startswith(b"HTTP/1.1 400")


def test_http_1_0_is_sent_no_100():
    asks = b"Connection: close\r\nExpect: 100-continue\r\nContent-Length: 1"
    head = b"POST /a HTTP/1.%d\r\nHost: a\r\n" + asks + b"\r\n\r\n"
    assert exchange(head % 1, b"x").startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")
    assert exchange(head % 0, b"x").startswith(b"HTTP/1.1 200")
