"""Requests for certain addresses reach their handlers; all others reach the application."""

import asyncio

import pytest
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse

from axis.protocol.errors import NotPermitted
from axis.web.hot_routes import HotRoutes


def ask(handler, method="POST", path="/v1/documents"):
    """Return status and body of the answer, and the request's scope."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [],
        "query_string": b"",
        "state": {},
    }
    app = HotRoutes(PlainTextResponse("the application"), {("POST", "/v1/documents"): handler})
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent), scope


async def answered(_request):
    return PlainTextResponse("direct", 201)


async def refused(_request):
    raise NotPermitted(role="auditor", needed=["agency"])


async def left(_request):
    raise ClientDisconnect


async def handed_on(_request):
    return None


async def broken(_request):
    raise RuntimeError("a fault")


def test_an_address_that_is_named_is_answered_by_its_handler():
    status, body, scope = ask(answered)
    assert (status, body) == (201, b"direct")
    assert scope["route"].path == "/v1/documents"


def test_what_a_handler_hands_on_is_the_applications():
    status, body, scope = ask(handed_on)
    assert (status, body) == (200, b"the application")
    assert "route" not in scope


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/documents"), ("POST", "/v1/documents/")])
def test_any_other_address_is_the_applications(method, path):
    assert ask(answered, method, path)[1] == b"the application"


@pytest.mark.parametrize(
    ("handler", "status", "code"), [(refused, 403, "not-permitted"), (left, 400, "malformed-request")]
)
def test_a_refusal_is_answered_as_a_problem_and_named_for_the_metrics(handler, status, code):
    answer, body, scope = ask(handler)
    assert (answer, f'"code":"{code}"'.encode() in body) == (status, True)
    assert scope["state"]["problem_code"] == code


def test_a_fault_is_left_to_the_application_that_answers_faults():
    with pytest.raises(RuntimeError, match="a fault"):
        ask(broken)
