"""How a job is answered: with its result to its owner, and without it in lists.

A route that starts a job calls `answer_new_job`, which queues it and answers 202.
"""

from typing import Any, Literal

import orjson
from fastapi import Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Row

from axis.clock import rfc3339
from axis.database import Database
from axis.jobs.job_queue import find_job, submit
from axis.jobs.kinds import Json
from axis.json_http import answer_json
from axis.problems import Language, describe, language_of, request_id_of
from axis.protocol.stored_errors import from_stored

State = Literal["queued", "running", "done", "failed", "cancelled"]


class JobItem(BaseModel):
    """Work that the hub does by itself, and how far it is."""

    id: str
    kind: str = Field(examples=["reconciliation"])
    state: State
    done: int = Field(description="How much of it is done, in units of its kind.")
    of: int | None = Field(description="Of how much; null where it is not known yet.")
    problem: dict[str, Any] | None = Field(description="What made it fail (RFC 9457); else null.")
    owner: str = Field(description="The id of the token that asked for it.")
    created_at: str
    started_at: str | None
    ended_at: str | None


class Job(JobItem):
    """A job with its result."""

    result: Any = Field(description="What came of it; null until it is done, and for others than its owner.")


class JobList(BaseModel):
    """A page of jobs, newest first."""

    items: list[JobItem]
    next: str | None


def job_members(row: Row[Any], language: Language) -> dict[str, Any]:
    """Return what lists and the job itself tell alike."""
    problem = None
    if row.problem is not None:
        problem = describe(from_stored(row.problem), request_id=row.request_id, language=language)
    return {
        "id": row.id,
        "kind": row.kind,
        "state": row.state,
        "done": row.done,
        "of": row.total,
        "problem": problem,
        "owner": row.owner,
        "created_at": rfc3339(row.created_at),
        "started_at": None if row.started_at is None else rfc3339(row.started_at),
        "ended_at": None if row.ended_at is None else rfc3339(row.ended_at),
    }


def full_members(row: Row[Any], language: Language) -> dict[str, Any]:
    """Return a job with its result."""
    return {**job_members(row, language), "result": None if row.result is None else orjson.loads(row.result)}


def answer_new_job(request: Request, kind: str, params: Json, owner: str) -> Response:
    """Queue a job and answer 202 with it. `owner` is the id of the caller's token.

    Raises:
        TooManyRequests: when as many jobs of the owner as the setting allows have not ended.

    """
    database: Database = request.app.state.hub.database
    job = queue_job(request, kind, params, owner)
    with database.read() as tx:
        row = find_job(tx, job, owner)
    return answer_job(request, row, owner, 202)


def queue_job(request: Request, kind: str, params: Json, owner: str) -> str:
    """Queue a job that a request asks for, and return its id. Raises as `answer_new_job`."""
    hub = request.app.state.hub
    database: Database = hub.database
    most, request_id = hub.settings.jobs_per_caller, request_id_of(request)
    return database.write(lambda tx: submit(tx, kind, params, owner=owner, request_id=request_id, most=most))


def answer_job(request: Request, row: Row[Any], reader: str, status: int = 200) -> Response:
    """Answer with a job; `reader` is the id of the caller's token, and only the owner's sees the result."""
    language = language_of(request.headers.get("accept-language"))
    members = full_members(row, language)
    if reader != row.owner:
        members["result"] = None
    headers = {
        "Cache-Control": "no-store",
        "Content-Language": language,
        "Vary": "Accept-Language",
        "Location": f"/v1/jobs/{row.id}",
    }
    return answer_json(members, status, headers)
