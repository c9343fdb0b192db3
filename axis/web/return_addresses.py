"""Where a browser is sent back to: an address of this hub, or its front page."""

from typing import Final
from urllib.parse import quote, urlsplit

from starlette.requests import Request

FRONT: Final = "/"
LONGEST: Final = 2_000


def return_address(asked: str | None) -> str:
    """Return the address that was asked for where it is one of this hub's; else that of the front page.

    Browsers take a backslash for a slash, `//host` for another host, and drop tabs before they look.
    """
    if not asked or len(asked) > LONGEST or not asked.isprintable() or "\\" in asked:
        return FRONT
    if not asked.startswith("/") or asked.startswith("//"):
        return FRONT
    try:
        parts = urlsplit(asked)
    except ValueError:
        return FRONT
    return FRONT if parts.scheme or parts.netloc else quote(asked, safe="/?&=%+,:;@!$'()*~.-_#[]")


def address_of(request: Request) -> str:
    """Return the address of a request, with its query, as one to come back to."""
    query = request.url.query
    return return_address(request.url.path + (f"?{query}" if query else ""))
