"""`/refusals`: what was refused, why, and what to change; found by number or by the request's id."""

from http import HTTPStatus
from typing import Final

from fastapi import Request, Response

from axis.agencies.directory import names_of
from axis.database.dependencies import DatabaseDep
from axis.documents.filters import RefusalQuery
from axis.documents.listing import refusal_rows
from axis.documents.routes import refusal_members
from axis.problems import CATALOGUE
from axis.web.page_queries import members_of, newest_first, read_query
from axis.web.page_routes import page_router
from axis.web.rendering import render
from axis.web.visitors import PageReader

router = page_router()

ROWS: Final = 20
"""Of a page of the list, unless its address says `limit`."""


@router.get("/refusals", summary="Refusals")
def list_refusals(request: Request, visitor: PageReader, database: DatabaseDep) -> Response:
    """List the refusals that pass the filters of `GET /v1/refusals`, newest first."""
    query = read_query(request, RefusalQuery, otherwise={"limit": str(ROWS)})
    with database.read() as tx:
        rows, beside = newest_first(request, lambda back: refusal_rows(tx, query, visitor.caller, back=back))
        names = names_of(tx, {row.sender for row in rows if row.sender is not None})
    return render(
        request,
        visitor,
        "refusals.html",
        items=[refusal_members(row, visitor.language) for row in rows],
        names=names,
        beside=beside,
        asked=members_of(request),
        codes=sorted(
            code for code, problem in CATALOGUE.items() if problem.status < HTTPStatus.INTERNAL_SERVER_ERROR
        ),
    )
