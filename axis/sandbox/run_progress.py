"""`/sandbox/run`: a simulation tells how far it is, and hears whether it is to wait.

What must have come of it so far is the simulator's to say; what has come of it, the hub's own statistics say
(`axis.sandbox.pages`). The progress is a fact of the store, so that any process shows it.
"""

import datetime as dt
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import delete, select

from axis.clock import real_now, rfc3339
from axis.database import Read, Write
from axis.database.store_facts import get_fact, set_fact, store
from axis.json_http import answer_json, describe_body
from axis.problems import declare
from axis.protocol.errors import NotAuthenticated, Overloaded, QueryInvalid, shorten
from axis.protocol.request_bodies import JSON_REFUSALS, read_json
from axis.protocol.request_members import MembersReader
from axis.sandbox.state import SandboxDep

router = APIRouter(tags=["sandbox"])

STATES: Final = ("running", "finished", "interrupted")
MOST_BYTES: Final = 64 * 1024
PAUSED: Final = "run-paused"
_PLACE: Final = "run-progress/"
_CHUNK: Final = 4_000  # characters; a fact holds 4,096
_DAYS: Final = ("day", "first", "last")
_TEXTS: Final = ("title", *_DAYS, "recipient")
_CHARACTERS: Final = 300
_COUNTS: Final = ("done", "of")
_ROW: Final = {"code": str, "place": str, "sent": int, "signed": int}

_BODY: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["state", *_TEXTS, *_COUNTS, "localities"],
    "properties": {
        "state": {"enum": list(STATES)},
        **{name: {"type": "string", "maxLength": _CHARACTERS} for name in _TEXTS},
        **{name: {"type": "string", "format": "date"} for name in _DAYS},
        "title_vi": {"type": "string", "maxLength": _CHARACTERS, "description": "Left out: the title."},
        **{name: {"type": "integer", "minimum": 0} for name in _COUNTS},
        "localities": {
            "type": "array",
            "maxItems": 100,
            "description": "What each must have sent to `recipient` from `first` to `day`, and signed.",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": list(_ROW),
                "properties": {
                    "code": {"type": "string"},
                    "place": {"type": "string"},
                    "sent": {"type": "integer", "minimum": 0},
                    "signed": {"type": "integer", "minimum": 0},
                },
            },
        },
    },
}
_ANSWER = {
    "description": "Whether the simulation is to wait.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["paused"],
                "properties": {"paused": {"type": "boolean"}},
            }
        }
    },
}


@router.put(
    "/sandbox/run",
    summary="Tell how far a simulation is",
    response_class=Response,
    responses={200: _ANSWER, **declare(*JSON_REFUSALS, NotAuthenticated, QueryInvalid, Overloaded)},
    openapi_extra=describe_body(_BODY),
)
async def put_run(request: Request, sandbox: SandboxDep) -> Response:
    """Note a simulation's progress, for the sandbox's page. The sandbox's operator."""
    progress = _checked(await read_json(request, MOST_BYTES))
    text = orjson.dumps({**progress, "heard_at": rfc3339(real_now())}).decode()
    await run_in_threadpool(sandbox.database.write, lambda tx: _put(tx, text))
    return await run_in_threadpool(_answer, sandbox)


@router.get(
    "/sandbox/run",
    summary="Ask whether a simulation is to wait",
    response_class=Response,
    responses={200: _ANSWER, **declare(NotAuthenticated)},
)
def get_run(sandbox: SandboxDep) -> Response:
    """Tell whether the simulation is to wait. The sandbox's operator."""
    return _answer(sandbox)


def read_progress(tx: Read) -> dict[str, Any] | None:
    """Return the progress that was told last, with `heard_at`; None where there was none."""
    pieces = select(store.c.value).where(store.c.key.startswith(_PLACE)).order_by(store.c.key)
    text = "".join(tx.execute(pieces).scalars())
    return orjson.loads(text) if text else None


def is_paused(tx: Read) -> bool:
    """Tell whether simulations are to wait."""
    return get_fact(tx, PAUSED) == "yes"


def set_paused(tx: Write, *, paused: bool) -> None:
    """Have simulations wait after the day that they are at, or go on."""
    set_fact(tx, PAUSED, "yes" if paused else "no")


def _answer(sandbox: SandboxDep) -> Response:
    with sandbox.database.read() as tx:
        return answer_json({"paused": is_paused(tx)})


def _put(tx: Write, text: str) -> None:
    """Write the progress in pieces that a fact can hold."""
    tx.execute(delete(store).where(store.c.key.startswith(_PLACE)))
    for start in range(0, len(text), _CHUNK):
        set_fact(tx, f"{_PLACE}{start // _CHUNK:03}", text[start : start + _CHUNK])


def _checked(body: object) -> dict[str, Any]:
    reader = MembersReader()
    known = frozenset({"state", *_TEXTS, "title_vi", *_COUNTS, "localities"})
    members = {"title_vi": None, **reader.members(body, "", known)}
    members["title_vi"] = members["title_vi"] or members.get("title")
    if members.get("state") not in STATES:
        reader.fault("/state", shorten(str(members.get("state"))), " or ".join(STATES))
    for name in (*_TEXTS, "title_vi"):
        if not isinstance(members.get(name), str) or len(members[name]) > _CHARACTERS:
            expected = f"a text of at most {_CHARACTERS} characters"
            reader.fault(f"/{name}", shorten(str(members.get(name))), expected)
    for name in _DAYS:
        if not _is_day(members.get(name)):
            reader.fault(f"/{name}", shorten(str(members.get(name))), "a day, as in 2019-06-03")
    for name in _COUNTS:
        if type(members.get(name)) is not int or members[name] < 0:
            reader.fault(f"/{name}", shorten(str(members.get(name))), "a whole number of 0 or more")
    rows = members.get("localities")
    if not isinstance(rows, list) or not all(_is_row(each) for each in rows):
        reader.fault("/localities", shorten(str(rows)), f"objects with {', '.join(_ROW)}")
    reader.finish()
    if members["first"] > members["day"]:
        reader.fault("/day", members["day"], f"a day not before {members['first']}")
    reader.finish()
    return members


def _is_day(value: object) -> bool:
    """Tell whether a value is a day of the calendar, which the page can count from."""
    try:
        return isinstance(value, str) and dt.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_row(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == _ROW.keys()
        and all(type(value[name]) is kind for name, kind in _ROW.items())
    )
