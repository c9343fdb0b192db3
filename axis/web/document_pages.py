"""`/documents` and `/documents/{document}`: which documents there are, and what happened to one.

They ask what the API's routes ask, as the caller who signed in, and lay out the answers.
"""

from typing import Annotated, Any, Final

from fastapi import Path, Request, Response

from axis.agencies.directory import names_of
from axis.database.dependencies import DatabaseDep
from axis.documents import listing, single_document
from axis.documents.filters import DocumentQuery
from axis.documents.queries import document_row
from axis.evidence.histories import status_members, verdict_members
from axis.protocol.document_types import DOCUMENT_TYPES
from axis.protocol.statuses import NAMES
from axis.web.page_queries import members_of, newest_first, read_query
from axis.web.page_routes import page_router
from axis.web.rendering import render
from axis.web.visitors import PageReader

router = page_router()

ROWS: Final = 50
"""Of a page of the list, unless its address says `limit`."""
DocumentId = Annotated[str, Path(description="The document's id.")]


@router.get("/documents", summary="Documents")
def list_documents(request: Request, visitor: PageReader, database: DatabaseDep) -> Response:
    """List the documents that pass the filters of `GET /v1/documents`, newest first."""
    query = read_query(request, DocumentQuery, otherwise={"limit": str(ROWS)})
    with database.read() as tx:
        items, beside = newest_first(
            request, lambda back: listing.list_documents(tx, query, visitor.caller, back=back)
        )
        names = names_of(tx, {code for item in items for code in (item["from"], *item["to"])})
    return render(
        request,
        visitor,
        "documents.html",
        items=items,
        names=names,
        beside=beside,
        asked=members_of(request),
        types=DOCUMENT_TYPES,
        statuses=NAMES,
    )


@router.get("/documents/{document}", summary="A document")
def show_document(
    document: DocumentId, request: Request, visitor: PageReader, database: DatabaseDep
) -> Response:
    """Show a document, its verdicts, and what happened to those of its deliveries that the caller may see."""
    caller = visitor.caller
    with database.read() as tx:
        described = single_document.describe_document(tx, caller, document, visitor.language)
        position, side = single_document.find(tx, caller, document)
        verdicts = verdict_members(tx, position, described["id"])["items"]
        statuses = status_members(tx, caller, position, side, document_row(tx, position))
        names = names_of(tx, [described["from"], *described["to"]])
    if visitor.language == "vi":
        verdicts = [{**each, **each["vi"]} for each in verdicts]
    return render(
        request,
        visitor,
        "document.html",
        document=described,
        verdicts=verdicts,
        happened=_timeline(described, verdicts, statuses),
        position=position,
        is_complete=statuses["complete"],
        names=names,
    )


def _timeline(
    document: dict[str, Any], verdicts: list[dict[str, Any]], statuses: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return all that happened to a document, in the ledger's order."""
    accepted = {"kind": "accepted", "at": document["accepted_at"], "position": statuses["position"]}
    judged = [
        {"kind": "judged", "at": each["at"], "position": each["position"], "verdict": each}
        for each in verdicts[1:]
    ]
    told = [
        {**event, "to": delivery["to"], "happened": event["kind"], "kind": "told"}
        for delivery in statuses["deliveries"]
        for event in delivery["events"]
    ]
    return [accepted, *sorted([*judged, *told], key=lambda each: int(each["position"]))]
