"""`/sandbox/certificates`: issue single certificates, with any times, and revoke them."""

from typing import Annotated, get_args

from fastapi import APIRouter, Path, Request, Response
from fastapi.concurrency import run_in_threadpool

from axis.agencies import queries
from axis.authority import certificates as ca
from axis.authority.stored_authorities import ISSUING, open_authority
from axis.json_http import answer_json, describe_body
from axis.problems import declare
from axis.protocol.errors import (
    NotAuthenticated,
    NotFound,
    Overloaded,
    Place,
    QueryInvalid,
)
from axis.protocol.request_bodies import JSON_REFUSALS, read_json
from axis.sandbox.provisioning import Pair, issue_one, settle_key
from axis.sandbox.request_values import CertificateWish, Reader, read_certificate
from axis.sandbox.state import Sandbox, SandboxDep
from signing.authority import RevocationReason
from signing.keys import KEY_KINDS

router = APIRouter(tags=["sandbox"])

REASONS: tuple[RevocationReason, ...] = get_args(RevocationReason)

_BODY = {
    "type": "object",
    "additionalProperties": False,
    "required": ["agency"],
    "properties": {
        "agency": {"type": "string"},
        "person": {
            "type": ["object", "null"],
            "required": ["name", "title"],
            "properties": {"name": {"type": "string"}, "title": {"type": "string"}},
        },
        "key": {"enum": list(KEY_KINDS), "default": "p256"},
        "public_key": {"type": "string", "description": "PEM, instead of `key`."},
        "not_before": {"type": "string", "format": "date-time", "description": "Default: an hour ago."},
        "not_after": {"type": "string", "format": "date-time", "description": "Default: five years later."},
    },
}
_ANSWER = {
    "type": "object",
    "required": ["certificate", "key", "serial"],
    "properties": {
        "certificate": {"type": "string", "description": "PEM: the certificate, then its issuers."},
        "key": {"type": ["string", "null"], "description": "PEM; null where you kept the key yourself."},
        "serial": {"type": "string", "description": "Hexadecimal."},
    },
}
_REVOCATION = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"reason": {"enum": list(REASONS), "default": "unspecified"}},
}


@router.post(
    "/sandbox/certificates",
    summary="Issue a certificate",
    status_code=201,
    response_class=Response,
    responses={
        201: {"description": "Issued.", "content": {"application/json": {"schema": _ANSWER}}},
        **declare(*JSON_REFUSALS, NotAuthenticated, QueryInvalid, Overloaded),
    },
    openapi_extra=describe_body(_BODY),
)
async def issue_certificate(request: Request, sandbox: SandboxDep) -> Response:
    """Issue a certificate to an agency or to a person of it. The sandbox's operator."""
    wish = read_certificate(await read_json(request, sandbox.settings.json_bytes))
    pair = await run_in_threadpool(_issue, sandbox, wish)
    members = {**pair.members(), "serial": pair.issued.serial}
    return answer_json(members, 201)


@router.delete(
    "/sandbox/certificates/{serial}",
    summary="Revoke a certificate",
    status_code=204,
    response_class=Response,
    responses={
        204: {"description": "Revoked, and on a new list; revoking again changes nothing."},
        **declare(*JSON_REFUSALS, NotAuthenticated, NotFound, QueryInvalid, Overloaded),
    },
    openapi_extra={
        "requestBody": {"required": False, "content": {"application/json": {"schema": _REVOCATION}}}
    },
)
async def revoke_certificate(
    serial: Annotated[str, Path(description="Hexadecimal.")], request: Request, sandbox: SandboxDep
) -> Response:
    """Revoke a certificate of this hub's authority from now on. The sandbox's operator."""
    body: object = {}
    if request.headers.get("content-type"):
        body = await read_json(request, sandbox.settings.json_bytes)
    reader = Reader()
    reason = reader.members(body, "", frozenset({"reason"})).get("reason", "unspecified")
    if reason not in REASONS:
        reader.wrong("/reason", reason, " or ".join(REASONS))
    reader.finish()
    await run_in_threadpool(_revoke, sandbox, serial, reason)
    return Response(status_code=204)


def _issue(sandbox: Sandbox, wish: CertificateWish) -> Pair:
    now = sandbox.clock.now()
    with sandbox.database.read() as tx:
        rows = queries.agency_rows(tx, [wish.agency])
        authority = open_authority(tx, ISSUING, sandbox.secret)
    if not rows:
        raise QueryInvalid(Place("/agency", wish.agency, "an agency of the directory"))
    public, private = settle_key(wish.key)
    request = ca.Request(wish.agency, rows[0].name, public, wish.person, wish.not_before, wish.not_after)
    issued = issue_one(authority, sandbox, request, "", now)
    sandbox.database.write(lambda tx: ca.record(tx, [issued]))
    return Pair(issued, private)


def _revoke(sandbox: Sandbox, serial: str, reason: RevocationReason) -> None:
    try:
        sandbox.database.write(lambda tx: ca.revoke(tx, serial, reason, sandbox.clock.now(), sandbox.secret))
    except ca.UnknownSerialError:
        raise NotFound from None
    sandbox.look()
