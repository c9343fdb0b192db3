"""Answers a few routes, those called most, ahead of the framework's own routing.

The framework's matching, dependencies and models cost several times what such a route does. The routes are in
the framework too, which describes them. docs/flow.md says which they are.
"""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import Request, Response
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from axis import problems
from axis.protocol.errors import AxisError, MalformedRequest

Handler = Callable[[Request], Awaitable[Response | None]]
"""Returns None for a request that the framework shall answer; it has not read its body then."""
Address = tuple[str, str]
"""Method and path, without parameters."""


class _Route:
    """What telemetry asks of the route that answered."""

    def __init__(self, path: str) -> None:
        self.path = path


class HotRoutes:
    """ASGI middleware that hands requests for certain addresses to their handlers, and all others on."""

    def __init__(self, app: ASGIApp, handlers: Mapping[Address, Handler]) -> None:
        self._app = app
        self._handlers = {address: (_Route(address[1]), each) for address, each in handlers.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        found = self._handlers.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        scope["route"], handler = found
        request = Request(scope, receive)
        response: Response | None
        try:
            response = await handler(request)
        except AxisError as error:
            response = problems.answer(request, error)
        except ClientDisconnect:  # a caller that left amid its body is no fault of the hub
            response = problems.answer(request, MalformedRequest())
        if response is None:
            del scope["route"]
            await self._app(scope, receive, send)
        else:
            await response(scope, receive, send)
