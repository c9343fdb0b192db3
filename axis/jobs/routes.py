"""`/v1/jobs…`: lists and shows jobs, and cancels them.

They are started elsewhere: by the routes of exports, verifications and reconciliation.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from axis.agencies.callers import AnyCaller, Caller
from axis.database import Read
from axis.database.dependencies import DatabaseDep
from axis.jobs import queries
from axis.jobs.answers import Job, JobList, answer_job, job_members
from axis.jobs.job_queue import cancel, find_job
from axis.json_http import answer_json, page_members
from axis.problems import Language, declare, language_of
from axis.protocol.errors import JobEnded, NotAuthenticated, NotFound, Overloaded, QueryInvalid

router = APIRouter(tags=["jobs"])

CURSOR = r"^(|[0-9]{1,16}\.[0-9a-f-]{36})$"
"""When the last job of a page was made, in microseconds, and its id; or nothing."""
JobId = Annotated[str, Path(description="The job's id, as whoever asked for it was answered.")]


class JobsQuery(BaseModel):
    """What may stand in the query of the list of jobs."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[str, Field(max_length=64, pattern=CURSOR, description="`next` of the page before.")] = ""
    limit: Annotated[int, Field(ge=1, le=1_000, description="Most items of the page.")] = 100


@router.get(
    "/v1/jobs",
    summary="List jobs",
    response_class=Response,
    responses={
        200: {"model": JobList, "description": "A page of jobs, without their results."},
        **declare(NotAuthenticated, QueryInvalid),
    },
)
def list_jobs(
    query: Annotated[JobsQuery, Query()], request: Request, database: DatabaseDep, caller: AnyCaller
) -> Response:
    """List jobs, newest first: those that the caller's token asked for; an operator sees all."""
    language = language_of(request.headers.get("accept-language"))
    with database.read() as tx:
        page = page_of_jobs(tx, query, caller, language)
    headers = {"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"}
    return answer_json(page, headers=headers)


@router.get(
    "/v1/jobs/{job}",
    summary="Read a job",
    response_class=Response,
    responses={
        200: {"model": Job, "description": "How far it is, and what came of it."},
        **declare(NotAuthenticated, NotFound),
    },
)
def read_job(job: JobId, request: Request, database: DatabaseDep, caller: AnyCaller) -> Response:
    """Return a job: one's own with its result; an operator sees all, and of others' no results."""
    with database.read() as tx:
        row = find_job(tx, job, owner_of_jobs(caller))
    return answer_job(request, row, caller.token_id)


@router.delete(
    "/v1/jobs/{job}",
    summary="Cancel a job",
    response_class=Response,
    responses={
        200: {"model": Job, "description": "It is cancelled; what it did so far of its own stays."},
        **declare(NotAuthenticated, NotFound, JobEnded, Overloaded),
    },
)
def cancel_job(job: JobId, request: Request, database: DatabaseDep, caller: AnyCaller) -> Response:
    """Cancel a job that has not ended: one's own; an operator any."""
    row = database.write(lambda tx: cancel(tx, job, owner_of_jobs(caller)))
    return answer_job(request, row, caller.token_id)


def page_of_jobs(tx: Read, query: JobsQuery, caller: Caller, language: Language) -> dict[str, Any]:
    """Return the members of a page of the jobs that a caller may see."""
    before = None
    if query.after:
        made_at, _, job = query.after.partition(".")
        before = (int(made_at), job)
    return page_members(
        queries.job_rows(tx, owner_of_jobs(caller), before, query.limit + 1),
        query.limit,
        lambda row: job_members(row, language),
        lambda row: f"{row.created_at}.{row.id}",
    )


def owner_of_jobs(caller: Caller) -> str | None:
    """Return whose jobs a caller may see and cancel; None for everyone's."""
    return None if caller.role == "operator" else caller.token_id
