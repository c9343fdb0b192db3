"""The old protocol over HTTP: its thirteen operations, and the operator's list of failed calls.

A call is handled by `axis.vxp.calls`, with the functions listed here.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from axis.agencies.callers import OperatorCaller
from axis.database.dependencies import DatabaseDep
from axis.json_http import answer_json, page_members
from axis.problems import declare
from axis.protocol.errors import (
    NotAuthenticated,
    NotFound,
    NotPermitted,
    QueryInvalid,
)
from axis.protocol.vxp import OPERATIONS, Operation
from axis.vxp import (
    agencies_list,
    get_edoc,
    received_list,
    register_agency,
    send_edoc,
    sent_list,
    transport_states,
)
from axis.vxp.calls import Perform, answer, refuse_method
from axis.vxp.failed_calls import Failure, list_failures
from axis.vxp.queries import FailureKey
from axis.vxp.schemas import extra_of, responses_of

router = APIRouter(tags=["vxp"])

PERFORM: Final[dict[str, Perform]] = {
    "sendEdoc": send_edoc.send_edoc,
    "getReceivedEdocList": received_list.list_received,
    "countReceiveEdoc": received_list.count_documents,
    "countReceiveStatus": received_list.count_statuses,
    "getSentEdocList": sent_list.list_sent,
    "getEdoc": get_edoc.get_edoc,
    "downloadEdoc": get_edoc.download_edoc,
    "updateStatus": transport_states.update_status,
    "getAgenciesList": agencies_list.list_agencies,
    "getAgenciesListQD20": agencies_list.list_agencies_qd20,
    "getSynchronizeUnit": agencies_list.synchronise,
    "registerAgency": register_agency.register,
    "deleteAgency": register_agency.delete,
}
"""The function of each operation, by its name on the wire."""

SUMMARIES: Final = {
    "sendEdoc": "Send a document or a status, as edXML",
    "getReceivedEdocList": "List what waits for the system's agencies",
    "getSentEdocList": "List what they sent",
    "getEdoc": "Fetch a message, in base64",
    "updateStatus": "Say how far the system is with a message",
    "getAgenciesList": "List the directory",
    "getAgenciesListQD20": "List the directory, with codes in their short form",
    "getSynchronizeUnit": "List the directory with its changes",
    "registerAgency": "Add or change an agency below the system's own",
    "deleteAgency": "Delete an agency below the system's own",
    "countReceiveEdoc": "Count the documents that wait",
    "countReceiveStatus": "Count the statuses that wait",
    "downloadEdoc": "Fetch a message as it is",
}


def _mount(operation: Operation, perform: Perform) -> None:
    async def call(request: Request) -> Response:
        return await answer(request, operation, perform)

    router.add_api_route(
        f"/vxp/{operation.name}",
        call,
        methods=[operation.method],
        summary=SUMMARIES[operation.name],
        description=(perform.__doc__ or "").partition("\n\n")[0],
        operation_id=operation.name,
        response_class=Response,
        responses=responses_of(operation),
        openapi_extra=extra_of(operation),
    )


for _name, _perform in PERFORM.items():
    _mount(OPERATIONS[_name], _perform)


@router.api_route("/vxp/{rest:path}", methods=["GET", "POST"], include_in_schema=False)
async def call_otherwise(rest: str, request: Request) -> Response:
    """Answer other addresses that clients make: with two slashes, or with another method."""
    name = rest.lstrip("/")
    operation, perform = OPERATIONS.get(name), PERFORM.get(name)
    if operation is None or perform is None:
        raise NotFound
    if request.method not in operation.methods:
        return refuse_method(request, operation)
    return await answer(request, operation, perform)


FAILURE_PATTERN: Final = r"^(|[A-Za-z0-9._-]{1,32}/[A-Za-z0-9]{1,32}/[a-z-]{1,16})$"
"""System, operation and fault, or nothing."""


class FailuresQuery(BaseModel):
    """What may stand in the query of the list of failures."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[
        str, Field(max_length=120, pattern=FAILURE_PATTERN, description="`next` of the page before.")
    ] = ""
    limit: Annotated[int, Field(ge=1, le=1_000, description="Most items of the page.")] = 100


class FailureAnswer(BaseModel):
    """Failed calls of one operation by one system with the same fault."""

    system: str = Field(description="The system's id; `unknown` for all that are no system's.")
    operation: str = Field(examples=["sendEdoc"])
    fault: str = Field(examples=["digest"])
    meaning: str
    count: int
    last_at: str
    detail: str = Field(description="What stood there the last time.")


class FailureList(BaseModel):
    """A page of failures, by system, operation and fault."""

    items: list[FailureAnswer]
    next: str | None


@router.get(
    "/v1/vxp/failures",
    summary="See which calls of the old protocol proved nothing",
    response_class=Response,
    responses={
        200: {"model": FailureList, "description": "Counts by system, operation and fault."},
        **declare(NotAuthenticated, NotPermitted, QueryInvalid),
    },
)
def list_failed_calls(
    query: Annotated[FailuresQuery, Query()], database: DatabaseDep, _caller: OperatorCaller
) -> Response:
    """Return which part of the headers was wrong, how often, and when last. Operators only.

    The caller is told the same sentence whatever was wrong.
    """
    after = _key_of(query.after) if query.after else None
    with database.read() as tx:
        found = list_failures(tx, after, query.limit + 1)
    return answer_json(page_members(found, query.limit, Failure.to_json, _cursor_of))


def _cursor_of(failure: Failure) -> str:
    return f"{failure.system}/{failure.operation}/{failure.fault}"


def _key_of(text: str) -> FailureKey:
    system, operation, fault = text.split("/")
    return system, operation, fault
