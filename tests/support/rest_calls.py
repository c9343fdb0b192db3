"""Deliveries and statistics over HTTP without a socket, on an `Exchange`, with a token for each role."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import httpx
from support.application import application
from support.exchange import A, B, C, Exchange

import axis.compliance.certificates.routes
import axis.compliance.reconciliation.routes
import axis.compliance.routes
import axis.compliance.target_routes
import axis.compliance.verdict_routes
import axis.compliance.verifications.routes
import axis.deliveries.routes
import axis.jobs.routes
from axis.agencies.tokens import Grant, create_tokens
from axis.clock import real_now
from axis.deliveries.waiting_readers import WaitingReaders

T = TypeVar("T")
Ask = Callable[..., Coroutine[Any, Any, httpx.Response]]


class RestCalls:
    """An application, and who may call it."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.app = application(
            exchange.database,
            axis.deliveries.routes.router,
            axis.compliance.routes.router,
            axis.compliance.verdict_routes.router,
            axis.compliance.reconciliation.routes.router,
            axis.compliance.target_routes.router,
            axis.compliance.certificates.routes.router,
            axis.compliance.verifications.routes.router,
            axis.jobs.routes.router,
            clock=exchange.clock,
            directory=exchange.directory,
            recorder=exchange.recorder,
        )
        grants = {
            "A": Grant("agency", A),
            "A and below": Grant("agency", A, subtree=True),
            "B": Grant("agency", B),
            "C": Grant("agency", C),
            "auditor": Grant("auditor", name="inspector"),
            "operator": Grant("operator", name="clerk"),
        }
        made = exchange.database.write(lambda tx: create_tokens(tx, list(grants.values()), real_now()))
        self.tokens = dict(zip(grants, made, strict=True))

    def run(self, work: Callable[[Ask], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine that asks the application as often as it likes, while waiting readers are woken."""

        async def main() -> T:
            self.app.state.hub.waiting_readers = WaitingReaders(self.exchange.database)
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with (
                self.app.state.hub.waiting_readers.running(),
                httpx.AsyncClient(transport=transport, base_url="http://axis.test") as client,
            ):

                async def ask(role: str | None, method: str, path: str, **more: Any) -> httpx.Response:
                    token = {} if role is None else {"Authorization": f"Bearer {self.tokens[role]}"}
                    headers = token | more.pop("headers", {})
                    return await client.request(method, path, headers=headers, **more)

                return await work(ask)

        return asyncio.run(main())

    def get(self, role: str | None, path: str, **more: Any) -> httpx.Response:
        return self.run(lambda ask: ask(role, "GET", path, **more))

    def put(self, role: str | None, path: str, **more: Any) -> httpx.Response:
        return self.run(lambda ask: ask(role, "PUT", path, **more))

    def post(self, role: str | None, path: str, json: Any, **more: Any) -> httpx.Response:
        return self.run(lambda ask: ask(role, "POST", path, json=json, **more))
