"""A measuring system's HTTP: `/TrackingMCDT`, `/tracking` with its script, and the page of its indicators.

Callers name a SiteId and are not asked for a proof, as by the real one. docs/neighbours/measuring.md.
"""

import functools
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from nodes.systems.dossiers import DossierRefused
from nodes.systems.measuring import note, take_step, take_visit
from nodes.systems.measuring_page import measuring_page, shown_months
from nodes.systems.system import Refused
from nodes.systems.tracking_protocol import STEP_BYTES, read_visit
from signing.pages.standalone import LOOK
from signing.verdict_sentences import Language

VISIT_BYTES: Final = 8 * 1024
"""Of the parameters of a visit."""
_VISIT_MEMBERS: Final = 50
REFUSALS_MOST: Final = 10_000
"""Refusals that a register notes; further ones are answered alone."""
_OK: Final = 200
_BUSY_SECONDS: Final = 5.0
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_MONTH: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_OPEN_TO_ALL: Final = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}
"""Pages of other hosts call it; an answer says nothing that is not public."""
_SCRIPT: Final = """\
/* Counts a visit of the page it stands on: address and SiteId come by window._govaq. */
(function () {
  "use strict";
  var address = "", site = "";
  function take(call) {
    if (call[0] === "setTrackerUrl") { address = String(call[1]); }
    if (call[0] === "setSiteId") { site = String(call[1]); }
  }
  function act(call) {
    if (call[0] !== "trackPageView" || !address || !site) { return; }
    var page = location.protocol + "//" + location.host + location.pathname;
    var told = "?rec=1&idsite=" + encodeURIComponent(site) + "&url=" + encodeURIComponent(page);
    new Image().src = address + told;
  }
  var waiting = window._govaq || [];
  waiting.forEach(take);
  waiting.forEach(act);
  window._govaq = { push: function (call) { take(call); act(call); } };
})();
"""
Take = Callable[[sqlite3.Connection], None]


class _TooLong(Exception):
    """A body beyond its limit."""


def application(register: Path, now: Callable[[], datetime], hosts: tuple[str, ...]) -> Starlette:
    """Return the application over a register's file; it answers to these names of hosts alone."""

    async def step(request: Request) -> Response:
        try:
            content = await _body(request, STEP_BYTES)
        except _TooLong:
            refused = Refused("step-readable", "body", "more bytes", f"at most {STEP_BYTES:,}")
            return _answer(refused, 413)
        return await run_in_threadpool(
            _taken, register, lambda opened: take_step(opened, content, now()), "TrackingMCDT", now
        )

    async def visit(request: Request) -> Response:
        try:
            content = await _body(request, VISIT_BYTES)
        except _TooLong:
            refused = Refused("visit-readable", "parameters", "more bytes", f"at most {VISIT_BYTES:,}")
            return _answer(refused, 413)
        query = f"{request.url.query}&{content.decode('utf-8', 'replace')}"

        def take(opened: sqlite3.Connection) -> None:
            take_visit(opened, read_visit(_members(query)), now())

        answer = await run_in_threadpool(_taken, register, take, "tracking", now)
        # asked for as a picture: browsers withhold any other body of a picture from the page
        return answer if answer.status_code != _OK else Response(status_code=204, headers=_OPEN_TO_ALL)

    return Starlette(
        routes=[
            Route("/", functools.partial(_page, register)),
            Route("/TrackingMCDT", step, methods=["POST"]),
            Route("/tracking", visit, methods=["GET", "POST"]),
            Route("/embed/gov-tracking.min.js", _script),
            Route("/look.css", _look),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)],
    )


@contextmanager
def opened_register(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a register that is there, for one transaction; it waits some seconds while another writes."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=_BUSY_SECONDS)) as register:
        register.execute("BEGIN IMMEDIATE")
        yield register
        register.execute("COMMIT")


def _taken(register: Path, take: Take, where: str, now: Callable[[], datetime]) -> Response:
    """Take a call in one transaction; what is refused is noted, and answered."""
    refused: Refused | None = None
    with opened_register(register) as opened:
        try:
            take(opened)
        except DossierRefused as error:
            refused = error.refused
            (noted,) = opened.execute("SELECT count(*) FROM refusals").fetchone()
            if noted < REFUSALS_MOST:
                note(opened, refused, where, now())
    return _answer(refused, _OK if refused is None else 400)


def _answer(refused: Refused | None, status: int) -> Response:
    """Answer in the envelope of the protocols around the portal; clients go by the status of HTTP."""
    body: dict[str, Any] = {"error_code": "0", "message": "thành công"}
    if refused is not None:
        body = {
            "error_code": "-1",
            "message": f"không tiếp nhận: {refused}",
            "rule": refused.rule,
            "place": refused.place,
            "found": refused.found,
            "expected": refused.expected,
        }
    return JSONResponse(body, status, _OPEN_TO_ALL)


def _members(query: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(query, keep_blank_values=True, max_num_fields=_VISIT_MEMBERS))
    except ValueError as error:
        expected = f"at most {_VISIT_MEMBERS} parameters"
        raise DossierRefused(Refused("visit-readable", "parameters", "more parameters", expected)) from error


async def _body(request: Request, most: int) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise _TooLong
    return body


async def _page(register: Path, request: Request) -> Response:
    language: Language = "en" if request.query_params.get("lang") == "en" else "vi"
    month = request.query_params.get("month", "")

    def draw() -> Response:
        with closing(sqlite3.connect(f"file:{register}?mode=ro", uri=True)) as opened:
            known = shown_months(opened)
            if month and (_MONTH.fullmatch(month) is None or month not in known):
                return PlainTextResponse("no such month\n", 404, _HEADERS)
            return HTMLResponse(measuring_page(opened, month, language), 200, _HEADERS)

    return await run_in_threadpool(draw)


async def _script(_request: Request) -> Response:
    return PlainTextResponse(_SCRIPT, 200, _OPEN_TO_ALL, "text/javascript")


async def _look(_request: Request) -> Response:
    return PlainTextResponse(LOOK, media_type="text/css")
