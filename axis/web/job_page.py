"""`/jobs`: a caller's jobs with progress and results, and buttons to start a reconciliation or cancel one."""

from http import HTTPStatus

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from axis.compliance.reconciliation.reconciliation_job import KIND as RECONCILIATION
from axis.database.dependencies import DatabaseDep
from axis.jobs.answers import queue_job
from axis.jobs.job_queue import cancel
from axis.jobs.routes import JobId, JobsQuery, owner_of_jobs, page_of_jobs
from axis.web.forms import check_form
from axis.web.page_queries import members_of, read_query
from axis.web.page_routes import lead_back, page_router
from axis.web.rendering import render
from axis.web.visitors import PageAuditor, SignedInVisitor

router = page_router()


@router.get("/jobs", summary="Jobs")
def show_jobs(request: Request, visitor: SignedInVisitor, database: DatabaseDep) -> Response:
    """List jobs, newest first, as `GET /v1/jobs` does."""
    query = read_query(request, JobsQuery)
    with database.read() as tx:
        page = page_of_jobs(tx, query, visitor.caller, visitor.language)
    return render(
        request,
        visitor,
        "jobs.html",
        items=page["items"],
        following=page["next"],
        asked=members_of(request),
    )


@router.post("/jobs/reconciliations", summary="Reconcile the counters")
async def reconcile(request: Request, visitor: PageAuditor) -> Response:
    """Have everything counted again as `POST /v1/reconciliations` does, and show the list of jobs."""
    lead_back(request, "/jobs")
    await check_form(request, visitor)
    await run_in_threadpool(queue_job, request, RECONCILIATION, {}, visitor.caller.token_id)
    return RedirectResponse("/jobs", HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})


@router.post("/jobs/{job}/cancel", summary="Cancel a job")
async def cancel_job(
    job: JobId, request: Request, visitor: SignedInVisitor, database: DatabaseDep
) -> Response:
    """Cancel a job as `DELETE /v1/jobs/{job}` does, and show the list again."""
    lead_back(request, "/jobs")
    await check_form(request, visitor)
    await run_in_threadpool(
        lambda: database.write(lambda tx: cancel(tx, job, owner_of_jobs(visitor.caller)) and None)
    )
    return RedirectResponse("/jobs", HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})
