"""`GET /v1/deliveries` and `GET /v1/deliveries/{id}`: what went to whom, and where it stands."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from axis.agencies.callers import AgencyOrAuditor, PartyOrAuditor
from axis.database.dependencies import DatabaseDep
from axis.database.snapshots import hold_snapshot
from axis.deliveries import schemas
from axis.deliveries.filters import DeliveryQuery
from axis.deliveries.list_tables import DELIVERIES
from axis.deliveries.listing import describe_delivery, list_deliveries
from axis.documents.listing import whole_list
from axis.json_http import answer_json
from axis.problems import declare, language_of
from axis.protocol.errors import (
    NotAuthenticated,
    NotFound,
    NotPermitted,
    Overloaded,
    QueryInvalid,
    TooManyRows,
)
from axis.table_http import TABLES, answer_table, form_asked

router = APIRouter(tags=["deliveries"])


@router.get(
    "/v1/deliveries",
    summary="List deliveries",
    response_class=Response,
    responses={
        200: {
            "model": schemas.DeliveryPage,
            "description": "Deliveries in the order of their documents.",
            "content": TABLES,
        },
        **declare(NotAuthenticated, NotPermitted, QueryInvalid, TooManyRows, Overloaded),
    },
)
def read_deliveries(
    query: Annotated[DeliveryQuery, Query()],
    request: Request,
    database: DatabaseDep,
    caller: AgencyOrAuditor,
) -> Response:
    """List deliveries, one for each recipient: those an agency sent and received; for an auditor all.

    A page may have fewer items than `limit`, or none, where few deliveries pass the filters. The list ends
    where `next` is null.
    """
    form = form_asked(request, query.format)
    if form is not None:
        language = language_of(request.headers.get("accept-language"))
        with database.read() as tx:
            hold_snapshot(tx)
            pages = whole_list(query, lambda page: list_deliveries(tx, page, caller))
            return answer_table(request, form, DELIVERIES[language], language, pages)
    with database.read() as tx:
        items, following = list_deliveries(tx, query, caller)
    return answer_json({"items": items, "next": following})


@router.get(
    "/v1/deliveries/{id}",
    summary="Read a delivery",
    response_class=Response,
    responses={
        200: {
            "model": schemas.DeliveryWithStatuses,
            "description": "The delivery, with every status in order.",
        },
        **declare(NotAuthenticated, NotPermitted, NotFound, QueryInvalid),
    },
)
def read_delivery(
    id: schemas.DeliveryPath,  # noqa: A002 - the path's name for it
    database: DatabaseDep,
    caller: PartyOrAuditor,
) -> Response:
    """Return a delivery and the statuses it was given: to its sender, its recipient and auditors."""
    with database.read() as tx:
        return answer_json(describe_delivery(tx, caller, id))
