"""`PUT /v1/uploads/{sha256}`: takes an attachment ahead of the document that will name it."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Request, Response
from fastapi.concurrency import run_in_threadpool

from axis.agencies.admission import owner_of
from axis.agencies.callers import SendingAgency
from axis.clock import Microseconds, rfc3339
from axis.intake.context import AdmissionDep, IntakeDep
from axis.intake.multipart_body import length_of
from axis.intake.uploads import HOUR, Upload, check_room, keep_upload, receive_upload, renew_upload
from axis.objects.spool import Spool
from axis.problems import declare
from axis.protocol import errors
from axis.protocol.errors import Place, QueryInvalid, shorten
from axis.protocol.manifest_rules import DIGEST, DIGEST_PATTERN
from axis.protocol.request_bodies import refuse_encoding

router = APIRouter(tags=["documents"])

REFUSALS = (
    errors.MalformedRequest,
    errors.NotAuthenticated,
    errors.NotPermitted,
    errors.TooLarge,
    errors.UnsupportedMediaType,
    errors.QueryInvalid,
    errors.DigestMismatch,
    errors.TooManyRequests,
    errors.Overloaded,
)
_ANSWER: dict[str, Any] = {
    "title": "Upload",
    "type": "object",
    "required": ["sha256", "size", "kept_until"],
    "properties": {
        "sha256": {"type": "string", "pattern": DIGEST_PATTERN},
        "size": {"type": "integer", "minimum": 0},
        "kept_until": {
            "type": "string",
            "format": "date-time",
            "description": "When it is removed, unless a document has named it by then.",
        },
    },
}
_CONTENT = {"application/json": {"schema": _ANSWER}}
_BYTES = {"type": "string", "format": "binary"}


@router.put(
    "/v1/uploads/{sha256}",
    status_code=201,
    summary="Send an attachment ahead",
    response_class=Response,
    responses={
        201: {"description": "Kept, and durable.", "content": _CONTENT},
        200: {"description": "It was there already.", "content": _CONTENT},
        **declare(*REFUSALS),
    },
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/octet-stream": {"schema": _BYTES}}}
    },
)
async def put_upload(
    sha256: Annotated[str, Path(description="SHA-256 of the body's bytes, in lower-case hexadecimal.")],
    request: Request,
    intake: IntakeDep,
    caller: SendingAgency,
    admission: AdmissionDep,
) -> Response:
    """Keep an attachment for documents of the caller's agency that name its digest and size.

    The body is the file, whatever its media type. A document then needs no part for it. Sending it again is
    safe, and costs no second body.
    """
    if not DIGEST.fullmatch(sha256):
        place = Place("path:sha256", shorten(sha256), "64 hexadecimal digits in lower case")
        raise QueryInvalid(place)
    settings, database, owner = intake.settings, intake.database, caller.agency
    assert owner is not None  # an agency's token has one
    with admission.one(owner_of(caller)):
        refuse_encoding(request)
        length = length_of(request.headers.get("content-length"))
        known = await run_in_threadpool(renew_upload, database, owner, sha256, length)
        if known is not None:
            return _answer(known, settings.uploads_hours)
        await run_in_threadpool(check_room, database, owner, length or 0, settings)
        spool = Spool(settings.inline_bytes)
        try:
            await receive_upload(request.stream(), spool, sha256, settings)
            kept = await run_in_threadpool(keep_upload, intake.objects, owner, spool, settings)
        finally:
            spool.close()
    return _answer(kept, settings.uploads_hours)


def _answer(upload: Upload, hours: int) -> Response:
    until = Microseconds(upload.stored_at + hours * HOUR)
    members = {"sha256": upload.sha256, "size": upload.size, "kept_until": rfc3339(until)}
    return Response(
        orjson.dumps(members), status_code=200 if upload.repeated else 201, media_type="application/json"
    )
