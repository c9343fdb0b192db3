"""`POST` and `GET /v1/ledger/receipts`: receipts that a restored hub does not know, handed in and listed.

How they are checked is in `axis.ledger.handed_in`.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row

from axis.agencies.callers import AgencyOrAuditor
from axis.agencies.directory import subtree_filter
from axis.clock import Microseconds, rfc3339
from axis.database import Write
from axis.database.dependencies import DatabaseDep
from axis.json_http import answer_json, describe_body
from axis.ledger.handed_in import HandedIn, Kept, handed_in_rows, keep_receipts, read_handed_in
from axis.ledger.recorder import Recorded, Recorder
from axis.ledger.routes import VerifiersDep
from axis.ledger.tables import ledger_receipts
from axis.problems import declare
from axis.protocol.errors import NotAuthenticated, NotPermitted, Overloaded, QueryInvalid
from axis.protocol.ledger_positions import index_of, ledger_of
from axis.protocol.request_bodies import JSON_REFUSALS, read_json
from axis.protocol.request_members import MembersReader
from signing.notes import MAX_RECEIPT_BYTES

router = APIRouter(prefix="/v1/ledger", tags=["ledger"])

BODY_BYTES = 4 * MAX_RECEIPT_BYTES
"""A text in JSON may write each character as an escape."""

_GIVEN = {
    "title": "HandedInReceipt",
    "type": "object",
    "additionalProperties": False,
    "required": ["receipt"],
    "properties": {"receipt": {"type": "string", "description": "As the hub gave it: a C2SP tlog-proof."}},
}


class KeptReceipt(BaseModel):
    """What the hub knows of a receipt."""

    ledger: int = Field(description="The number of the ledger that it is of.")
    index: int = Field(description="The entry's, in that ledger.")
    known: bool = Field(description="The hub has the entry itself, so nothing was kept.")
    repeated: bool = Field(description="It was handed in before.")
    position: int | None = Field(description="Of the entry that says that it was handed in.")
    receipt: str | None = Field(description="Of the entry that says so, where it is new.")


class HandedInItem(BaseModel):
    """A receipt that was handed in."""

    position: int = Field(description="Of the entry that says so.")
    ledger: int
    index: int
    document: str | None = Field(description="Which document the lost entry was about.")
    sender: str | None = Field(description="Who sent it, as the lost entry says.", serialization_alias="from")
    at: str = Field(description="When it was handed in.")
    receipt: str


class HandedInList(BaseModel):
    """A page of receipts, in the order in which they were handed in."""

    items: list[HandedInItem]
    next: str | None


class ReceiptsQuery(BaseModel):
    """Which receipts are listed."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[str, Field(pattern="^(|[0-9]{1,18})$", description="`next` of the page before.")] = ""
    limit: Annotated[int, Field(ge=1, le=1_000, description="Most items of the page.")] = 100


@router.post(
    "/receipts",
    summary="Hand in a receipt",
    status_code=201,
    response_class=Response,
    responses={
        201: {"model": KeptReceipt, "description": "It is of an entry that was lost, and is kept now."},
        200: {"model": KeptReceipt, "description": "The hub has the entry, or the receipt."},
        **declare(*JSON_REFUSALS, NotAuthenticated, NotPermitted, QueryInvalid, Overloaded),
    },
    openapi_extra=describe_body(_GIVEN),
)
async def hand_in(
    request: Request, database: DatabaseDep, keys: VerifiersDep, _caller: AgencyOrAuditor
) -> Response:
    """Take a receipt that this hub does not know, since it was restored from an older backup.

    It is checked and kept; it proves itself, so anyone with a token may bring it. Send the document again.
    Agencies and auditors.
    """
    body = await read_json(request, BODY_BYTES)
    reader = MembersReader()
    members = reader.members(body, "", ("receipt",))
    reader.finish()
    recorder: Recorder = request.app.state.hub.recorder
    given = await run_in_threadpool(read_handed_in, members.get("receipt"), keys)

    def work(tx: Write) -> Recorded[Kept]:
        return recorder.record_in(tx, keep_receipts, given)

    recorded = await run_in_threadpool(database.write, work)
    return answer_json(_answer(given, recorded), status=201 if recorded.result.is_new else 200)


@router.get(
    "/receipts",
    summary="Receipts that were handed in",
    response_class=Response,
    responses={
        200: {"model": HandedInList, "description": "In the order in which they were handed in."},
        **declare(NotAuthenticated, NotPermitted, QueryInvalid),
    },
)
def list_receipts(
    query: Annotated[ReceiptsQuery, Query()], database: DatabaseDep, caller: AgencyOrAuditor
) -> Response:
    """List receipts of lost entries: an agency those of what it sent, auditors all."""
    mine = subtree_filter(ledger_receipts.c.sender, caller)
    with database.read() as tx:
        rows = handed_in_rows(tx, mine, int(query.after or -1), query.limit + 1)
    page = rows[: query.limit]
    following = str(page[-1].position) if len(rows) > query.limit else None
    body = HandedInList(items=[_item(row) for row in page], next=following)
    return answer_json(body.model_dump(by_alias=True), headers={"Cache-Control": "no-cache"})


def _answer(given: HandedIn, recorded: Recorded[Kept]) -> dict[str, Any]:
    kept = recorded.result
    new = kept.position if kept.is_new else None
    return KeptReceipt(
        ledger=ledger_of(kept.entry),
        index=given.index,
        known=kept.position is None,
        repeated=not kept.is_new and kept.position is not None,
        position=kept.position,
        receipt=None if new is None else recorded.sealed.receipt(new),
    ).model_dump()


def _item(row: Row[Any]) -> HandedInItem:
    return HandedInItem(
        position=row.position,
        ledger=ledger_of(row.entry),
        index=index_of(row.entry),
        document=row.document,
        sender=row.sender,
        at=rfc3339(Microseconds(row.at)),
        receipt=row.receipt,
    )
