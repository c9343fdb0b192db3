"""`/sandbox/clock`: reads and moves business time, or has it run faster, so that five months pass in minutes.

The setting is in the store, so other processes and later starts follow it. Tokens keep to real time.
"""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from axis.authority.certificates import SANDBOX_YEARS
from axis.authority.revocation_lists import renew_lists
from axis.clock import ClockSetting, Microseconds, from_datetime, real_now, rfc3339
from axis.database import Write
from axis.database.store_facts import clock_setting, raise_version, set_clock_setting
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
FASTEST = 86_400
"""A day in each second. Revocation lists, valid for thirty days, are looked at each second, so none ends."""

_FACTOR = {
    "type": "integer",
    "minimum": 1,
    "maximum": FASTEST,
    "description": "How many times as fast as real time business time runs.",
}
_TIME = {"type": ["string", "null"], "format": "date-time", "description": "Null: real time again."}
_ANSWER = {
    "description": "The business time, whether it differs from the real one, and how fast it runs.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["at", "moved", "factor"],
                "properties": {
                    "at": {"type": "string", "format": "date-time"},
                    "moved": {"type": "boolean"},
                    "factor": _FACTOR,
                },
            }
        }
    },
}

_BODY = {
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "properties": {"at": _TIME, "factor": {**_FACTOR, "default": 1}},
}


@router.get(
    "/sandbox/clock",
    summary="Read the clock",
    response_class=Response,
    responses={200: _ANSWER, **declare(NotAuthenticated)},
)
async def read_clock(sandbox: SandboxDep) -> Response:
    """Tell the business time, and how fast it runs. The sandbox's operator."""
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
    """Set the business time, forward or back, and how fast it runs from there. The sandbox's operator.

    Without `factor` it runs at real speed; without `at` it runs on from the present moment.
    """
    body = await read_json(request, sandbox.settings.json_bytes)
    reader = Reader()
    members = reader.members(body, "", frozenset({"at", "factor"}))
    if isinstance(body, dict) and not members:
        reader.wrong("/at", None, "a time, null for real time, or a factor")
    at, factor = reader.time(members.get("at"), "/at"), members.get("factor", 1)
    if type(factor) is not int or not 1 <= factor <= FASTEST:
        reader.wrong("/factor", factor, f"a whole number from 1 to {FASTEST:,}")
    elif factor != 1 and "at" in members and at is None:
        reader.wrong("/factor", factor, "1 beside a time of null: real time runs at real speed")
    if at is not None and not FIRST <= at < LAST:
        reader.wrong("/at", members.get("at"), f"a time from {rfc3339(FIRST)[:4]} to {rfc3339(LAST)[:4]}")
    reader.finish()
    if "at" in members:
        await run_in_threadpool(move_clock, sandbox, at, factor)
    else:
        await run_in_threadpool(run_clock, sandbox, factor)
    return _answer(sandbox)


def move_clock(sandbox: Sandbox, at: Microseconds | None, factor: int = 1) -> None:
    """Let business time run from `at`, so many times as fast as real time; None makes it real time again."""
    _set(sandbox, lambda _tx, real: ClockSetting() if at is None else ClockSetting(at - real, factor, real))


def run_clock(sandbox: Sandbox, factor: int) -> None:
    """Let business time run on from the present moment, so many times as fast as real time."""

    def setting(tx: Write, real: Microseconds) -> ClockSetting:
        found = clock_setting(tx)
        if found.factor == factor:
            return found
        return ClockSetting(found.business(real) - real, factor, real)

    _set(sandbox, setting)


def _set(sandbox: Sandbox, setting: Callable[[Write, Microseconds], ClockSetting]) -> None:
    """Store what `setting` gives for a real time, and have every process of the hub follow it."""

    def work(tx: Write) -> None:
        real = real_now()
        wanted = setting(tx, real)
        set_clock_setting(tx, wanted)
        renew_lists(tx, wanted.business(real), sandbox.secret)
        raise_version(tx)

    sandbox.database.write(work)
    sandbox.look()


def _answer(sandbox: Sandbox) -> Response:
    clock = sandbox.clock
    return answer_json({"at": rfc3339(clock.now()), "moved": clock.moved, "factor": clock.factor})
