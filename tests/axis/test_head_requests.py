import asyncio

import pytest
from fastapi import FastAPI
from starlette.responses import StreamingResponse
from support.waiting import GUARD_SECONDS

from axis.head_requests import HeadRequests

app = FastAPI()
app.add_middleware(HeadRequests)


@app.get("/letters")
def letters():
    return {"pages": 3}


@app.get("/events")
async def events():
    async def stream():
        yield b"data: 1\n\n"
        await asyncio.Event().wait()  # it never comes

    return StreamingResponse(stream(), media_type="text/event-stream")


@app.get("/broken")
def broken():
    raise RuntimeError


@app.head("/own")
def own():
    return {}


@app.get("/own")
def not_own():
    raise RuntimeError


def ask(method: str, path: str):
    """Ask the application itself: no client or server comes between that would drop a body."""
    scope = {
        "type": "http", "http_version": "1.1", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": b"", "root_path": "", "headers": [], "state": {},
    }  # fmt: skip
    sent = []

    async def receive():
        await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    async def run():
        async with asyncio.timeout(GUARD_SECONDS):
            await app(scope, receive, send)

    asyncio.run(run())
    start, *bodies = sent
    content = b"".join(message.get("body", b"") for message in bodies)
    return scope, start["status"], dict(start["headers"]), content


def test_head_has_the_headers_of_get_and_no_body():
    scope, status, headers, content = ask("HEAD", "/letters")
    assert (status, content) == (200, b"")
    assert headers == ask("GET", "/letters")[2]
    assert scope["method"] == "HEAD"
    assert scope["route"].path == "/letters"


def test_a_stream_that_does_not_end_does_for_head():
    _, status, headers, content = ask("HEAD", "/events")
    assert (status, content) == (200, b"")
    assert headers[b"content-type"].startswith(b"text/event-stream")


def test_a_route_of_its_own_comes_first():
    assert ask("HEAD", "/own")[1] == 200


def test_what_is_not_there_is_404_and_a_fault_is_a_fault():
    assert ask("HEAD", "/nowhere")[1] == 404
    with pytest.raises(ExceptionGroup):
        ask("HEAD", "/broken")
