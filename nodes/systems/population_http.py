"""The population register's own pages: a person signs in with an invented code and sees who looked it up.

Server-rendered, without script; the register is opened to be read.
"""

import hmac
import secrets
import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from nodes.face.app import language_of
from nodes.face.form_tokens import COOKIE, FormTokens
from nodes.systems.population_page import own_page, sign_in_page
from nodes.systems.population_report import OwnLookUp, own_look_ups
from signing.pages.standalone import LOOK

FORM_BYTES: Final = 4 * 1024
FAILURES_MOST: Final = 5
"""Wrong codes for a number, after which it is locked until the process ends."""
_NUMBERS_MOST: Final = 10_000
"""Numbers whose wrong codes are counted; beyond, the count begins anew for all."""
_SESSIONS_MOST: Final = 1_000
"""Persons who are signed in at once; beyond, whoever came first is signed out."""
_SESSION: Final = "person"
_STYLE: Final = LOOK + ".wide { overflow-x: auto } input { font: inherit }"
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def opened_to_read(path: Path) -> closing[sqlite3.Connection]:
    """Open a population register's file; raises `sqlite3.Error` for another."""
    opened = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        opened.execute("SELECT number, login FROM persons LIMIT 1")
        opened.execute("SELECT id FROM look_ups LIMIT 1")
    except sqlite3.Error:
        opened.close()
        raise
    return closing(opened)


@dataclass(slots=True)
class PersonPages:
    """The pages over one register's file."""

    register: Path
    _tokens: FormTokens = field(default_factory=FormTokens)
    _sessions: dict[str, str] = field(default_factory=dict, repr=False)
    """Numbers of the persons who are signed in, by the value of their cookie."""
    _failures: Counter[str] = field(default_factory=Counter, repr=False)

    def app(self, hosts: tuple[str, ...]) -> Starlette:
        """Return the application; it answers to these names of hosts alone."""
        return Starlette(
            routes=[
                Route("/", self._own),
                Route("/sign-in", self._sign_in, methods=["POST"]),
                Route("/sign-out", self._sign_out, methods=["POST"]),
                Route("/look.css", _look),
            ],
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)],
        )

    async def _own(self, request: Request) -> Response:
        number = self._sessions.get(request.cookies.get(_SESSION, ""))
        if number is None:
            return self._form(request)
        look_ups = await run_in_threadpool(self._look_ups, number)
        visit = request.cookies.get(COOKIE, "")
        return _page(own_page(language_of(request), self._tokens.token(visit), number, look_ups))

    async def _sign_in(self, request: Request) -> Response:
        fields = await _fields(request)
        if not self._tokens.is_right(request.cookies.get(COOKIE), fields.get("form", "")):
            return self._form(request, "wrong_form", 403)
        number = fields.get("number", "").strip()
        if self._failures[number] >= FAILURES_MOST:
            return self._form(request, "too_often", 429)
        if not await run_in_threadpool(self._is_right, number, fields.get("code", "")):
            if len(self._failures) >= _NUMBERS_MOST:
                self._failures.clear()
            self._failures[number] += 1
            return self._form(request, "wrong", 403)
        while len(self._sessions) >= _SESSIONS_MOST:
            self._sessions.pop(next(iter(self._sessions)))
        session = secrets.token_urlsafe(24)
        self._sessions[session] = number
        answer = RedirectResponse("/", 303)
        answer.set_cookie(_SESSION, session, httponly=True, samesite="strict")
        return answer

    async def _sign_out(self, request: Request) -> Response:
        fields = await _fields(request)
        if not self._tokens.is_right(request.cookies.get(COOKIE), fields.get("form", "")):
            return self._form(request, "wrong_form", 403)
        self._sessions.pop(request.cookies.get(_SESSION, ""), None)
        answer = RedirectResponse("/", 303)
        answer.delete_cookie(_SESSION)
        return answer

    def _form(self, request: Request, fault: str = "", status: int = 200) -> Response:
        visit = request.cookies.get(COOKIE)
        begun = visit or self._tokens.new_visit()
        page = _page(sign_in_page(language_of(request), self._tokens.token(begun), fault), status)
        if visit is None:
            page.set_cookie(COOKIE, begun, httponly=True, samesite="strict")
        return page

    def _is_right(self, number: str, code: str) -> bool:
        with opened_to_read(self.register) as register:
            row = register.execute("SELECT login FROM persons WHERE number = ?", (number,)).fetchone()
        login = "" if row is None else str(row[0])
        return hmac.compare_digest(login.encode(), code.strip().encode()) and bool(login)

    def _look_ups(self, number: str) -> list[OwnLookUp]:
        with opened_to_read(self.register) as register:
            return own_look_ups(register, number)


def _page(text: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(text, status, _HEADERS)


async def _fields(request: Request) -> Mapping[str, str]:
    """Read a form; what is none, or too long, has no fields, and so no token."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES:
            return {}
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=10))
    except ValueError:
        return {}


async def _look(_request: Request) -> Response:
    return PlainTextResponse(_STYLE, media_type="text/css")
