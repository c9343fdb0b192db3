"""`GET /`: what this hub is and where to go on, for a person as a page and for a program as JSON.

It shows nothing of what the hub holds.
"""

from html import escape
from typing import Final

import orjson
from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from axis.problems import Language, language_of

router = APIRouter(tags=["reference"])

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept, Accept-Language",
    "Cache-Control": "public, max-age=300",
}
_WORDS: Final[dict[Language, tuple[str, str, dict[str, str]]]] = {
    "en": (
        "The axis",
        "Routes official documents between agencies, verifies their signatures, and proves its figures.",
        {
            "/docs": "every route, with an example of each",
            "/openapi.json": "the same for programs",
            "/readyz": "whether it can take documents",
            "/version": "which version it is",
        },
    ),
    "vi": (
        "Trục liên thông văn bản",
        "Chuyển văn bản giữa các cơ quan, xác minh chữ ký số và chứng minh được số liệu của mình.",
        {
            "/docs": "mọi lời gọi, kèm ví dụ",
            "/openapi.json": "cũng như vậy, dành cho chương trình",
            "/readyz": "có nhận được văn bản hay không",
            "/version": "phiên bản",
        },
    ),
}


@router.get(
    "/",
    summary="What this hub is",
    response_class=Response,
    responses={
        200: {
            "description": "A page for who accepts HTML, JSON for all others.",
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["name", "version", "reference", "description", "ready"],
                        "additionalProperties": {"type": "string"},
                    }
                },
                "text/html": {"schema": {"type": "string"}},
            },
        }
    },
)
def read_front(request: Request) -> Response:
    """Say what answers here, and where to go on. For anyone."""
    accepted = request.headers.get("accept", "")
    if "text/html" not in accepted:
        body = {
            "name": "axis-exchange",
            "version": request.app.version,
            "reference": "/docs",
            "description": "/openapi.json",
            "ready": "/readyz",
        }
        return Response(orjson.dumps(body), media_type="application/json", headers=_HEADERS)
    said = request.headers.get("accept-language")
    language = language_of(said) if said else "vi"
    return HTMLResponse(_page(language), headers={**_HEADERS, "Content-Language": language})


def _page(language: Language) -> str:
    title, summary, links = _WORDS[language]
    items = "".join(f'<li><a href="{path}">{path}</a>: {escape(text)}</li>' for path, text in links.items())
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
</head>
<body>
<main>
<h1>{escape(title)}</h1>
<p>{escape(summary)}</p>
<ul>{items}</ul>
</main>
</body>
</html>
"""
