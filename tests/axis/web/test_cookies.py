"""Cookies of pages are kept from scripts and other sites, and need TLS except on this machine."""

from types import SimpleNamespace

import pytest
from starlette.requests import Request
from starlette.responses import Response

from axis.web.cookies import (
    drop_session,
    form_key_of,
    is_loopback_address,
    is_on_loopback,
    session_of,
    set_form_key,
    set_language,
)


def asked(host="axis.example", cookie=""):
    headers = [(b"host", host.encode()), (b"cookie", cookie.encode())]
    callers = SimpleNamespace(session_cookie="axis-0123")
    app = SimpleNamespace(state=SimpleNamespace(hub=SimpleNamespace(callers=callers)))
    return Request({"type": "http", "method": "GET", "path": "/", "headers": headers, "app": app})


def set_by(work, request):
    """The cookie that a browser is told to keep."""
    response = Response()
    work(request, response)
    return response.headers["set-cookie"]


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("localhost:8000", True),
        ("127.0.0.1", True),
        ("[::1]:8000", True),
        ("localhost.example", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_a_browser_on_this_machine_is_known_by_the_name_it_asked_for(host, own):
    assert is_on_loopback(asked(host)) is own
    cookie = set_by(lambda request, response: set_form_key(request, response, "k"), asked(host))
    assert ("Secure" in cookie) is not own


def test_cookies_are_kept_from_scripts_and_other_sites():
    for work in (drop_session, lambda request, response: set_language(request, response, "vi")):
        cookie = set_by(work, asked())
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Path=/;" in f"{cookie};"


def test_what_was_set_is_read_again_and_a_dropped_session_is_over_at_once():
    cookie = set_by(lambda request, response: set_form_key(request, response, "k"), asked())
    assert form_key_of(asked(cookie=cookie.partition(";")[0])) == "k"
    assert session_of(asked()) is None
    assert "Max-Age=0" in set_by(drop_session, asked())


def test_addresses_of_the_loopback_are_told_from_names():
    assert is_loopback_address("127.8.8.8")
    assert not is_loopback_address("localhost")
