"""`GET /assets/{name}`: the stylesheet, scripts and mark of the hub's pages."""

from importlib.resources import files
from typing import Final

from fastapi import APIRouter, Request, Response

from axis.protocol.errors import NotFound
from axis.web.rendering import LIVE_SCRIPT, RECEIPT_SCRIPT, SIGN_SCRIPT, STYLESHEET

router = APIRouter(tags=["pages"], include_in_schema=False)

_FOLDER: Final = files("axis.web").joinpath("assets")
_ASSETS: Final = {
    "pages.css": ("text/css; charset=utf-8", STYLESHEET.encode()),
    "live.js": ("text/javascript; charset=utf-8", LIVE_SCRIPT.encode()),
    "receipt.js": ("text/javascript; charset=utf-8", RECEIPT_SCRIPT.encode()),
    "sign.js": ("text/javascript; charset=utf-8", SIGN_SCRIPT.encode()),
    "mark.svg": ("image/svg+xml", _FOLDER.joinpath("mark.svg").read_bytes()),
}


@router.get("/assets/{name}", summary="What pages are drawn with", response_class=Response)
async def read_asset(name: str, request: Request) -> Response:
    """Return an asset, for anyone. An address that names its version may be kept for ever."""
    if name not in _ASSETS:
        raise NotFound
    media_type, content = _ASSETS[name]
    kept = "public, max-age=31536000, immutable" if "v" in request.query_params else "public, max-age=300"
    headers = {
        "Cache-Control": kept,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'",
    }
    return Response(content, media_type=media_type, headers=headers)
