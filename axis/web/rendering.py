"""Makes pages from templates, with the headers that every page has.

What a template shows is escaped as text, unless our own code marks it as markup.
"""

import functools
import hashlib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from axis.problems import Language
from axis.protocol.document_types import DOCUMENT_TYPES
from axis.protocol.statuses import NAMES
from axis.web.catalogues import texts_of
from axis.web.navigation import entries_for
from axis.web.return_addresses import address_of
from axis.web.visitors import Visitor
from charts.style import STYLE as CHARTS_STYLE
from signing.pages import formats
from signing.pages.standalone import LOOK, SIGNS

STYLESHEET: Final = (
    LOOK + CHARTS_STYLE + files("axis.web").joinpath("assets/pages.css").read_text(encoding="utf-8")
)
"""The stylesheet of the hub's pages, as it is served."""
LIVE_SCRIPT: Final = files("axis.web").joinpath("assets/live.js").read_text(encoding="utf-8")
"""The script of pages that renew themselves."""

SIGN_SCRIPT: Final = files("axis.web").joinpath("assets/sign.js").read_text(encoding="utf-8")
"""The script that signs a manifest with a PKCS #12 file, within the browser."""

RECEIPT_SCRIPT: Final = files("axis.web").joinpath("assets/receipt.js").read_text(encoding="utf-8")
"""The script that checks a receipt within the browser."""

_OTHER: Final[Mapping[Language, tuple[Language, str]]] = {
    "en": ("vi", "Tiếng Việt"),
    "vi": ("en", "English"),
}
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Vary": "Accept, Accept-Language, Authorization, Cookie",
}


def render(
    request: Request, visitor: Visitor, template: str, *, status: int = 200, **shown: Any
) -> HTMLResponse:
    """Return the page of a template; `shown` is what it shows."""
    language = visitor.language
    other, other_name = _OTHER[language]
    page = (
        _environment(language)
        .get_template(template)
        .render(
            visitor=visitor,
            here=address_of(request),
            path=request.url.path,
            has_cursor=not {"after", "before"}.isdisjoint(request.query_params),
            entries=entries_for(visitor.role),
            other_language=other,
            other_language_name=other_name,
            version=request.app.version,
            **shown,  # a name twice is an error
        )
    )
    caching = "no-cache" if visitor.caller is None else "private, no-store"
    headers = {**_HEADERS, "Content-Language": language, "Cache-Control": caching}
    return HTMLResponse(page, status, headers)


def render_part(language: Language, template: str, **shown: Any) -> Markup:
    """Return a part of pages from a template of its own, for those that show the same to many callers."""
    return Markup(_environment(language).get_template(template).render(**shown))  # noqa: S704 - it is escaped


@functools.cache
def _environment(language: Language) -> Environment:
    """Return what makes pages in a language; templates are compiled once they are needed."""
    environment = Environment(
        loader=PackageLoader("axis.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    texts = texts_of(language)
    environment.globals |= {
        "_": texts.one,
        "ngettext": texts.many,
        "language": language,
        "stylesheet": f"/assets/pages.css?v={_version(STYLESHEET)}",
        "live_script": f"/assets/live.js?v={_version(LIVE_SCRIPT)}",
        "receipt_script": f"/assets/receipt.js?v={_version(RECEIPT_SCRIPT)}",
        "sign_script": f"/assets/sign.js?v={_version(SIGN_SCRIPT)}",
        "signs": SIGNS,
        "address": address_with,
    }
    environment.filters |= {
        "lines": _lines,
        "number": lambda value: formats.number_text(value, language),
        "share": lambda value: formats.share_text(value, language),
        "size": lambda value: formats.size_text(value, language),
        "day": lambda value: formats.shown_day(value, language),
        "month": lambda value: formats.shown_month(value, language),
        "time": lambda value: _time(value, language, is_short=False),
        "short_time": lambda value: _time(value, language, is_short=True),
        "status_name": lambda code: getattr(NAMES[code], language) if code in NAMES else code,
        "type_name": lambda slug: getattr(DOCUMENT_TYPES[slug], language) if slug in DOCUMENT_TYPES else slug,
    }
    return environment


def address_with(path: str, members: Mapping[str, Any] | None = None, /, **more: Any) -> str:
    """Return an address with these members of its query; those that are None or empty are left out."""
    asked = {**(members or {}), **more}
    text = urlencode({name: value for name, value in asked.items() if value not in {None, ""}})
    return f"{path}?{text}" if text else path


def _version(asset: str) -> str:
    return hashlib.sha256(asset.encode()).hexdigest()[:12]


def _shown(value: object) -> object:
    """Return what a template writes for a value; what is no markup of ours is made printable."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return formats.printable(value)
    return "" if value is None else value


def _lines(text: str) -> Markup:
    """Return a text of several lines; all else in it is made printable, and is no markup."""
    lines = text.replace("\r\n", "\n").split("\n")
    return Markup("\n").join(formats.printable(line) for line in lines)


def _time(text: str, language: Language, *, is_short: bool) -> Markup:
    """Return a moment as `<time>`: for machines in UTC, for reading in Viet Nam's time."""
    long = formats.shown_time(text, language)
    shown = formats.short_time(text, language) if is_short else long
    return Markup('<time datetime="{}" title="{}">{}</time>').format(escape(text), long, shown)
