"""`GET /v1/documents/{document}/receipt` and `…/evidence`: proofs of a document that need no hub."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import StreamingResponse

from axis.agencies.callers import AgencyOrAuditor, PartyOrAuditor
from axis.database.dependencies import DatabaseDep
from axis.documents.single_document import find
from axis.evidence.document_evidence import gather
from axis.ledger.receipts import receipt
from axis.ledger.routes import VerifiersDep
from axis.problems import declare
from axis.protocol.errors import NotAuthenticated, NotFound, NotPermitted

router = APIRouter(tags=["documents"])

ZIP = "application/zip"
DocumentId = Annotated[str, Path(description="The document's id, as its sender was answered.")]

_PROOF = {"text/plain": {"schema": {"type": "string"}}}
_ARCHIVE = {ZIP: {"schema": {"type": "string", "format": "binary"}}}
_REFUSALS = declare(NotAuthenticated, NotPermitted, NotFound)


@router.get(
    "/v1/documents/{document}/receipt",
    summary="Fetch a receipt",
    response_class=Response,
    responses={
        200: {"description": "A C2SP tlog-proof; `extra` holds the ledger's leaf.", "content": _PROOF},
        **_REFUSALS,
    },
)
def read_receipt(document: DocumentId, database: DatabaseDep, caller: PartyOrAuditor) -> Response:
    """Return the receipt of a document, byte for byte as it was first given, to its parties and auditors."""
    with database.read() as tx:
        position, _ = find(tx, caller, document)
        proof = receipt(tx, position)
    return Response(
        proof, media_type="text/plain; charset=utf-8", headers={"X-Content-Type-Options": "nosniff"}
    )


@router.get(
    "/v1/documents/{document}/evidence",
    summary="Fetch the evidence of a document",
    response_class=Response,
    responses={200: {"description": "A ZIP archive; docs/evidence.md.", "content": _ARCHIVE}, **_REFUSALS},
)
def read_evidence(
    document: DocumentId,
    request: Request,
    caller: AgencyOrAuditor,
    verifiers: VerifiersDep,
) -> Response:
    """Return all that proves a document without the hub: to its sender and auditors, all of it.

    A recipient gets what happened to its own delivery. The same state gives the same bytes.
    """
    hub = request.app.state.hub
    evidence = gather(hub.objects, caller, document, hub.recorder.signer, verifiers)
    headers = {
        "Content-Length": str(evidence.size),
        "Content-Disposition": f'attachment; filename="{document}.zip"',
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    if request.method == "HEAD":
        return Response(headers=headers, media_type=ZIP)
    return StreamingResponse(evidence.pieces(), headers=headers, media_type=ZIP)
