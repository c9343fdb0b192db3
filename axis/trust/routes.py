"""Registered certificates over HTTP, for operators: bind certificates to agencies and unbind them.

Anchors are in `axis.trust.anchor_routes`.
"""

from typing import Annotated, Any, get_args

from fastapi import APIRouter, Path, Request, Response
from fastapi.concurrency import run_in_threadpool

from axis.agencies.callers import OperatorCaller
from axis.agencies.directory import DirectoryDep
from axis.agencies.routes import CodePath
from axis.database import Database
from axis.database.dependencies import ClockDep, DatabaseDep, SettingsDep
from axis.json_http import answer_json
from axis.problems import declare
from axis.protocol.agency_codes import AgencyCode, canonical_or_none
from axis.protocol.errors import (
    NotAuthenticated,
    NotFound,
    NotPermitted,
    Overloaded,
    QueryInvalid,
)
from axis.protocol.manifest_rules import DIGEST
from axis.protocol.request_bodies import JSON_REFUSALS
from axis.trust.certificate_bodies import body_schema, read_certificate, shown
from axis.trust.registered_certificates import Registered, register, unregister
from signing.certificate_subjects import OwnerKind
from signing.verdict_schema import CERTIFICATE_SCHEMA

router = APIRouter(tags=["trust"])

KINDS: tuple[OwnerKind, ...] = get_args(OwnerKind)

_SUMMARY_SCHEMA = {
    "title": "BoundCertificate",
    "type": "object",
    "required": ["agency", "kind", "certificate"],
    "properties": {
        "agency": {"type": "string", "examples": ["000.00.00.H24"]},
        "kind": {"type": "string", "enum": list(KINDS)},
        "certificate": CERTIFICATE_SCHEMA,
    },
}
_KIND = {"type": "string", "enum": list(KINDS), "default": "organisation"}


@router.post(
    "/v1/agencies/{code}/certificates",
    summary="Bind a certificate to an agency",
    status_code=201,
    response_class=Response,
    responses={
        201: {
            "description": "The certificate is bound.",
            "content": {"application/json": {"schema": _SUMMARY_SCHEMA}},
        },
        **declare(*JSON_REFUSALS, NotAuthenticated, NotPermitted, NotFound, QueryInvalid, Overloaded),
    },
    openapi_extra={"requestBody": body_schema("NewBinding", "kind", _KIND)},
)
async def bind_certificate(
    code: CodePath,
    request: Request,
    database: DatabaseDep,
    settings: SettingsDep,
    clock: ClockDep,
    directory: DirectoryDep,
    _caller: OperatorCaller,
) -> Response:
    """Bind a certificate to an agency that its subject does not name.

    It is not trusted by that. Operators only.

    A body that is a certificate, PEM or DER, binds it as the organisation's.
    """
    certificate, given = await read_certificate(request, settings.json_bytes, "kind", KINDS)
    kind: OwnerKind = "person" if given == "person" else "organisation"

    def work() -> Registered:
        agency = _known_agency(database, directory, code)
        return database.write(lambda tx: register(tx, certificate, agency, kind, clock.now()))

    return answer_json(answer_of(await run_in_threadpool(work)), 201)


@router.delete(
    "/v1/agencies/{code}/certificates/{sha256}",
    summary="Unbind a certificate from an agency",
    status_code=204,
    response_class=Response,
    responses={
        204: {"description": "The certificate is bound no more."},
        **declare(NotAuthenticated, NotPermitted, NotFound, Overloaded),
    },
)
def unbind_certificate(
    code: CodePath,
    sha256: Annotated[str, Path(description="SHA-256 of the certificate's DER bytes, in hexadecimal.")],
    database: DatabaseDep,
    directory: DirectoryDep,
    _caller: OperatorCaller,
) -> Response:
    """Undo a binding. Earlier verdicts remain. Operators only."""
    agency = _known_agency(database, directory, code)
    digest = sha256.lower()
    if not DIGEST.fullmatch(digest) or not database.write(lambda tx: unregister(tx, agency, digest)):
        raise NotFound
    return Response(status_code=204)


def answer_of(registered: Registered) -> dict[str, Any]:
    """Return a binding as it is shown."""
    return {"agency": registered.agency, "kind": registered.kind, "certificate": shown(registered.summary)}


def _known_agency(database: Database, directory: DirectoryDep, code: str) -> AgencyCode:
    known = canonical_or_none(code)
    with database.read() as tx:
        agency = directory.get(tx, known) if known is not None else None
    if agency is None:
        raise NotFound
    return agency.code
