"""Serves the pages of a register over HTTP: those of a portal, or of a one-stop system.

The register is read; what changes it are messages. docs/neighbours/README.md.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, Literal

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from nodes.systems.one_stop_page import one_stop_page
from nodes.systems.portal_page import connected_page, look_up_page
from signing.pages.standalone import LOOK
from signing.verdict_sentences import Language

Kind = Literal["portal", "one-stop"]
Draw = Callable[[sqlite3.Connection], str]
Read = Callable[[Draw], Awaitable[str]]
"""Has a page drawn from the register, wherever that is open."""
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_STYLE: Final = LOOK + (
    "nav { margin-bottom: 1rem } .wide { overflow-x: auto } input { font: inherit; max-width: 100% }"
)


def pages_of(kind: Kind, read: Read) -> Sequence[BaseRoute]:
    """Return the routes of the pages of a register."""

    def page(
        draw: Callable[[sqlite3.Connection, Request, Language], str],
    ) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            language: Language = "en" if request.query_params.get("lang") == "en" else "vi"
            drawn = await read(lambda register: draw(register, request, language))
            return HTMLResponse(drawn, headers={**_HEADERS, "Content-Language": language})

        return answer

    def asked(register: sqlite3.Connection, request: Request, language: Language) -> str:
        return look_up_page(register, request.query_params.get("code", ""), language)

    pages: dict[Kind, list[BaseRoute]] = {
        "one-stop": [Route("/", page(lambda register, _, language: one_stop_page(register, language)))],
        "portal": [
            Route("/", page(asked)),
            Route("/connected", page(lambda register, _, language: connected_page(register, language))),
        ],
    }
    return [*pages[kind], Route("/look.css", _look)]


def kind_of(register: sqlite3.Connection) -> Kind | None:
    """Tell whose register it is; None for one that has no pages here. Raises `sqlite3.Error`."""
    tables = {row[0] for row in register.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if {"unit", "agenda", "apologies"} <= tables:
        return "one-stop"
    return "portal" if {"units", "accounts", "statuses"} <= tables else None


def application(path: Path, kind: Kind, hosts: Sequence[str]) -> Starlette:
    """Return the pages of a register's file; they answer to these names of hosts alone (`*`: to any)."""

    async def read(draw: Draw) -> str:
        return await run_in_threadpool(_drawn, path, draw)

    return Starlette(
        routes=pages_of(kind, read),
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)],
    )


def opened_to_read(path: Path) -> closing[sqlite3.Connection]:
    """Open a register's file, which is not changed; raises `sqlite3.Error`."""
    return closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True))


def _drawn(path: Path, draw: Draw) -> str:
    with opened_to_read(path) as register:
        return draw(register)


async def _look(_request: Request) -> Response:
    return PlainTextResponse(_STYLE, media_type="text/css")
