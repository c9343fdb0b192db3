"""`/v1/jobs…`: lists and shows jobs, and cancels them.

They are started elsewhere: by the routes of exports, verifications and reconciliation.
"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row

from axis.agencies.callers import AnyCaller, Caller
from axis.csv_and_xlsx import columns
from axis.database import Read
from axis.database.dependencies import DatabaseDep
from axis.database.snapshots import hold_snapshot
from axis.jobs import queries
from axis.jobs.answers import Job, JobList, answer_job, job_members
from axis.jobs.job_queue import cancel, find_job
from axis.json_http import answer_json, page_members
from axis.problems import Language, declare, language_of
from axis.protocol.errors import (
    JobEnded,
    NotAuthenticated,
    NotFound,
    Overloaded,
    QueryInvalid,
    TooManyRows,
)
from axis.table_http import DESCRIPTION as TABLE_DESCRIPTION
from axis.table_http import TABLES, FormatName, Table, answer_table, form_asked, whole_list

router = APIRouter(tags=["jobs"])

CURSOR = r"^(|[0-9]{1,16}\.[0-9a-f-]{36})$"
"""When the last job of a page was made, in microseconds, and its id; or nothing."""
JobId = Annotated[str, Path(description="The job's id, as whoever asked for it was answered.")]


class JobsQuery(BaseModel):
    """What may stand in the query of the list of jobs."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[str, Field(max_length=64, pattern=CURSOR, description="`next` of the page before.")] = ""
    limit: Annotated[int, Field(ge=1, le=1_000, description="Most items of the page.")] = 100
    format: Annotated[FormatName | None, Field(description=TABLE_DESCRIPTION)] = None


@router.get(
    "/v1/jobs",
    summary="List jobs",
    response_class=Response,
    responses={
        200: {"model": JobList, "content": TABLES, "description": "A page of jobs, without their results."},
        **declare(NotAuthenticated, QueryInvalid, TooManyRows, Overloaded),
    },
)
def list_jobs(
    query: Annotated[JobsQuery, Query()], request: Request, database: DatabaseDep, caller: AnyCaller
) -> Response:
    """List jobs, newest first: those that the caller's token asked for; an operator sees all."""
    language = language_of(request.headers.get("accept-language"))
    form = form_asked(request, query.format)
    if form is not None:
        with database.read() as tx:
            hold_snapshot(tx)
            pages = whole_list(
                lambda after, limit: queries.job_rows(tx, owner_of_jobs(caller), _before(after), limit),
                _cursor,
            )
            items = ([_cells(row, language) for row in page] for page in pages)
            return answer_table(request, form, _TABLES[language], language, items)
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
    return page_members(
        queries.job_rows(tx, owner_of_jobs(caller), _before(query.after), query.limit + 1),
        query.limit,
        lambda row: job_members(row, language),
        _cursor,
    )


def owner_of_jobs(caller: Caller) -> str | None:
    """Return whose jobs a caller may see and cancel; None for everyone's."""
    return None if caller.role == "operator" else caller.token_id


def _before(after: str | None) -> tuple[int, str] | None:
    if not after:
        return None
    made_at, _, job = after.partition(".")
    return int(made_at), job


def _cursor(row: Row[Any]) -> str:
    return f"{row.created_at}.{row.id}"


def _cells(row: Row[Any], language: Language) -> dict[str, Any]:
    members = job_members(row, language)
    problem = members["problem"] or {}
    return {**members, "code": problem.get("code"), "detail": problem.get("detail")}


_COLUMNS: Final = columns(
    id="text",
    kind="text",
    state="text",
    done="integer",
    of="integer",
    owner="text",
    created_at="time",
    started_at="time",
    ended_at="time",
    code="text",
    detail="text",
)
_TABLES: Final[dict[Language, Table]] = {
    "en": Table(
        "jobs",
        _COLUMNS,
        "A row for each job that the caller may see. `done` and `of` are in units of its kind; `code` and "
        "`detail` say what made it fail.",
    ),
    "vi": Table(
        "jobs",
        _COLUMNS,
        "Mỗi dòng là một tác vụ mà người hỏi được xem. `done` và `of` tính theo đơn vị của từng loại tác vụ; "
        "`code` và `detail` cho biết vì sao tác vụ không thành.",
    ),
}
