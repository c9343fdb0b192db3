"""`/inbox`, `/outbox`, `/deliveries` and one delivery: what came and went, and a form for the answer.

They ask what the API's routes ask, as the caller who signed in. An answer is a status like any other.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final, get_args

from fastapi import Path, Request, Response
from starlette.responses import RedirectResponse

from axis.agencies.callers import agency_sending
from axis.agencies.directory import DirectoryDep, names_of
from axis.database import Database
from axis.database.dependencies import DatabaseDep
from axis.deliveries.filters import STATES, DeliveryQuery
from axis.deliveries.listing import describe_delivery, list_deliveries
from axis.deliveries.routes import record_statuses, sending_place
from axis.deliveries.statuses import PostedStatus, codes_allowed
from axis.documents.deadlines import Deadline
from axis.protocol.document_types import DOCUMENT_TYPES
from axis.protocol.errors import AxisError
from axis.protocol.statuses import NOTE_CHARACTERS, NOTE_REQUIRED, read_status
from axis.web.catalogues import N_
from axis.web.forms import check_form
from axis.web.page_queries import members_of, newest_first, read_query
from axis.web.page_routes import lead_back, page_router
from axis.web.rendering import render
from axis.web.visitors import PageAgency, PageReader, SignedIn

router = page_router()

ROWS: Final = 50
"""Of a page of a list, unless its address says `limit`."""
VIEWS: Final[tuple[tuple[str, dict[str, str]], ...]] = (
    (N_("Waiting for an answer"), {"state": "pending"}),
    (N_("Asked back or changed"), {"request": "open"}),
    (N_("Refused"), {"state": "refused"}),
    (N_("Left without a status"), {"expired": "true", "state": "pending"}),
    (N_("All"), {}),
)
"""The lists that a mailbox offers, the first of them unless its address asks for another."""
DeliveryId = Annotated[str, Path(description="The delivery's id.")]


@router.get("/inbox", summary="What came")
def show_inbox(request: Request, visitor: PageAgency, database: DatabaseDep) -> Response:
    """List what the agency received, and every agency below it where the token speaks for them."""
    return _mailbox(request, visitor, database, "received")


@router.get("/outbox", summary="What went out")
def show_outbox(request: Request, visitor: PageAgency, database: DatabaseDep) -> Response:
    """List what the agency sent, a row for each recipient."""
    return _mailbox(request, visitor, database, "sent")


@router.get("/deliveries", summary="Deliveries")
def show_deliveries(request: Request, visitor: PageReader, database: DatabaseDep) -> Response:
    """List the deliveries that pass the filters of `GET /v1/deliveries`: what figures count."""
    query = read_query(request, DeliveryQuery, otherwise={"limit": str(ROWS)})
    items, names, beside = _page(request, database, query, visitor)
    return render(
        request,
        visitor,
        "deliveries.html",
        items=items,
        names=names,
        beside=beside,
        asked=members_of(request),
        states=STATES,
        deadlines=get_args(Deadline),
    )


@router.get("/deliveries/{delivery}", summary="A delivery")
def show_delivery(
    delivery: DeliveryId,
    request: Request,
    visitor: PageReader,
    database: DatabaseDep,
    directory: DirectoryDep,
) -> Response:
    """Show where a delivery stands, every status it was given, and the answers that may follow."""
    with database.read() as tx:
        described = describe_delivery(tx, visitor.caller, delivery)
        choices = codes_allowed(tx, directory, visitor.caller, delivery)
        parties = (described["from"], described["to"], *(each["by"] for each in described["statuses"]))
        names = names_of(tx, parties)
    return render(
        request,
        visitor,
        "delivery.html",
        delivery=described,
        names=names,
        choices=choices if visitor.role == "agency" else (),
        need_note=NOTE_REQUIRED,
        note_characters=NOTE_CHARACTERS,
    )


@router.post("/deliveries/{delivery}/statuses", summary="Answer a delivery")
async def answer_delivery(delivery: DeliveryId, request: Request, visitor: PageAgency) -> Response:
    """Give a delivery the status of a form, and show it again. Raises as the API's route does."""
    lead_back(request, f"/deliveries/{delivery}")
    fields = await check_form(request, visitor)
    caller = await agency_sending(visitor.caller)
    written = fields.get("note", "").replace("\r\n", "\n")  # as browsers send lines, and do not count them
    asked = {"code": fields.get("code", ""), "note": written or None}
    code, note = read_status(asked)
    with sending_place(request, caller):
        (outcome,) = await record_statuses(request, caller, [PostedStatus(delivery, code, note)])
    if isinstance(outcome, AxisError):
        raise outcome
    return RedirectResponse(
        f"/deliveries/{outcome.delivery}", HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"}
    )


def _mailbox(request: Request, visitor: SignedIn, database: DatabaseDep, side: str) -> Response:
    first = VIEWS[0][1] if not request.query_params else {}
    query = read_query(
        request,
        DeliveryQuery,
        also=frozenset({"side"}),
        otherwise={"limit": str(ROWS), "side": side, **first},
    )
    items, names, beside = _page(request, database, query, visitor)
    return render(
        request,
        visitor,
        "mailbox.html",
        side=side,
        mailbox="/inbox" if side == "received" else "/outbox",
        views=VIEWS,
        items=items,
        names=names,
        beside=beside,
        asked={**first, **members_of(request, "side")},
        types=DOCUMENT_TYPES,
    )


def _page(
    request: Request, database: Database, query: DeliveryQuery, visitor: SignedIn
) -> tuple[list[dict[str, Any]], Mapping[str, str], dict[str, str | None]]:
    """Return a page of deliveries, newest first, the names of their parties, and the pages beside it."""
    with database.read() as tx:
        items, beside = newest_first(
            request, lambda back: list_deliveries(tx, query, visitor.caller, back=back)
        )
        return items, names_of(tx, {code for item in items for code in (item["from"], item["to"])}), beside
