"""The cookies of pages: a session, the key of the sign-in form, and the language that was chosen."""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from axis.agencies.callers import Callers
from axis.problems import LANGUAGE_COOKIE, Language

LANGUAGE_SECONDS: Final = 365 * 24 * 3600
FORM_SECONDS: Final = 24 * 3600


def set_session(request: Request, response: Response, secret: str, hours: int) -> None:
    """Have the browser keep a session."""
    _set(request, response, _session_name(request), secret, hours * 3600)


def drop_session(request: Request, response: Response) -> None:
    """Have the browser forget its session."""
    _set(request, response, _session_name(request), "", 0)


def session_of(request: Request) -> str | None:
    """Return the secret of the session that a browser brings, whether it holds or not."""
    return request.cookies.get(_session_name(request))


def form_key_of(request: Request) -> str | None:
    """Return the key of the sign-in form that a browser brings."""
    return request.cookies.get(_form_name(request))


def set_form_key(request: Request, response: Response, key: str) -> None:
    """Have the browser keep the key of the sign-in form."""
    _set(request, response, _form_name(request), key, FORM_SECONDS)


def set_language(request: Request, response: Response, language: Language) -> None:
    """Have the browser remember a language."""
    _set(request, response, LANGUAGE_COOKIE, language, LANGUAGE_SECONDS)


def is_on_loopback(request: Request) -> bool:
    """Tell whether the browser reached the hub by a name of its own machine."""
    name = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    return name == "localhost" or is_loopback_address(name)


def is_loopback_address(text: str) -> bool:
    """Tell whether a text is an address of the loopback."""
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False


def _set(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        secure=not is_on_loopback(request),
        httponly=True,
        samesite="lax",
    )


def _session_name(request: Request) -> str:
    callers: Callers = request.app.state.hub.callers
    return callers.session_cookie


def _form_name(request: Request) -> str:
    return f"{_session_name(request)}-form"
