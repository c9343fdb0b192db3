"""`/ledger`: the ledger's checkpoint, keys and witnesses, and a form that checks a receipt. For anyone.

Receipts are checked by `axis.web.receipts`, or in the browser; entries are not shown.
"""

from collections.abc import Sequence
from typing import Any

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool

from axis.clock import Microseconds, rfc3339
from axis.compliance.reconciliation.ledger_health import describe_health
from axis.database import Read
from axis.database.dependencies import DatabaseDep
from axis.ledger.cosignatures import cosignature_rows
from axis.ledger.key_changes import LedgerKey
from axis.ledger.queries import newest_checkpoint
from axis.ledger.routes import KeysDep
from axis.web.forms import read_form
from axis.web.page_routes import page_router
from axis.web.receipts import MOST_BYTES, checked_receipt
from axis.web.rendering import render
from axis.web.visitors import AnyVisitor
from signing.cosignatures import read_witness_key
from signing.errors import SigningError
from signing.notes import read_checkpoint, split_note

router = page_router()


@router.get("/ledger", summary="The ledger")
def show_ledger(request: Request, visitor: AnyVisitor, database: DatabaseDep, keys: KeysDep) -> Response:
    """Show checkpoint, keys, witnesses, and when the ledger was last checked."""
    with database.read() as tx:
        return render(request, visitor, "ledger.html", **_published(tx, keys), receipt="", checked=None)


@router.post("/ledger", summary="Check a receipt")
async def check(request: Request, visitor: AnyVisitor, database: DatabaseDep, keys: KeysDep) -> Response:
    """Check a receipt against the keys and checkpoints of this ledger. Nothing is kept."""
    given = (await read_form(request, MOST_BYTES)).get("receipt", "")

    def answer() -> Response:
        with database.read() as tx:
            checked = checked_receipt(tx, keys, given)
            return render(
                request, visitor, "ledger.html", **_published(tx, keys), receipt=given, checked=checked
            )

    return await run_in_threadpool(answer)


def _published(tx: Read, keys: Sequence[LedgerKey]) -> dict[str, Any]:
    note = newest_checkpoint(tx)
    return {
        "note": note,
        "checkpoint": None if note is None else read_checkpoint(split_note(note)[0]),
        "keys": keys,
        "witnesses": [
            {
                "name": _name_of(row.vkey),
                "vkey": row.vkey,
                "size": row.size,
                "at": rfc3339(Microseconds(row.at)),
            }
            for row in cosignature_rows(tx)
        ],
        "health": describe_health(tx),
    }


def _name_of(vkey: str) -> str:
    try:
        return read_witness_key(vkey).name
    except SigningError:
        return vkey
