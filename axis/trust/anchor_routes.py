"""Trust anchors and issuers over HTTP, for operators: add, list and remove them.

Anchors in the trust folder are read by `axis.trust.material`.
"""

import ssl
from typing import Annotated, Any, cast

from fastapi import APIRouter, Path, Request, Response
from fastapi.concurrency import run_in_threadpool

from axis.agencies.callers import OperatorCaller
from axis.clock import rfc3339
from axis.database.dependencies import ClockDep, DatabaseDep, SettingsDep
from axis.json_http import answer_json
from axis.problems import declare
from axis.protocol.errors import (
    NotAuthenticated,
    NotFound,
    NotPermitted,
    Overloaded,
    Place,
    QueryInvalid,
)
from axis.protocol.manifest_rules import DIGEST
from axis.protocol.request_bodies import JSON_REFUSALS
from axis.trust.anchors import ROLES, Anchor, AnchorRole, add_anchor, anchor_der, anchors, remove_anchor
from axis.trust.certificate_bodies import body_schema, read_certificate, shown
from signing.certificates import fingerprint
from signing.verdict_schema import CERTIFICATE_SCHEMA

router = APIRouter(tags=["trust"])

DigestPath = Annotated[str, Path(description="SHA-256 of the certificate's DER bytes, in hexadecimal.")]

_ROLE = {
    "type": "string",
    "enum": list(ROLES),
    "description": "`root` is trusted; `intermediate` only helps to build paths to a root. Without it: what "
    "names itself as its issuer is a root.",
}
_ANCHOR_SCHEMA = {
    "title": "Anchor",
    "type": "object",
    "required": ["role", "added_at", "certificate"],
    "properties": {
        "role": {"type": "string", "enum": list(ROLES)},
        "added_at": {"type": "string", "format": "date-time"},
        "certificate": CERTIFICATE_SCHEMA,
    },
}
_LEFT_OUT_SCHEMA = {
    "title": "LeftOut",
    "type": "object",
    "description": "What lies in the store and cannot be read.",
    "required": ["item", "reason"],
    "properties": {"item": {"type": "string"}, "reason": {"type": "string"}},
}
_ONE = {"application/json": {"schema": _ANCHOR_SCHEMA}}


@router.get(
    "/v1/trust/certificates",
    summary="The trust anchors and issuers added",
    response_class=Response,
    responses={
        200: {
            "description": "Oldest first; those of the trust folder and the hub's own are not among them.",
            "content": {
                "application/json": {
                    "schema": {
                        "title": "AnchorList",
                        "type": "object",
                        "required": ["items", "next", "left_out"],
                        "properties": {
                            "items": {"type": "array", "items": _ANCHOR_SCHEMA},
                            "next": {"type": "null"},
                            "left_out": {"type": "array", "items": _LEFT_OUT_SCHEMA},
                        },
                    }
                }
            },
        },
        **declare(NotAuthenticated, NotPermitted),
    },
)
def list_anchors(database: DatabaseDep, _caller: OperatorCaller) -> Response:
    """List the certificates that operators added, all at once, since there are few. Operators only."""
    with database.read() as tx:
        found = anchors(tx)
    left_out = [each._asdict() for each in found.left_out]
    return answer_json(
        {"items": [answer_of(each) for each in found.items], "next": None, "left_out": left_out}
    )


@router.get(
    "/v1/trust/certificates/{sha256}",
    summary="A trust anchor or issuer",
    response_class=Response,
    responses={
        200: {
            "description": "The certificate, PEM.",
            "content": {"application/x-pem-file": {"schema": {"type": "string"}}},
        },
        **declare(NotAuthenticated, NotPermitted, NotFound),
    },
)
def show_anchor(sha256: DigestPath, database: DatabaseDep, _caller: OperatorCaller) -> Response:
    """Return a certificate that an operator added. Operators only."""
    with database.read() as tx:
        der = anchor_der(tx, sha256.lower())
    if der is None:
        raise NotFound
    return Response(ssl.DER_cert_to_PEM_cert(der), media_type="application/x-pem-file")


@router.put(
    "/v1/trust/certificates/{sha256}",
    summary="Add a trust anchor or issuer",
    response_class=Response,
    responses={
        200: {"description": "It was there; its role is the one asked for.", "content": _ONE},
        201: {"description": "Added. Every process trusts it within a second.", "content": _ONE},
        **declare(*JSON_REFUSALS, NotAuthenticated, NotPermitted, QueryInvalid, Overloaded),
    },
    openapi_extra={"requestBody": body_schema("NewAnchor", "role", _ROLE)},
)
async def put_anchor(
    sha256: DigestPath,
    request: Request,
    database: DatabaseDep,
    settings: SettingsDep,
    clock: ClockDep,
    _caller: OperatorCaller,
) -> Response:
    """Add a root to trust, or an issuer below one. The path has its digest, so that no other is trusted.

    Operators only.
    """
    certificate, given = await read_certificate(request, settings.json_bytes, "role", ROLES)
    found = fingerprint(certificate)
    if found != sha256.lower():
        raise QueryInvalid(Place("path:sha256", sha256[:64], found))
    role = cast("AnchorRole | None", given)
    added, is_new = await run_in_threadpool(
        database.write, lambda tx: add_anchor(tx, certificate, role, clock.now())
    )
    return answer_json(answer_of(added), 201 if is_new else 200)


@router.delete(
    "/v1/trust/certificates/{sha256}",
    summary="Remove a trust anchor or issuer",
    status_code=204,
    response_class=Response,
    responses={
        204: {"description": "It is trusted no more; verdicts already given stay as they are."},
        **declare(NotAuthenticated, NotPermitted, NotFound, Overloaded),
    },
)
def delete_anchor(sha256: DigestPath, database: DatabaseDep, _caller: OperatorCaller) -> Response:
    """Remove a certificate that an operator added. Operators only."""
    digest = sha256.lower()
    if not DIGEST.fullmatch(digest) or not database.write(lambda tx: remove_anchor(tx, digest)):
        raise NotFound
    return Response(status_code=204)


def answer_of(found: Anchor) -> dict[str, Any]:
    """Return a trust anchor or issuer as it is shown."""
    return {"role": found.role, "added_at": rfc3339(found.added_at), "certificate": shown(found.summary)}
