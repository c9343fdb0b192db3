"""`POST /v1/exports`, and the file and the manifest that its job made. The job itself is at `/v1/jobs`."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Row

from axis.agencies.callers import AgencyOrAuditor, Caller
from axis.database import Database
from axis.database.dependencies import DatabaseDep, SettingsDep
from axis.documents.downloads import Body, RangeUnsatisfiableError, send
from axis.exports.export_job import KIND, check_size
from axis.exports.export_requests import BODY_SCHEMA, EXAMPLE, read_body
from axis.exports.queries import export_row
from axis.exports.selections import Asked
from axis.jobs.answers import Job, answer_new_job
from axis.json_http import describe_body
from axis.problems import declare
from axis.protocol.errors import (
    ExportInvalid,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    Overloaded,
    TooManyRequests,
    TooManyRows,
)
from axis.protocol.request_bodies import JSON_REFUSALS, read_json

router = APIRouter(tags=["exports"])

JobId = Annotated[str, Path(description="The id of the job that made it.")]

_ID = re.compile(r"[0-9a-f-]{36}")
_FILE = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_REFUSALS = declare(NotAuthenticated, NotPermitted, NotFound)


@router.post(
    "/v1/exports",
    summary="Export a list",
    status_code=202,
    response_class=Response,
    responses={
        202: {"model": Job, "description": "A job; its result names the file and its manifest."},
        **declare(
            *JSON_REFUSALS,
            NotAuthenticated,
            NotPermitted,
            TooManyRows,
            ExportInvalid,
            TooManyRequests,
            Overloaded,
        ),
    },
    openapi_extra=describe_body(BODY_SCHEMA, EXAMPLE),
)
async def export(
    request: Request, database: DatabaseDep, settings: SettingsDep, caller: AgencyOrAuditor
) -> Response:
    """Write a whole list to a file, as a job: an agency's own, or an auditor all; entries for auditors alone.

    What is too large for its format is refused before it begins.
    """
    what, form, query, members = read_body(await read_json(request, settings.json_bytes))
    if what == "entries" and caller.role != "auditor":
        raise NotPermitted
    params = {"what": what, "format": form, "filter": members, "caller": _members(caller)}

    def queue() -> Response:
        with database.read() as tx:
            check_size(tx, Asked(what, query, caller), form)
        return answer_new_job(request, KIND, params, caller.token_id)

    return await run_in_threadpool(queue)


@router.head("/v1/exports/{job}/file", include_in_schema=False)
@router.get(
    "/v1/exports/{job}/file",
    summary="Fetch an export",
    response_class=Response,
    responses={200: {"description": "The file, or a range of it.", "content": _FILE}, **_REFUSALS},
)
def read_export(job: JobId, request: Request, database: DatabaseDep, caller: AgencyOrAuditor) -> Response:
    """Return the file that a job of one's own has made, or a range of it; the ETag is its SHA-256."""
    row = _export(database, job, caller.token_id)
    body = Body(row.name, row.media_type, row.size, row.sha256, None, row.upload)
    try:
        return send(request, request.app.state.hub.objects, body)
    except RangeUnsatisfiableError:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{row.size}"})


@router.get(
    "/v1/exports/{job}/manifest",
    summary="Fetch the manifest of an export",
    response_class=Response,
    responses={
        200: {
            "description": "A note signed with the ledger's key.",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        },
        **_REFUSALS,
    },
)
def read_export_manifest(job: JobId, database: DatabaseDep, caller: AgencyOrAuditor) -> Response:
    """Return what was exported, when, how many rows, and the file's digest: signed with the ledger's key."""
    row = _export(database, job, caller.token_id)
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-cache"}
    return Response(row.manifest, media_type="text/plain; charset=utf-8", headers=headers)


def _members(caller: Caller) -> dict[str, Any]:
    """Return the members of a caller that decide what it sees."""
    return {
        "role": caller.role,
        "agency": caller.agency,
        "subtree": caller.subtree,
        "name": caller.name,
        "token_id": caller.token_id,
        "contents": caller.contents,
    }


def _export(database: Database, job: str, owner: str) -> Row[Any]:
    """Return an export of an owner. Raises `NotFound` where it is not made, or another's."""
    with database.read() as tx:
        row = export_row(tx, job, owner) if _ID.fullmatch(job) else None
    if row is None:
        raise NotFound
    return row
