"""The adapter over HTTP: `…/XrdAdapter/RestService/forward/…` (also `VXPAdapter`), and the portal's pages.

Calls are answered with 200 and the protocol's envelope, refused ones too. One thread does the
work on the register.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from axis.protocol.agency_codes import canonical_or_none
from axis.protocol.errors import AxisError
from axis.protocol.strict_json import loads
from nodes.adapter.payloads import as_object
from nodes.adapter.replies import CallRefused, refusal
from nodes.adapter.units import LivePortal
from nodes.systems.register_pages import Draw, pages_of

BODY_BYTES: Final = 2 * 1024 * 1024
"""Of one call: a thousand dossiers with all their members."""
DEPTH: Final = 12
LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
_CALL: Final = re.compile(r"(?:/[^/]+)*/(?:XrdAdapter|VXPAdapter)/RestService/forward/(?P<what>.+)")
_DESTINATION: Final = re.compile(r"VN:GOV:(?P<code>[^:]+):vpcpdvcprovider")


def app(portal: LivePortal, worker: Executor, hosts: tuple[str, ...] = LOOPBACK) -> Starlette:
    """Return the application; it answers to these names of hosts alone (`*`: to any).

    `worker` has one thread, the one that opened the portal.
    """

    async def read(draw: Draw) -> str:
        return await asyncio.get_running_loop().run_in_executor(worker, draw, portal.register)

    calls = Route("/{path:path}", _calls(portal, worker), methods=["POST"])
    return Starlette(
        routes=[calls, *pages_of("portal", read)],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)],
    )


def _calls(portal: LivePortal, worker: Executor) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        path = _CALL.fullmatch(request.url.path)
        if path is None:
            return Response(status_code=404)
        try:
            call = await _body(request)
            _check_destination(request.query_params.get("dstcode", ""), portal.agency)
            operation = portal.operations.login if _is_login(path["what"]) else portal.operations.answer
            told = await asyncio.get_running_loop().run_in_executor(worker, operation, call)
        except CallRefused as error:
            told = refusal(error.refused)
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    return answer


def _is_login(what: str) -> bool:
    return what.rstrip("/").rpartition("/")[2] == "login"


async def _body(request: Request) -> Mapping[str, Any]:
    """Read the call's object within the limits; raises `CallRefused`."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_BYTES:
                raise CallRefused(
                    "body-size", "", f"more than {BODY_BYTES} bytes", f"at most {BODY_BYTES} bytes"
                )
    except ClientDisconnect:
        raise CallRefused("body-readable", "", "a call that broke off", "a whole call") from None
    try:
        return as_object(loads(bytes(body), max_depth=DEPTH), "")
    except AxisError as error:
        fault = next(iter(error.places), None)
        place, found, expected = (
            ("", "", "") if fault is None else (fault.pointer, fault.found, fault.expected)
        )
        raise CallRefused("body-readable", place, found or "no JSON", expected or "an object") from error


def _check_destination(given: str, agency: str) -> None:
    """See that a call is for this portal; raises `CallRefused`."""
    found = _DESTINATION.fullmatch(given)
    if found is None or canonical_or_none(found["code"]) != agency:
        raise CallRefused("portal-known", "dstcode", given or "nothing", f"VN:GOV:{agency}:vpcpdvcprovider")
