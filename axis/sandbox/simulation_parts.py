"""`PUT /sandbox/runs/{run}/parts/{part}`: where the parts of one simulation meet and wait.

Each part writes a note of its own and gets those of the others. Notes are facts of the store, so that parts
meet whichever process answers. What a note says is the simulator's business (`nodes.meeting`).
"""

import asyncio
import hashlib
import time
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import delete, select

from axis.clock import Microseconds, real_now
from axis.database import Database, Read, Write
from axis.database.store_facts import set_fact, store
from axis.json_http import answer_json, describe_body
from axis.problems import declare
from axis.protocol.errors import NotAuthenticated, Overloaded, QueryInvalid, shorten
from axis.protocol.request_bodies import JSON_REFUSALS, read_json
from axis.protocol.request_members import MembersReader
from axis.sandbox.state import SandboxDep

router = APIRouter(tags=["sandbox"])

MOST_PARTS = 64
NOTE_CHARACTERS = 60_000
MOST_WAIT_SECONDS = 2
"""Short, so that an answer that waits holds up no hub that stops."""

_LOOK_SECONDS = 0.03
_CHUNK = 4_000  # characters; a fact holds 4,096
_FORGOTTEN = 24 * 3_600 * 1_000_000  # microseconds
_SECOND = 1_000_000

_BODY = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "note": {
            "type": "string",
            "maxLength": NOTE_CHARACTERS,
            "description": "The part's new note, of which it is heard; left out: it only reads.",
        },
        "wait": {"type": "integer", "minimum": 0, "maximum": MOST_WAIT_SECONDS, "default": 0},
        "seen": {
            "type": "string",
            "description": "`state` of the last answer: the answer waits until there is another.",
        },
    },
}
_ANSWER = {
    "description": "The notes of all parts of the run.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["state", "parts"],
                "properties": {
                    "state": {"type": "string", "description": "Another whenever a note is another."},
                    "parts": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["part", "note", "seconds_ago"],
                            "properties": {
                                "part": {"type": "integer"},
                                "note": {"type": "string"},
                                "seconds_ago": {"type": "number", "description": "When it was heard of."},
                            },
                        },
                    },
                },
            }
        }
    },
}

Run = Annotated[str, Path(pattern=r"^[0-9a-z-]{1,40}$", description="What the parts call the run.")]
Part = Annotated[int, Path(ge=1, le=MOST_PARTS)]


@router.put(
    "/sandbox/runs/{run}/parts/{part}",
    summary="Meet the other parts of a simulation",
    response_class=Response,
    responses={200: _ANSWER, **declare(*JSON_REFUSALS, NotAuthenticated, QueryInvalid, Overloaded)},
    openapi_extra=describe_body(_BODY),
)
async def meet(request: Request, sandbox: SandboxDep, run: Run, part: Part) -> Response:
    """Note that a part is there, and what it says; answer with all notes. The sandbox's operator."""
    asked = await read_json(request, sandbox.settings.json_bytes)
    reader = MembersReader()
    members = reader.members(asked, "", frozenset({"note", "wait", "seen"}))
    note, wait, seen = members.get("note"), members.get("wait", 0), members.get("seen")
    if note is not None and (not isinstance(note, str) or len(note) > NOTE_CHARACTERS):
        reader.fault("/note", shorten(str(note)), f"a text of at most {NOTE_CHARACTERS:,} characters")
    if type(wait) is not int or not 0 <= wait <= MOST_WAIT_SECONDS:
        reader.fault("/wait", shorten(str(wait)), f"seconds from 0 to {MOST_WAIT_SECONDS}")
    reader.finish()
    if note is not None:
        await run_in_threadpool(sandbox.database.write, lambda tx: _put(tx, run, part, note))
    deadline = time.monotonic() + wait
    while True:
        state, parts = await run_in_threadpool(_read, sandbox.database, run)
        if state != seen or time.monotonic() >= deadline:
            return answer_json({"state": state, "parts": parts})
        await asyncio.sleep(_LOOK_SECONDS)


def _put(tx: Write, run: str, part: int, note: str) -> None:
    """Write when the part was heard of, and its note in pieces that a fact can hold."""
    now = real_now()
    place = f"{_run(run)}{part:02}/"
    tx.execute(delete(store).where(store.c.key.startswith(place)))
    for start in range(0, len(note), _CHUNK):
        set_fact(tx, f"{place}{start // _CHUNK:02}", note[start : start + _CHUNK])
    set_fact(tx, f"{place}heard", str(now))
    _forget(tx, now)


def _forget(tx: Write, now: Microseconds) -> None:
    """Delete the runs of which no part was heard for a day."""
    heard: dict[str, int] = {}
    for row in tx.execute(select(store.c.key, store.c.value).where(store.c.key.startswith("run/"))):
        run = row.key.split("/")[1]
        if row.key.endswith("/heard"):
            heard[run] = max(heard.get(run, 0), int(row.value))
    for run, last in heard.items():
        if now - last > _FORGOTTEN:
            tx.execute(delete(store).where(store.c.key.startswith(_run(run))))


def _read(database: Database, run: str) -> tuple[str, list[dict[str, object]]]:
    with database.read() as tx:
        notes, heard = _notes(tx, run)
    digest = hashlib.sha256(repr(sorted(notes.items())).encode()).hexdigest()
    now = real_now()
    parts: list[dict[str, object]] = [
        {"part": part, "note": notes.get(part, ""), "seconds_ago": max(0, now - heard[part]) / _SECOND}
        for part in sorted(heard)
    ]
    return digest, parts


def _notes(tx: Read, run: str) -> tuple[dict[int, str], dict[int, int]]:
    notes: dict[int, str] = {}
    heard: dict[int, int] = {}
    query = select(store.c.key, store.c.value).where(store.c.key.startswith(_run(run)))
    for row in tx.execute(query.order_by(store.c.key)):
        _, _, number, piece = row.key.split("/")
        if piece == "heard":
            heard[int(number)] = int(row.value)
        else:
            notes[int(number)] = notes.get(int(number), "") + row.value
    return notes, heard


def _run(run: str) -> str:
    return f"run/{run}/"
