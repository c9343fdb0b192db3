"""`GET /v1/ledgers`, and `/v1/ledgers/{ledger}/…` as `/v1/ledger/…`: the ledgers of a hub that was restored.

Any other hub has one. Why another begins: docs/ledger.md#ledgers-of-a-restored-hub.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from axis.agencies.callers import AuditorCaller
from axis.clock import Microseconds, rfc3339
from axis.database import Read
from axis.database.dependencies import DatabaseDep
from axis.json_http import answer_json
from axis.ledger import published_log
from axis.ledger.queries import current_ledger, ended_ledgers, size_of
from axis.ledger.routes import IMMUTABLE, TileLevel, TilePath, binary, read_level, read_name
from axis.ledger.setup import require_ledger
from axis.problems import declare
from axis.protocol.errors import NotAuthenticated, NotFound, NotPermitted
from axis.protocol.ledger_positions import FIRST_LEDGER, begin_of
from signing.notes import read_checkpoint, split_note

router = APIRouter(prefix="/v1/ledgers", tags=["ledger"])

LedgerNumber = Annotated[str, Path(description="The ledger's number, from 1.", examples=["1"])]


class LedgerItem(BaseModel):
    """One of the hub's ledgers."""

    number: int
    origin: str = Field(description="Its name, which its checkpoints and receipts begin with.")
    first_position: int = Field(description="The position of its first entry, where positions go on.")
    size: int = Field(description="How many of its entries the hub has.")
    known_size: int | None = Field(
        description="Of the last checkpoint that is known of it, which the next ledger's first entry names; "
        "null for the one that grows. Entries from `size` on were lost."
    )
    ended_at: str | None = Field(description="When the next one began; null for the one that grows.")


class LedgerList(BaseModel):
    """All ledgers of the hub, the first one first; the last one grows."""

    items: list[LedgerItem]
    next: None = None


@router.get(
    "",
    summary="The hub's ledgers",
    response_class=Response,
    responses={200: {"model": LedgerList, "description": "The first one first."}},
)
def list_ledgers(database: DatabaseDep) -> Response:
    """List the hub's ledgers. It has more than one where it was restored from a backup. Anyone."""
    with database.read() as tx:
        body = LedgerList(items=_items(tx)).model_dump()
    return answer_json(body, headers={"Cache-Control": "no-cache"})


@router.get(
    "/{ledger}/checkpoint",
    summary="The newest checkpoint of a ledger",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **declare(NotFound)},
)
def get_checkpoint_of(ledger: LedgerNumber, database: DatabaseDep) -> Response:
    """Return the newest signed checkpoint of what the hub has of it (C2SP tlog-checkpoint). Anyone."""
    with database.read() as tx:
        note = published_log.checkpoint(tx, _number(tx, ledger))
    return Response(note, media_type="text/plain", headers={"Cache-Control": "no-cache"})


@router.get(
    "/{ledger}/tile/entries/{path:path}",
    summary="A bundle of a ledger's entries",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        **declare(NotAuthenticated, NotPermitted, NotFound),
    },
)
def get_entries_of(
    ledger: LedgerNumber, path: TilePath, _caller: AuditorCaller, database: DatabaseDep
) -> Response:
    """Return up to 256 entries, each after its length in two bytes (C2SP tlog-tiles entry bundle)."""
    number, width = read_name(path)
    with database.read() as tx:
        content = published_log.bundle(tx, _number(tx, ledger), number, width)
    return binary(content, f"private, {IMMUTABLE}")


@router.get(
    "/{ledger}/tile/{level}/{path:path}",
    summary="A tile of a ledger's hashes",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        **declare(NotFound),
    },
)
def get_tile_of(ledger: LedgerNumber, level: TileLevel, path: TilePath, database: DatabaseDep) -> Response:
    """Return up to 256 hashes of 32 bytes (C2SP tlog-tiles). Anyone."""
    number, width = read_name(path)
    with database.read() as tx:
        content = published_log.tile(tx, _number(tx, ledger), read_level(level), number, width)
    return binary(content, f"public, {IMMUTABLE}")


def _number(tx: Read, ledger: str) -> int:
    """Read a ledger's number. Raises `NotFound` when the hub has none of it."""
    if ledger not in {str(number) for number in range(FIRST_LEDGER, current_ledger(tx) + 1)}:
        raise NotFound
    return int(ledger)


def _items(tx: Read) -> list[LedgerItem]:
    ended = [
        LedgerItem(
            number=row.number,
            origin=row.origin,
            first_position=begin_of(row.number),
            size=row.size,
            known_size=read_checkpoint(split_note(row.known)[0]).size,
            ended_at=rfc3339(Microseconds(row.ended_at)),
        )
        for row in ended_ledgers(tx)
    ]
    number = current_ledger(tx)
    grows = LedgerItem(
        number=number,
        origin=require_ledger(tx),
        first_position=begin_of(number),
        size=size_of(tx, number),
        known_size=None,
        ended_at=None,
    )
    return [*ended, grows]
