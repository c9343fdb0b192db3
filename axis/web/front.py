"""`GET /`: what this hub is and where to go on, for a person as a page and for a program as JSON.

Someone who signed in sees their own day (`axis.web.front_page_figures`).
"""

from typing import Final

import orjson
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from axis.clock import Clock, day_of, rfc3339
from axis.compliance.reconciliation.ledger_health import describe_health
from axis.database import Database
from axis.ledger.queries import count_entries
from axis.web.front_page_figures import front_page_figures
from axis.web.page_routes import PageRoute
from axis.web.rendering import render
from axis.web.visitors import AnyVisitor, Visitor

router = APIRouter(tags=["reference"], route_class=PageRoute)

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept, Accept-Language",
    "Cache-Control": "public, max-age=300",
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
async def read_front(request: Request, visitor: AnyVisitor) -> Response:
    """Say what answers here, and where to go on. For anyone."""
    if "text/html" not in request.headers.get("accept", ""):
        body = {
            "name": "axis-exchange",
            "version": request.app.version,
            "reference": "/docs",
            "description": "/openapi.json",
            "ready": "/readyz",
        }
        return Response(orjson.dumps(body), media_type="application/json", headers=_HEADERS)
    return await run_in_threadpool(_page, request, visitor)


def _page(request: Request, visitor: Visitor) -> Response:
    database: Database = request.app.state.hub.database
    clock: Clock = request.app.state.hub.clock
    with database.read() as tx:
        size = count_entries(tx)
        health = describe_health(tx)
        caller, today = visitor.caller, day_of(clock.now())
        is_reader = caller is not None and caller.role != "operator"
        day = (
            front_page_figures(tx, request.app.state.hub.directory, caller, today)
            if caller and is_reader
            else None
        )
    return render(
        request,
        visitor,
        "front.html",
        size=size,
        health=health,
        day=day,
        now=rfc3339(clock.now()),
        is_moved=clock.moved,
    )
