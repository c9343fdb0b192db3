"""`/sandbox/faults`: takes services of the hub down and up again, so that tests see what it does without."""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from axis.compliance.rejudging import begin_anew
from axis.database import Database, Write
from axis.database.injected_faults import (
    SERVICES,
    SLOW_SECONDS,
    Service,
    put_services_down,
    services_down,
)
from axis.json_http import answer_json, describe_body
from axis.problems import declare
from axis.protocol.errors import NotAuthenticated, Overloaded, QueryInvalid, shorten
from axis.protocol.request_bodies import JSON_REFUSALS, read_json
from axis.protocol.request_members import MembersReader
from axis.sandbox.state import Sandbox, SandboxDep

router = APIRouter(tags=["sandbox"])

FAULTS: Mapping[Service, str] = MappingProxyType(
    {"revocation": "down", "timestamps": "down", "disk": "slow", "store": "full"}
)
"""What each service is when its fault is injected; otherwise it is `up`."""
_UP = "up"
_STATES = {service: {"enum": [_UP, fault]} for service, fault in FAULTS.items()}
_BODY = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "revocation": {
            **_STATES["revocation"],
            "default": _UP,
            "description": "The revocation lists and OCSP answers of the hub's own authority.",
        },
        "timestamps": {
            **_STATES["timestamps"],
            "default": _UP,
            "description": "Its time-stamping authority.",
        },
        "disk": {
            **_STATES["disk"],
            "default": _UP,
            "description": f"The disk below the store; a slow one takes {SLOW_SECONDS} s for each commit.",
        },
        "store": {
            **_STATES["store"],
            "default": _UP,
            "description": "The store's room; a full one takes no writes, and the hub is not ready.",
        },
    },
}
_ANSWER = {
    "description": "Each service: `up`, or its fault.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": list(SERVICES),
                "properties": _STATES,
            }
        }
    },
}


@router.get(
    "/sandbox/faults",
    summary="Read which services are down",
    response_class=Response,
    responses={200: _ANSWER, **declare(NotAuthenticated)},
)
async def read_faults(sandbox: SandboxDep) -> Response:
    """Tell of each service whether it is down. The sandbox's operator."""
    return await run_in_threadpool(_answer, sandbox.database)


@router.put(
    "/sandbox/faults",
    summary="Take services down",
    response_class=Response,
    responses={200: _ANSWER, **declare(*JSON_REFUSALS, NotAuthenticated, QueryInvalid, Overloaded)},
    openapi_extra=describe_body(_BODY),
)
async def put_faults(request: Request, sandbox: SandboxDep) -> Response:
    """Take the named services down, and all others up. The sandbox's operator."""
    asked = await read_json(request, sandbox.settings.json_bytes)
    reader = MembersReader()
    members = reader.members(asked, "", frozenset(SERVICES))
    for service, state in members.items():
        if service in SERVICES and state not in _STATES[service]["enum"]:
            reader.fault(f"/{service}", shorten(str(state)), " or ".join(_STATES[service]["enum"]))
    reader.finish()
    down: frozenset[Service] = frozenset(
        service for service in SERVICES if members.get(service) == FAULTS[service]
    )
    await run_in_threadpool(take_down, sandbox, down)
    return await run_in_threadpool(_answer, sandbox.database)


def take_down(sandbox: Sandbox, down: frozenset[Service]) -> None:
    """Take these services down, and all others up."""
    sandbox.database.write(lambda tx: _put(tx, down))
    sandbox.look()


def _put(tx: Write, down: frozenset[Service]) -> None:
    """Set which services are down; what could not be decided meanwhile is judged again.

    An outage may be over before judging has looked at it: the material is then what it was before.
    """
    put_services_down(tx, down)
    begin_anew(tx)


def _answer(database: Database) -> Response:
    with database.read() as tx:
        down = services_down(tx)
    return answer_json({service: FAULTS[service] if service in down else _UP for service in SERVICES})
