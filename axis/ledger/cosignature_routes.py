"""`POST` and `GET /v1/ledger/cosignatures`: auditors give cosignatures of witnesses, anyone reads them."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from axis.agencies.callers import AuditorCaller
from axis.clock import Microseconds, real_now, rfc3339
from axis.database import Read
from axis.database.dependencies import DatabaseDep
from axis.json_http import answer_json, describe_body
from axis.ledger.cosignatures import cosignature_rows, cosigned_note, keep_cosignature, read_cosignature
from axis.problems import declare
from axis.protocol.errors import (
    NotAuthenticated,
    NotPermitted,
    Overloaded,
    QueryInvalid,
)
from axis.protocol.ledger_positions import index_of
from axis.protocol.request_bodies import JSON_REFUSALS, read_json
from axis.protocol.request_members import MembersReader
from signing.cosignatures import read_witness_key
from signing.notes import MAX_NOTE_BYTES

router = APIRouter(prefix="/v1/ledger", tags=["ledger"])

_MEMBERS = ("vkey", "note")

_NEW_SCHEMA = {
    "title": "NewCosignature",
    "type": "object",
    "additionalProperties": False,
    "required": list(_MEMBERS),
    "properties": {
        "vkey": {"type": "string", "description": "The witness's key, of type 4."},
        "note": {"type": "string", "description": "The checkpoint and the cosignature."},
    },
}


class CosignatureItem(BaseModel):
    """The newest cosignature of a witness."""

    witness: str = Field(description="Its name.")
    vkey: str
    size: int
    at: str = Field(description="When it cosigned, by its own clock.")
    note: str = Field(description="The checkpoint, with the ledger's signature and all cosignatures of it.")


class CosignatureList(BaseModel):
    """The newest cosignature of each witness, that of the newest tree first."""

    items: list[CosignatureItem]
    next: None = None


@router.get(
    "/cosignatures",
    summary="What witnesses cosigned",
    response_class=Response,
    responses={200: {"model": CosignatureList, "description": "The newest of each witness."}},
)
def list_cosignatures(database: DatabaseDep) -> Response:
    """List the newest cosignature of each witness. Anyone. Believe the witnesses that you know otherwise."""
    with database.read() as tx:
        items = _items(tx)
    return answer_json({"items": items, "next": None}, headers={"Cache-Control": "no-cache"})


@router.post(
    "/cosignatures",
    summary="Give a cosignature",
    status_code=201,
    response_class=Response,
    responses={
        201: {"model": CosignatureList, "description": "What is kept now."},
        **declare(*JSON_REFUSALS, NotAuthenticated, NotPermitted, QueryInvalid, Overloaded),
    },
    openapi_extra=describe_body(_NEW_SCHEMA),
)
async def give_cosignature(request: Request, database: DatabaseDep, _caller: AuditorCaller) -> Response:
    """Take a witness's cosignature (C2SP tlog-cosignature) of a checkpoint of this ledger. Auditors."""
    body = await read_json(request, 2 * MAX_NOTE_BYTES)
    reader = MembersReader()
    members = reader.members(body, "", _MEMBERS)
    reader.finish()
    given = read_cosignature(members.get("vkey"), members.get("note"), real_now())
    await run_in_threadpool(lambda: database.write(lambda tx: keep_cosignature(tx, given)))
    answer = await run_in_threadpool(list_cosignatures, database)
    answer.status_code = 201
    return answer


def _items(tx: Read) -> list[dict[str, Any]]:
    return [
        {
            "witness": read_witness_key(row.vkey).name,
            "vkey": row.vkey,
            "size": index_of(row.size),
            "at": rfc3339(Microseconds(row.at)),
            "note": cosigned_note(tx, row.size) or "",
        }
        for row in cosignature_rows(tx)
    ]
