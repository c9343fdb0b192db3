"""`/alerts`: what an operator should look at now, and what was so before."""

from fastapi import Request, Response

from axis.alerts.catalogue import KINDS
from axis.alerts.listing import AlertsQuery, describe_alert, list_alerts
from axis.alerts.queries import open_counts
from axis.database.dependencies import DatabaseDep
from axis.protocol.agency_codes import canonical_or_none
from axis.web.page_queries import members_of, read_query
from axis.web.page_routes import page_router
from axis.web.rendering import render
from axis.web.visitors import PageWatcher

router = page_router()


@router.get("/alerts", summary="Alerts")
def show_alerts(request: Request, visitor: PageWatcher, database: DatabaseDep) -> Response:
    """List alerts as `GET /v1/alerts` does, with how many of each name stand open."""
    query = read_query(request, AlertsQuery)
    agency = None if query.agency is None else canonical_or_none(query.agency) or query.agency
    with database.read() as tx:
        rows = list_alerts(tx, query, agency)
        counts = open_counts(tx)
    shown = rows[: query.limit]
    return render(
        request,
        visitor,
        "alerts.html",
        items=[describe_alert(row, visitor.language) for row in shown],
        following=str(shown[-1].id) if len(rows) > query.limit else None,
        counts={name: counts.get(name, 0) for name in KINDS},
        settings={name: kind.setting for name, kind in KINDS.items()},
        asked=members_of(request),
    )
