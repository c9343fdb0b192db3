"""What the hub's own authority answers to anyone: time-stamps, and whether a certificate was revoked."""

import base64
import binascii
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.concurrency import run_in_threadpool

from axis.database import Database
from axis.database.dependencies import ClockDep, DatabaseDep, SettingsDep
from axis.problems import declare
from axis.protocol.bodies import media_type_of, read_bytes
from axis.protocol.errors import NotFound, Overloaded, TooLarge, UnsupportedMediaType
from axis.trust import responding, stamping
from axis.trust.authority import has_authority
from axis.trust.secret_key import open_secret_key
from signing.ocsp import make_refusal

router = APIRouter(tags=["trust"])

TSA_REQUEST, TSA_REPLY = "application/timestamp-query", "application/timestamp-reply"
OCSP_REQUEST, OCSP_REPLY = "application/ocsp-request", "application/ocsp-response"
REQUEST_BYTES = 64 * 1024
"""A time-stamp request has some 100 bytes, an OCSP request about a hundred certificates some 8 KB."""
CACHE_SECONDS = 60
"""As long as a revocation may hide behind a cache; answers to POST are not cached at all."""

_BINARY = {"schema": {"type": "string", "format": "binary"}}


@router.post(
    "/v1/tsa",
    summary="Stamp a digest with the time",
    response_class=Response,
    responses={
        200: {
            "description": "The time-stamp, or why there is none (RFC 3161).",
            "content": {TSA_REPLY: _BINARY},
        },
        **declare(NotFound, UnsupportedMediaType, TooLarge, Overloaded),
    },
    openapi_extra={"requestBody": {"required": True, "content": {TSA_REQUEST: _BINARY}}},
)
async def stamp(request: Request, database: DatabaseDep, settings: SettingsDep, clock: ClockDep) -> Response:
    """Answer an RFC 3161 request by the hub's clock. Anyone; present when the hub has an authority."""
    media_type_of(request, (TSA_REQUEST,))
    data = await read_bytes(request, REQUEST_BYTES)

    def work() -> bytes:
        _require_authority(database)
        secret = open_secret_key(settings)
        return stamping.answer(database, clock, secret, settings.public_url, data)

    return Response(await run_in_threadpool(work), media_type=TSA_REPLY)


@router.post(
    "/v1/ocsp",
    summary="Ask whether certificates were revoked",
    response_class=Response,
    responses={
        200: {"description": "The answer (RFC 6960).", "content": {OCSP_REPLY: _BINARY}},
        **declare(NotFound, UnsupportedMediaType, TooLarge),
    },
    openapi_extra={"requestBody": {"required": True, "content": {OCSP_REQUEST: _BINARY}}},
)
async def ask(request: Request, database: DatabaseDep, settings: SettingsDep, clock: ClockDep) -> Response:
    """Answer about certificates of the hub's own authority, as of now. Anyone."""
    media_type_of(request, (OCSP_REQUEST,))
    data = await read_bytes(request, REQUEST_BYTES)

    def work() -> bytes:
        _require_authority(database)
        return responding.answer(database, clock, open_secret_key(settings), data)

    return Response(await run_in_threadpool(work), media_type=OCSP_REPLY)


@router.get(
    "/v1/ocsp/{asked:path}",
    summary="Ask whether certificates were revoked, by an address",
    response_class=Response,
    responses={
        200: {"description": "The answer (RFC 6960).", "content": {OCSP_REPLY: _BINARY}},
        **declare(NotFound),
    },
)
def ask_by_address(
    asked: Annotated[str, Path(description="The request in DER, in base64.")],
    database: DatabaseDep,
    settings: SettingsDep,
    clock: ClockDep,
) -> Response:
    """Answer the same to a request that stands in the address (RFC 6960 appendix A.1). Anyone."""
    _require_authority(database)
    try:
        data = base64.b64decode(asked, validate=True)
    except (binascii.Error, ValueError):
        return Response(make_refusal("malformed_request"), media_type=OCSP_REPLY)
    answer = responding.answer(database, clock, open_secret_key(settings), data)
    headers = {"Cache-Control": f"public, max-age={CACHE_SECONDS}"}
    return Response(answer, media_type=OCSP_REPLY, headers=headers)


def _require_authority(database: Database) -> None:
    with database.read() as tx:
        if not has_authority(tx):
            raise NotFound
