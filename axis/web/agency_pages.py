"""`/agencies` and `/agencies/{code}`: who is on the axis, and what the directory says of one."""

from dataclasses import asdict
from typing import Final

from fastapi import Request, Response

from axis.agencies import queries
from axis.agencies.directory import DirectoryDep, agency_of, search
from axis.agencies.last_calls import last_seen
from axis.agencies.routes import AgencyQuery, CodePath
from axis.clock import Microseconds, rfc3339
from axis.database.dependencies import DatabaseDep, SettingsDep
from axis.protocol.agency_codes import canonical_or_none, short_form
from axis.protocol.errors import NotFound
from axis.trust.queries import registrations_of
from axis.web.page_queries import members_of, read_query
from axis.web.page_routes import page_router
from axis.web.rendering import render
from axis.web.visitors import SignedInVisitor

router = page_router()

ROWS: Final = 100
"""Of a page of the list, unless its address says `limit`."""
SILENT_DAYS: Final = 7
"""The silence that the list offers as a filter where the settings name none."""
BELOW: Final = 500
"""The most agencies that are named below another."""


@router.get("/agencies", summary="Agencies")
def list_agencies(
    request: Request, visitor: SignedInVisitor, database: DatabaseDep, settings: SettingsDep
) -> Response:
    """Search the directory as `GET /v1/agencies` does."""
    query = read_query(request, AgencyQuery, otherwise={"limit": str(ROWS)})
    with database.read() as tx:
        found = search(tx, query.q, query.after, query.limit + 1, silent_days=query.silent_days)
        seen = last_seen(tx, [agency.code for agency in found])
    shown = found[: query.limit]
    return render(
        request,
        visitor,
        "agencies.html",
        items=[
            {**asdict(each), "short_code": short_form(each.code), "last_seen": _time(seen.get(each.code))}
            for each in shown
        ],
        silent_days=query.silent_days or settings.alert_silent_days or SILENT_DAYS,
        following=shown[-1].code if len(found) > query.limit else None,
        asked=members_of(request),
    )


@router.get("/agencies/{code}", summary="An agency")
def show_agency(
    code: CodePath,
    request: Request,
    visitor: SignedInVisitor,
    database: DatabaseDep,
    directory: DirectoryDep,
) -> Response:
    """Show an agency's record, what stands above and below it, and the certificates registered for it."""
    known = canonical_or_none(code)
    with database.read() as tx:
        agency = None if known is None else directory.get(tx, known)
        if agency is None:
            raise NotFound
        parent = None if agency.parent is None else directory.get(tx, agency.parent)
        below = [agency_of(row) for row in queries.children_of(tx, agency.code, BELOW)]
        registered = registrations_of(tx, agency.code)
        seen = last_seen(tx, [agency.code]).get(agency.code)
    return render(
        request,
        visitor,
        "agency.html",
        agency={**asdict(agency), "short_code": short_form(agency.code), "last_seen": _time(seen)},
        parent=parent,
        below=below,
        registered=[
            {"sha256": row.sha256, "kind": row.kind, "at": rfc3339(row.registered_at)} for row in registered
        ],
    )


def _time(moment: Microseconds | None) -> str | None:
    return None if moment is None else rfc3339(moment)
