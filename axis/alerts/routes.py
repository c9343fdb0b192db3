"""`GET /v1/alerts`: what an operator should look at, now and before."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from axis.agencies.callers import OperatorOrAuditor
from axis.alerts.listing import AlertList, AlertsQuery, describe_alert, list_alerts
from axis.database.dependencies import DatabaseDep
from axis.json_http import answer_json, page_members
from axis.problems import declare, language_of
from axis.protocol.agency_codes import canonical_or_none
from axis.protocol.errors import NotAuthenticated, NotPermitted, QueryInvalid

router = APIRouter(tags=["alerts"])


@router.get(
    "/v1/alerts",
    summary="List alerts",
    response_class=Response,
    responses={
        200: {"model": AlertList, "description": "Alerts, the newest first."},
        **declare(NotAuthenticated, NotPermitted, QueryInvalid),
    },
)
def read_alerts(
    query: Annotated[AlertsQuery, Query()],
    request: Request,
    database: DatabaseDep,
    _caller: OperatorOrAuditor,
) -> Response:
    """List alerts: those that stand open, or with `state` those that are over, too."""
    language = language_of(request.headers.get("accept-language"))
    agency = None if query.agency is None else canonical_or_none(query.agency) or query.agency
    with database.read() as tx:
        rows = list_alerts(tx, query, agency)
    return answer_json(
        page_members(rows, query.limit, lambda row: describe_alert(row, language), lambda row: str(row.id))
    )
