"""Deliveries and statistics over HTTP without a socket, on an `Exchange`, with a token for each role."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import httpx
from fastapi import FastAPI
from support.exchange import A, B, C, Exchange

import axis.compliance.routes
import axis.deliveries.routes
from axis import problems
from axis.agencies.callers import Callers
from axis.agencies.tokens import Grant, create_tokens
from axis.clock import real_now
from axis.deliveries.waiting_readers import Arrivals
from axis.settings import Settings

T = TypeVar("T")
Ask = Callable[..., Coroutine[Any, Any, httpx.Response]]


class Desk:
    """An application, and who may call it."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.app = FastAPI()
        self.app.include_router(axis.deliveries.routes.router)
        self.app.include_router(axis.compliance.routes.router)
        problems.install(self.app)
        state = self.app.state
        state.database = exchange.database
        state.clock = exchange.clock
        state.settings = Settings()
        state.directory = exchange.directory
        state.recorder = exchange.recorder
        state.callers = Callers(exchange.database)
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
        """Run a coroutine that asks the application as often as it likes, with arrivals being looked for."""

        async def main() -> T:
            self.app.state.arrivals = Arrivals(self.exchange.database)
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with (
                self.app.state.arrivals.running(),
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

    def post(self, role: str | None, path: str, json: Any, **more: Any) -> httpx.Response:
        return self.run(lambda ask: ask(role, "POST", path, json=json, **more))
