"""Answers HEAD wherever GET is answered: the same status and headers, without the body.

Routes that have a HEAD of their own answer it themselves. RFC 9110, section 9.3.2.
"""

from anyio import Event, create_task_group
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadRequests:
    """ASGI middleware; `scope["app"]` is the application, whose routes it asks."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["method"] == "HEAD" and not _has_own_route(scope):
            await self._answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = {**scope, "method": "GET"}
        answered = Event()

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body"})
                answered.set()

        async def run() -> None:
            try:
                await self._app(asked, receive, send_head)
            finally:
                answered.set()

        async with create_task_group() as group:
            group.start_soon(run)
            await answered.wait()
            group.cancel_scope.cancel()
        scope["route"] = asked.get("route")  # for logs and metrics


def _has_own_route(scope: Scope) -> bool:
    return any(route.matches(scope)[0] is Match.FULL for route in scope["app"].router.routes)
