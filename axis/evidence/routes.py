"""`GET /v1/documents/{document}/receipt`: the hub's proof that it accepted a document."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from axis.agencies.callers import AgencyOrAuditor
from axis.database.dependencies import DatabaseDep
from axis.documents.reading import find
from axis.ledger.receipts import receipt
from axis.problems import declare
from axis.protocol.errors import NotAuthenticated, NotFound, NotPermitted

router = APIRouter(tags=["documents"])

_PROOF = {"text/plain": {"schema": {"type": "string"}}}


@router.get(
    "/v1/documents/{document}/receipt",
    summary="Fetch a receipt",
    response_class=Response,
    responses={
        200: {"description": "A C2SP tlog-proof; `extra` holds the ledger's leaf.", "content": _PROOF},
        **declare(NotAuthenticated, NotPermitted, NotFound),
    },
)
def read_receipt(
    document: Annotated[str, Path(description="The document's id, as its sender was answered.")],
    database: DatabaseDep,
    caller: AgencyOrAuditor,
) -> Response:
    """Return the receipt of a document, byte for byte as it was first given, to its parties and auditors."""
    with database.read() as tx:
        position, _ = find(tx, caller, document)
        proof = receipt(tx, position)
    return Response(
        proof, media_type="text/plain; charset=utf-8", headers={"X-Content-Type-Options": "nosniff"}
    )
