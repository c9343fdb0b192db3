"""`GET /v1/documents…` and `GET /v1/refusals`: accepted documents and refusals, for whom they concern.

Documents are sent at `axis.intake.routes`.
"""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Request, Response

from axis import problems
from axis.agencies.callers import AgencyOrAuditor, PartyOrAuditor
from axis.clock import rfc3339
from axis.database.dependencies import DatabaseDep, SettingsDep
from axis.database.snapshots import hold_snapshot
from axis.documents import listing, single_document
from axis.documents import schemas as described
from axis.documents.content_rights import require_contents
from axis.documents.downloads import Body, RangeUnsatisfiableError, find_attachment, send
from axis.documents.envelopes import MEDIA_TYPE as ENVELOPE_MEDIA_TYPE
from axis.documents.filters import DocumentQuery, RefusalQuery, VerdictQuery
from axis.documents.list_tables import DOCUMENTS, REFUSALS, VERDICTS
from axis.documents.manifest_settings import manifest_limits
from axis.json_http import answer_json
from axis.objects.store import Objects
from axis.problems import Language, declare, language_of
from axis.protocol.errors import (
    NotAuthenticated,
    NotFound,
    NotPermitted,
    Overloaded,
    Place,
    QueryInvalid,
    TooManyRows,
    shorten,
)
from axis.protocol.manifest_schema import manifest_schema
from axis.protocol.messages import KINDS, message_schema
from axis.protocol.stored_errors import from_stored
from axis.table_http import answer_table, form_asked
from signing.verdict import DocumentVerdict

router = APIRouter(tags=["documents"])

NEVER_SO_MANY = 100_000
"""No document has so many attachments or signatures. A larger number is answered without reading the
store."""

DocumentId = Annotated[str, Path(description="The document's id, as its sender was answered.")]
Ordinal = Annotated[int, Path(ge=0, description="Which one, from 0.")]
_REFUSALS = declare(NotAuthenticated, NotPermitted, NotFound)
_LIST_REFUSALS = declare(NotAuthenticated, NotPermitted, QueryInvalid, TooManyRows, Overloaded)
_PART_REFUSALS = {
    **declare(NotAuthenticated, NotPermitted, NotFound, QueryInvalid, Overloaded),
    416: {**declare(QueryInvalid)[422], "description": "The range begins after the end; `query-invalid`."},
}


@router.get(
    "/v1/documents",
    summary="List documents",
    response_class=Response,
    responses={**described.DOCUMENT_LIST, **_LIST_REFUSALS},
)
def list_documents(
    query: Annotated[DocumentQuery, Query()],
    request: Request,
    database: DatabaseDep,
    caller: AgencyOrAuditor,
) -> Response:
    """List documents, oldest first: an agency's own, sent and received; an auditor all.

    A page may have fewer items than `limit`, or none, where few documents pass the filters. The list ends
    where `next` is null.
    """
    form = form_asked(request, query.format)
    if form is not None:
        language = _language(request)
        with database.read() as tx:
            hold_snapshot(tx)
            pages = listing.whole_list(query, lambda page: listing.list_documents(tx, page, caller))
            return answer_table(request, form, DOCUMENTS[language], language, pages)
    with database.read() as tx:
        items, following = listing.list_documents(tx, query, caller)
    return answer_json({"items": items, "next": following})


@router.get(
    "/v1/documents/{document}",
    summary="Read a document",
    response_class=Response,
    responses={**described.DOCUMENT, **_REFUSALS},
)
def read_document(
    document: DocumentId, request: Request, database: DatabaseDep, caller: PartyOrAuditor
) -> Response:
    """Return a document, its newest verdict and its deliveries: to its sender, recipients and auditors."""
    with database.read() as tx:
        return answer_json(single_document.describe_document(tx, caller, document, _language(request)))


@router.head("/v1/documents/{document}/manifest", include_in_schema=False)
@router.get(
    "/v1/documents/{document}/manifest",
    summary="Fetch a manifest",
    response_class=Response,
    responses={**described.content("application/json", "The bytes that were signed."), **_PART_REFUSALS},
)
def read_manifest(
    document: DocumentId, request: Request, database: DatabaseDep, caller: PartyOrAuditor
) -> Response:
    """Return the exact bytes of the manifest, over which its signatures were made."""
    with database.read() as tx:
        body = single_document.manifest_body(tx, caller, document)
    return _content(request, body)


@router.head("/v1/documents/{document}/signatures/{n}", include_in_schema=False)
@router.get(
    "/v1/documents/{document}/signatures/{n}",
    summary="Fetch a signature",
    response_class=Response,
    responses={
        **described.content(single_document.SIGNATURE_MEDIA_TYPE, "The signature as received, DER or PEM."),
        **_PART_REFUSALS,
    },
)
def read_signature(
    document: DocumentId, n: Ordinal, request: Request, database: DatabaseDep, caller: PartyOrAuditor
) -> Response:
    """Return a signature over the manifest, as it was received."""
    _check_ordinal(n)
    with database.read() as tx:
        body = single_document.signature_body(tx, caller, document, n)
    return _content(request, body)


@router.head("/v1/documents/{document}/attachments/{n}", include_in_schema=False)
@router.get(
    "/v1/documents/{document}/attachments/{n}",
    summary="Fetch an attachment",
    response_class=Response,
    responses={**described.content("*/*", "The attachment, as its manifest describes it."), **_PART_REFUSALS},
)
def read_attachment(
    document: DocumentId, n: Ordinal, request: Request, database: DatabaseDep, caller: PartyOrAuditor
) -> Response:
    """Return an attachment or one range of it; the ETag is its SHA-256."""
    _check_ordinal(n)
    with database.read() as tx:
        position, _ = single_document.find(tx, caller, document)
        require_contents(tx, caller, position)
        body = find_attachment(tx, position, n)
    if body is None:
        raise NotFound
    return _content(request, body)


@router.head("/v1/documents/{document}/edxml", include_in_schema=False)
@router.get(
    "/v1/documents/{document}/edxml",
    summary="Fetch the message a document came in",
    response_class=Response,
    responses={**described.content(ENVELOPE_MEDIA_TYPE, "The message, byte for byte."), **_PART_REFUSALS},
)
def read_edxml(
    document: DocumentId, request: Request, database: DatabaseDep, caller: AgencyOrAuditor
) -> Response:
    """Return the message of the old protocol as it was received; 404 for a document that came over REST."""
    with database.read() as tx:
        body = single_document.edxml_body(tx, caller, document)
    return _content(request, body)


@router.get(
    "/v1/documents/{document}/verdicts",
    summary="List a document's verdicts",
    response_class=Response,
    responses={**described.VERDICT_LIST, **_REFUSALS, **declare(QueryInvalid, TooManyRows, Overloaded)},
)
def list_verdicts(
    document: DocumentId,
    query: Annotated[VerdictQuery, Query()],
    request: Request,
    database: DatabaseDep,
    caller: PartyOrAuditor,
) -> Response:
    """List every verdict given on a document, oldest first. A later verdict never changes an earlier one."""
    language = _language(request)
    form = form_asked(request, query.format)
    with database.read() as tx:
        items = single_document.describe_verdicts(tx, caller, document, language)
    if form is not None:
        rows = [{**item, "document": document, "signatures": len(item["signatures"])} for item in items]
        return answer_table(request, form, VERDICTS[language], language, [rows])
    return answer_json({"items": items, "next": None})


@router.get(
    "/v1/refusals",
    summary="List refusals",
    response_class=Response,
    responses={**described.REFUSAL_LIST, **_LIST_REFUSALS},
)
def list_refusals(
    query: Annotated[RefusalQuery, Query()],
    request: Request,
    database: DatabaseDep,
    caller: AgencyOrAuditor,
) -> Response:
    """List refused documents, oldest first, each with its problem: an agency's own, or an auditor all."""
    language = _language(request)
    form = form_asked(request, query.format)
    if form is not None:
        with database.read() as tx:
            hold_snapshot(tx)
            found = listing.whole_list(query, lambda page: listing.refusal_rows(tx, page, caller))
            pages = ([_refusal_cells(row, language) for row in page] for page in found)
            return answer_table(request, form, REFUSALS[language], language, pages)
    with database.read() as tx:
        rows, following = listing.refusal_rows(tx, query, caller)
    return answer_json({"items": [refusal_members(row, language) for row in rows], "next": following})


@router.get(
    "/v1/schemas/manifest.json",
    summary="The manifest's JSON Schema",
    tags=["schemas"],
    response_class=Response,
    responses=described.MANIFEST_SCHEMA,
)
def read_manifest_schema(settings: SettingsDep) -> Response:
    """Return the JSON Schema of a manifest, with this hub's limits. For anyone."""
    return Response(
        orjson.dumps(manifest_schema(manifest_limits(settings))), media_type="application/schema+json"
    )


@router.get(
    "/v1/schemas/messages/{kind}.json",
    summary="The JSON Schema of a kind of messages",
    tags=["schemas"],
    response_class=Response,
    responses={**described.MANIFEST_SCHEMA, **declare(NotFound)},
)
def read_message_schema(kind: Annotated[str, Path(description="The kind of messages.")]) -> Response:
    """Return the JSON Schema of the main attachment of messages of a published kind. For anyone."""
    if kind not in KINDS:
        raise NotFound
    return Response(orjson.dumps(message_schema(kind)), media_type="application/schema+json")


def refusal_members(row: Any, language: Language) -> dict[str, Any]:
    """Return the members of a refusal, its problem and verdict in a language."""
    error = from_stored(row.problem)
    verdict = None if row.verdict is None else DocumentVerdict.from_stored(row.verdict)
    return {
        "id": row.id,
        "at": rfc3339(row.at),
        "from": row.sender,
        "number": row.number,
        "code": row.code,
        "manifest_sha256": row.manifest_sha256,
        "request_id": row.request_id,
        "problem": problems.describe(error, request_id=row.request_id or "", language=language),
        "verdict": None if verdict is None else verdict.to_json(language),
    }


def _refusal_cells(row: Any, language: Language) -> dict[str, Any]:
    refusal = refusal_members(row, language)
    verdict = refusal["verdict"] or {}
    judged = {name: verdict.get(name) for name in ("indication", "sub_indication")}
    return {**refusal, **judged, "detail": refusal["problem"]["detail"]}


def _content(request: Request, body: Body) -> Response:
    objects: Objects = request.app.state.hub.objects
    try:
        return send(request, objects, body)
    except RangeUnsatisfiableError:
        asked = shorten(request.headers.get("range", ""))
        place = Place("header:Range", asked, f"a range within {body.size} bytes")
        members = problems.describe(
            QueryInvalid(place), request_id=request.state.request_id, language=_language(request)
        )
        return Response(
            orjson.dumps({**members, "status": 416}),
            status_code=416,
            headers={"Content-Range": f"bytes */{body.size}"},
            media_type=problems.MEDIA_TYPE,
        )


def _check_ordinal(ordinal: int) -> None:
    if ordinal > NEVER_SO_MANY:
        raise NotFound


def _language(request: Request) -> Language:
    return language_of(request.headers.get("accept-language"))
