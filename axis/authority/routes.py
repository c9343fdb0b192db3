"""The hub's own authority over HTTP: certificates, revocation lists, OCSP answers and time-stamps.

Requests may also come as `application/octet-stream`, for generated clients that do not know the media types
of these RFCs.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable
from email.utils import formatdate
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.concurrency import run_in_threadpool

from axis.authority import ocsp_responder, queries, timestamp_authority
from axis.authority.stored_authorities import ISSUING, ROOT, has_authority
from axis.database import Database, Read
from axis.database.dependencies import ClockDep, DatabaseDep, SettingsDep
from axis.database.injected_faults import Service, is_down
from axis.database.secret_key import open_secret_key
from axis.problems import declare
from axis.protocol.errors import AxisError, NotFound, Overloaded, TooLarge, UnsupportedMediaType
from axis.protocol.request_bodies import media_type_of, read_bytes
from signing.ocsp import make_refusal

router = APIRouter(tags=["trust"])

TSA_REQUEST, TSA_REPLY = "application/timestamp-query", "application/timestamp-reply"
OCSP_REQUEST, OCSP_REPLY = "application/ocsp-request", "application/ocsp-response"
PLAIN_BYTES = "application/octet-stream"
REQUEST_BYTES = 64 * 1024
"""A time-stamp request has some 100 bytes, an OCSP request about a hundred certificates some 8 KB."""
CACHE_SECONDS = 60
"""How long caches may keep an answer, and so how long they may hide a revocation. Answers to POST are not
cached."""
AUTHORITIES = (ROOT, ISSUING)

AuthorityPath = Annotated[str, Path(description="`root` or `issuing`.", examples=["issuing"])]

_BINARY = {"schema": {"type": "string", "format": "binary"}}


@router.get(
    "/v1/ca/{name}.crt",
    summary="The certificate of the hub's own authority",
    response_class=Response,
    responses={
        200: {
            "description": "The certificate, DER.",
            "content": {"application/pkix-cert": {"schema": {"type": "string", "format": "binary"}}},
        },
        304: {"description": "Unchanged since the ETag of `If-None-Match`."},
        **declare(NotFound),
    },
)
def read_authority_certificate(name: AuthorityPath, request: Request, database: DatabaseDep) -> Response:
    """Return an authority's certificate. Anyone; present when the hub has an authority of its own."""
    with database.read() as tx:
        row = queries.authority_row(tx, name) if name in AUTHORITIES else None
    if row is None:
        raise NotFound
    return _file(request, row.certificate, "application/pkix-cert")


@router.get(
    "/v1/crl/{name}.crl",
    summary="The revocation list of the hub's own authority",
    response_class=Response,
    responses={
        200: {
            "description": "The newest list, DER.",
            "content": {"application/pkix-crl": {"schema": {"type": "string", "format": "binary"}}},
        },
        304: {"description": "Unchanged since the ETag of `If-None-Match`."},
        **declare(NotFound, Overloaded),
    },
)
def read_revocation_list(name: AuthorityPath, request: Request, database: DatabaseDep) -> Response:
    """Return an authority's newest revocation list. Anyone; present when the hub has an authority."""
    with database.read() as tx:
        _require_up(tx, "revocation")
        row = queries.revocation_list(tx, name) if name in AUTHORITIES else None
    if row is None:
        raise NotFound
    response = _file(request, row.der, "application/pkix-crl")
    response.headers["Last-Modified"] = formatdate(row.this_update / 1_000_000, usegmt=True)
    return response


def _exchange(said: str, request: str, reply: str, *errors: type[AxisError]) -> dict[str, Any]:
    """Return how OpenAPI describes bytes of one media type that are answered with bytes of another."""
    return {
        "response_class": Response,
        "responses": {
            200: {"description": said, "content": {reply: _BINARY, PLAIN_BYTES: _BINARY}},
            **declare(NotFound, UnsupportedMediaType, TooLarge, *errors),
        },
        "openapi_extra": {
            "requestBody": {"required": True, "content": {request: _BINARY, PLAIN_BYTES: _BINARY}}
        },
    }


@router.post(
    "/v1/tsa",
    summary="Stamp a digest with the time",
    **_exchange("The time-stamp, or why there is none (RFC 3161).", TSA_REQUEST, TSA_REPLY, Overloaded),
)
async def stamp_digest(
    request: Request, database: DatabaseDep, settings: SettingsDep, clock: ClockDep
) -> Response:
    """Answer an RFC 3161 request by the hub's clock. Anyone; present when the hub has an authority."""

    def stamp(data: bytes) -> bytes:
        secret = open_secret_key(settings)
        return timestamp_authority.answer(database, clock, secret, settings.public_url, data)

    return await _answer(request, database, "timestamps", TSA_REQUEST, TSA_REPLY, stamp)


@router.post(
    "/v1/ocsp",
    summary="Ask whether certificates were revoked",
    **_exchange("The answer (RFC 6960).", OCSP_REQUEST, OCSP_REPLY, Overloaded),
)
async def ask_ocsp(
    request: Request, database: DatabaseDep, settings: SettingsDep, clock: ClockDep
) -> Response:
    """Answer about certificates of the hub's own authority, as of now. Anyone."""

    def look_up(data: bytes) -> bytes:
        return ocsp_responder.answer(database, clock, open_secret_key(settings), data)

    return await _answer(request, database, "revocation", OCSP_REQUEST, OCSP_REPLY, look_up)


@router.get(
    "/v1/ocsp/{asked:path}",
    summary="Ask whether certificates were revoked, by an address",
    response_class=Response,
    responses={
        200: {"description": "The answer (RFC 6960).", "content": {OCSP_REPLY: _BINARY}},
        **declare(NotFound, Overloaded),
    },
)
def ask_ocsp_by_address(
    asked: Annotated[str, Path(description="The request in DER, in base64.")],
    database: DatabaseDep,
    settings: SettingsDep,
    clock: ClockDep,
) -> Response:
    """Answer the same to a request that stands in the address (RFC 6960 appendix A.1). Anyone."""
    _require_authority(database, "revocation")
    try:
        data = base64.b64decode(asked, validate=True)
    except (binascii.Error, ValueError):
        return Response(make_refusal("malformed_request"), media_type=OCSP_REPLY)
    answer = ocsp_responder.answer(database, clock, open_secret_key(settings), data)
    headers = {"Cache-Control": f"public, max-age={CACHE_SECONDS}"}
    return Response(answer, media_type=OCSP_REPLY, headers=headers)


async def _answer(
    request: Request,
    database: Database,
    service: Service,
    asked: str,
    reply: str,
    work: Callable[[bytes], bytes],
) -> Response:
    """Answer a request's bytes with those of `work`, in the media type that goes with how it came."""
    sent_as = media_type_of(request, (asked, PLAIN_BYTES))
    data = await read_bytes(request, REQUEST_BYTES)

    def answer() -> bytes:
        _require_authority(database, service)
        return work(data)

    return Response(
        await run_in_threadpool(answer), media_type=PLAIN_BYTES if sent_as == PLAIN_BYTES else reply
    )


def _require_authority(database: Database, service: Service) -> None:
    with database.read() as tx:
        if not has_authority(tx):
            raise NotFound
        _require_up(tx, service)


def _require_up(tx: Read, service: Service) -> None:
    """Refuse while a sandbox's operator has the service down."""
    if is_down(tx, service):
        raise Overloaded


def _file(request: Request, content: bytes, media_type: str) -> Response:
    tag = f'"{base64.urlsafe_b64encode(hashlib.sha256(content).digest()[:18]).decode()}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={CACHE_SECONDS}"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
