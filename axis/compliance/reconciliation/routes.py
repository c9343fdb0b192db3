"""`POST /v1/reconciliations` for auditors, and `GET /v1/ledger/health` for anyone.

The comparison itself is a job: `axis.compliance.reconciliation.reconciliation_job`.
"""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from axis.agencies.callers import AuditorCaller
from axis.compliance.reconciliation.ledger_health import describe_health
from axis.compliance.reconciliation.reconciliation_job import KIND
from axis.database.dependencies import DatabaseDep
from axis.jobs.answers import Job, answer_new_job
from axis.json_http import answer_json
from axis.problems import declare
from axis.protocol.errors import NotAuthenticated, NotPermitted, Overloaded, TooManyRequests

router = APIRouter(tags=["ledger"])


class Counts(BaseModel):
    """Counters that differ, by what was counted instead."""

    documents: int = Field(description="From the rows of documents and deliveries.")
    ledger: int = Field(description="From the ledger's entries alone.")
    identity: int = Field(description="Sums that do not come out.")


class Reconciled(BaseModel):
    """What the newest reconciliation found."""

    at: str = Field(description="When it ended, in real time.")
    size: int = Field(description="The ledger's size when it began.")
    differences: int
    counts: Counts


class Checked(BaseModel):
    """What the newest check of the whole store found."""

    at: str = Field(description="When it ended, in real time.")
    size: int = Field(description="The ledger's size when it began.")
    differences: int
    complete: bool = Field(description="False where the check ended at its thousandth difference.")


class Witnessed(BaseModel):
    """The largest tree of the ledger that a witness cosigned."""

    at: str = Field(description="When, by the witness's clock.")
    size: int
    witnesses: int = Field(description="How many cosigned it.")


class LedgerHealth(BaseModel):
    """When the hub's figures and its store were compared last, and what was found."""

    reconciled: Reconciled | None = Field(description="Null where the counters never were.")
    checked: Checked | None = Field(description="By `axis fsck`; null where it never was.")
    witnessed: Witnessed | None = Field(description="Null where no witness ever cosigned.")


@router.post(
    "/v1/reconciliations",
    summary="Reconcile the counters",
    status_code=202,
    response_class=Response,
    responses={
        202: {"model": Job, "description": "A job; its result names what differs."},
        **declare(NotAuthenticated, NotPermitted, TooManyRequests, Overloaded),
    },
)
def reconcile(request: Request, caller: AuditorCaller) -> Response:
    """Count everything again, from documents and from the ledger alone, and compare: as a job. Auditors."""
    return answer_new_job(request, KIND, {}, caller.token_id)


@router.get(
    "/v1/ledger/health",
    summary="When the figures were compared last",
    response_class=Response,
    responses={200: {"model": LedgerHealth, "description": "Counts and kinds of what was found."}},
)
def read_health(database: DatabaseDep) -> Response:
    """Tell when counters and store were last compared with the ledger, and what was found. Anyone."""
    with database.read() as tx:
        members = describe_health(tx)
    return answer_json(members, headers={"Cache-Control": "no-cache"})
