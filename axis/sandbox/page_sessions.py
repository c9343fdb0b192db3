"""Sessions of the sandbox's pages, for a browser on this machine that gave the sandbox's token.

A session is a cookie sealed with the token's digest. It ends after 12 hours, or when the hub starts again.
Host is checked against DNS rebinding; Origin and a form token against forms of other sites (CSRF).
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response

from axis.clock import real_now
from axis.problems import page_language
from axis.protocol.errors import FormStale, NotAuthenticated, NotPermitted, Place, shorten
from axis.sandbox.state import Sandbox
from axis.web.cookies import is_on_loopback
from axis.web.forms import read_form
from axis.web.visitors import SignInNeeded, Visitor

SESSION_SECONDS: Final = 12 * 3600
_SECOND: Final = 1_000_000


def check_host(request: Request) -> None:
    """Refuse an address that does not name this machine itself.

    Raises:
        NotPermitted: when the name is another, as that of a site which made its name point here.

    """
    if not is_on_loopback(request):
        found = shorten(request.headers.get("host", ""))
        place = Place("header:Host", found, "localhost, or an address of the loopback")
        raise NotPermitted(place, role="browser", needed="an address of this machine")


def check_origin(request: Request) -> None:
    """Refuse a form of another site.

    Raises:
        FormStale: when a browser names another origin than this one, or hides it.

    """
    origin = request.headers.get("origin")
    is_ours = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not is_ours or request.headers.get("sec-fetch-site") not in {None, "same-origin", "none"}:
        raise FormStale(Place("header:Origin", shorten(origin or "another site"), "this very site"))


def open_session(response: Response, sandbox: Sandbox) -> None:
    """Have the browser keep a new session."""
    until = real_now() // _SECOND + SESSION_SECONDS
    named = f"{until}.{secrets.token_urlsafe(16)}"
    value = f"{named}.{_sealed(sandbox, 'session', named)}"
    response.set_cookie(
        cookie_name(sandbox), value, max_age=SESSION_SECONDS, path="/", httponly=True, samesite="strict"
    )


def close_session(response: Response, sandbox: Sandbox) -> None:
    """Have the browser forget its session."""
    response.delete_cookie(cookie_name(sandbox), path="/", httponly=True, samesite="strict")


def cookie_name(sandbox: Sandbox) -> str:
    """Return the name of the cookie: ports share cookies, so it tells this start of this hub from others."""
    return f"axis-sandbox-{_sealed(sandbox, 'name', '')[:12]}"


def form_token(sandbox: Sandbox, session: str) -> str:
    """Return what a form of a session brings along."""
    return _sealed(sandbox, "form", session)


async def session_of(request: Request) -> str | None:
    """Return the session that a browser brings, None where it has none that holds."""
    check_host(request)
    sandbox: Sandbox = request.app.state.hub
    value = request.cookies.get(cookie_name(sandbox), "")
    named, _, seal = value.rpartition(".")
    until = named.partition(".")[0]
    is_ours = hmac.compare_digest(seal.encode(), _sealed(sandbox, "session", named).encode())
    return value if is_ours and int(until) * _SECOND > real_now() else None


async def operator(session: Annotated[str | None, Depends(session_of)]) -> str:
    """Let the sandbox's operator pass.

    Raises:
        SignInNeeded: when there is no session.

    """
    if session is None:
        raise SignInNeeded
    return session


OperatorSession = Annotated[str, Depends(operator)]
"""The session of the sandbox's operator."""


async def read_operator_form(request: Request, session: str) -> dict[str, str]:
    """Read a form that a page of this session made.

    Raises:
        FormStale: when another site or session made it.
        AxisError: as `read_form`.

    """
    check_origin(request)
    fields = dict(await read_form(request))
    given = fields.get("form", "").encode(errors="replace")
    if not hmac.compare_digest(given, form_token(request.app.state.hub, session).encode()):
        raise FormStale(
            Place("form", "a form of another session", "a form of this session: open its page again")
        )
    return fields


def check_token(sandbox: Sandbox, token: str) -> None:
    """Check the sandbox's token.

    Raises:
        NotAuthenticated: when it is another.

    """
    if not hmac.compare_digest(hashlib.sha256(token.encode()).digest(), sandbox.token_digest):
        raise NotAuthenticated(Place("form:token", "another token", "the content of the file sandbox-token"))


def visitor_of(request: Request) -> Visitor:
    """Return who looks, as templates want it."""
    return Visitor(page_language(request))


def _sealed(sandbox: Sandbox, purpose: str, text: str) -> str:
    made = hmac.new(sandbox.token_digest, f"{purpose}:{text}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(made).decode().rstrip("=")
