"""`GET /v1/ledger/…`: the newest checkpoint, hash tiles and verifier keys for anyone, entries for auditors.

Proofs are made by readers, from tiles (C2SP tlog-tiles). Ledgers before a restore are in
`axis.ledger.earlier_routes`.
"""

import base64
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, Field

from axis.agencies.callers import AuditorCaller
from axis.database.dependencies import DatabaseDep
from axis.ledger import published_log
from axis.ledger.key_changes import LedgerKey, ledger_keys
from axis.ledger.queries import current_ledger
from axis.ledger.recorder import Recorder
from axis.problems import declare
from axis.protocol.errors import NotAuthenticated, NotFound, NotPermitted
from signing.notes import VerifierKey
from signing.tiles import read_tile_path

router = APIRouter(prefix="/v1/ledger", tags=["ledger"])

IMMUTABLE = "max-age=31536000, immutable"
"""Tiles and bundles never change, so caches may keep them for a year."""
MAX_LEVEL = 63
MAX_NUMBER = 2**55
"""No ledger is longer. A larger number is answered without reading the store."""

TilePath = Annotated[
    str,
    Path(description="The tile's number, as C2SP tlog-tiles writes it.", examples=["000", "x001/234.p/17"]),
]
TileLevel = Annotated[str, Path(description="The tile's level, 0 for leaf hashes.", examples=["0"])]


class LedgerKeyItem(BaseModel):
    """A key that signs, or has signed, this ledger's checkpoints."""

    vkey: str
    origin: str
    key_id: str
    algorithm: str
    public_key: str
    position: int | None = Field(
        description="Of the leaf that introduced it: it signs each checkpoint that begins after that leaf; "
        "null for the first key of a ledger."
    )
    statement: str | None = Field(
        description="A note that its predecessor and it signed; null for the first key of a ledger."
    )


class LedgerKeys(BaseModel):
    """The keys of the hub's ledgers, the one that signs now first."""

    items: list[LedgerKeyItem]
    next: str | None = None


def _keys(request: Request, database: DatabaseDep) -> list[LedgerKey]:
    recorder: Recorder = request.app.state.hub.recorder
    with database.read() as tx:
        return ledger_keys(tx, recorder.signer.verifier)


KeysDep = Annotated[list[LedgerKey], Depends(_keys)]


def _verifiers(keys: KeysDep) -> list[VerifierKey]:
    return [key.verifier for key in keys]


VerifiersDep = Annotated[list[VerifierKey], Depends(_verifiers)]
"""All keys that sign, or have signed, a ledger of the hub; the newest first."""


@router.get(
    "/checkpoint",
    summary="The ledger's newest checkpoint",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def get_checkpoint(database: DatabaseDep) -> Response:
    """Return the newest signed checkpoint (C2SP tlog-checkpoint)."""
    with database.read() as tx:
        note = published_log.checkpoint(tx)
    return Response(note, media_type="text/plain", headers={"Cache-Control": "no-cache"})


@router.get(
    "/keys",
    summary="The keys that check the ledger",
    response_class=Response,
    responses={
        200: {
            "model": LedgerKeys,
            "content": {"text/plain": {"schema": {"type": "string"}}},
        }
    },
)
def get_ledger_keys(request: Request, keys: KeysDep) -> Response:
    """Return the verifier keys (C2SP signed-note); as bare lines when the caller accepts only plain text.

    The one that signs now comes first.
    """
    headers = {"Cache-Control": "no-cache", "Vary": "Accept"}
    if request.headers.get("accept", "").partition(";")[0].strip() == "text/plain":
        lines = "".join(f"{key.verifier}\n" for key in keys)
        return Response(lines, media_type="text/plain", headers=headers)
    body = LedgerKeys(items=[_key_item(key) for key in keys]).model_dump_json()
    return Response(body, media_type="application/json", headers=headers)


@router.get(
    "/tile/entries/{path:path}",
    summary="A bundle of the ledger's entries",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        **declare(NotAuthenticated, NotPermitted, NotFound),
    },
)
def get_ledger_entries(path: TilePath, _caller: AuditorCaller, database: DatabaseDep) -> Response:
    """Return up to 256 entries, each after its length in two bytes (C2SP tlog-tiles entry bundle)."""
    number, width = read_name(path)
    with database.read() as tx:
        content = published_log.bundle(tx, current_ledger(tx), number, width)
    return binary(content, f"private, {IMMUTABLE}")


@router.get(
    "/tile/{level}/{path:path}",
    summary="A tile of the ledger's hashes",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        **declare(NotFound),
    },
)
def get_ledger_tile(
    level: TileLevel,
    path: TilePath,
    database: DatabaseDep,
) -> Response:
    """Return up to 256 hashes of 32 bytes (C2SP tlog-tiles)."""
    number, width = read_name(path)
    with database.read() as tx:
        content = published_log.tile(tx, current_ledger(tx), read_level(level), number, width)
    return binary(content, f"public, {IMMUTABLE}")


_LEVELS = frozenset(str(level) for level in range(MAX_LEVEL + 1))


def _key_item(key: LedgerKey) -> LedgerKeyItem:
    verifier = key.verifier
    return LedgerKeyItem(
        vkey=str(verifier),
        origin=verifier.name,
        key_id=verifier.key_id.hex(),
        algorithm="Ed25519",
        public_key=base64.b64encode(verifier.public_key).decode(),
        position=key.position,
        statement=key.statement,
    )


def read_level(level: str) -> int:
    """Read a tile's level, which is text so that `00` or `x` is 404 and not 422. Raises `NotFound`."""
    if level not in _LEVELS:
        raise NotFound
    return int(level)


def read_name(path: str) -> tuple[int, int]:
    """Read a tile's number and width. Raises `NotFound` when no tile has such a name."""
    name = read_tile_path(path)
    if name is None or name[0] > MAX_NUMBER:
        raise NotFound
    return name


def binary(content: bytes, caching: str) -> Response:
    """Answer with bytes that a cache may keep as `caching` says."""
    headers = {"Cache-Control": caching, "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type="application/octet-stream", headers=headers)
