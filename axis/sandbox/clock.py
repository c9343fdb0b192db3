"""`/sandbox/clock`: reads and moves business time, so that five months pass in minutes.

The offset is in the store, so other processes and later starts follow it. Tokens keep to real time.
"""

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from axis.authority.certificates import SANDBOX_YEARS
from axis.authority.revocation_lists import renew_lists
from axis.clock import Microseconds, from_datetime, real_now, rfc3339
from axis.database import Write
from axis.database.store_facts import CLOCK_OFFSET, raise_version, set_fact
from axis.json_http import answer_json, describe_body
from axis.problems import declare
from axis.protocol.errors import (
    NotAuthenticated,
    Overloaded,
    QueryInvalid,
)
from axis.protocol.request_bodies import JSON_REFUSALS, read_json
from axis.sandbox.request_values import Reader
from axis.sandbox.state import Sandbox, SandboxDep

# Revocation lists of the authority that are not valid at the new time are renewed in the same transaction, so
# that no verdict is given without a valid one.

router = APIRouter(tags=["sandbox"])

FIRST, LAST = (from_datetime(moment) for moment in SANDBOX_YEARS)

_TIME = {"type": ["string", "null"], "format": "date-time", "description": "Null: real time again."}
_ANSWER = {
    "description": "The business time, and whether it differs from the real one.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["at", "moved"],
                "properties": {
                    "at": {"type": "string", "format": "date-time"},
                    "moved": {"type": "boolean"},
                },
            }
        }
    },
}

_BODY = {
    "type": "object",
    "additionalProperties": False,
    "required": ["at"],
    "properties": {"at": _TIME},
}


@router.get(
    "/sandbox/clock",
    summary="Read the clock",
    response_class=Response,
    responses={200: _ANSWER, **declare(NotAuthenticated)},
)
async def read_clock(sandbox: SandboxDep) -> Response:
    """Tell the business time. The sandbox's operator."""
    return _answer(sandbox)


@router.put(
    "/sandbox/clock",
    summary="Move the clock",
    response_class=Response,
    responses={
        200: _ANSWER,
        **declare(*JSON_REFUSALS, NotAuthenticated, QueryInvalid, Overloaded),
    },
    openapi_extra=describe_body(_BODY, {"at": "2019-03-12T01:00:00Z"}),
)
async def put_clock(request: Request, sandbox: SandboxDep) -> Response:
    """Set the business time, forward or back. From there it runs at real speed. The sandbox's operator."""
    body = await read_json(request, sandbox.settings.json_bytes)
    reader = Reader()
    members = reader.members(body, "", frozenset({"at"}))
    if isinstance(body, dict) and "at" not in body:
        reader.wrong("/at", None, "a time, or null for real time")
    at = reader.time(members.get("at"), "/at")
    if at is not None and not FIRST <= at < LAST:
        reader.wrong("/at", members.get("at"), f"a time from {rfc3339(FIRST)[:4]} to {rfc3339(LAST)[:4]}")
    reader.finish()
    await run_in_threadpool(move_clock, sandbox, at)
    return _answer(sandbox)


def move_clock(sandbox: Sandbox, at: Microseconds | None) -> None:
    """Let business time run from `at`; None makes it real time again."""

    def work(tx: Write) -> None:
        now = real_now()
        offset = 0 if at is None else at - now
        set_fact(tx, CLOCK_OFFSET, str(offset))
        renew_lists(tx, Microseconds(now + offset), sandbox.secret)
        raise_version(tx)

    sandbox.database.write(work)
    sandbox.look()


def _answer(sandbox: Sandbox) -> Response:
    members = {"at": rfc3339(sandbox.clock.now()), "moved": sandbox.clock.moved}
    return answer_json(members)
