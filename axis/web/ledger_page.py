"""`/ledger`: the ledger's checkpoint, keys and witnesses, and a form that checks a receipt. For anyone.

Entries are not shown.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool

from axis.clock import Microseconds, rfc3339
from axis.compliance.reconciliation.ledger_health import describe_health
from axis.database import Read
from axis.database.dependencies import DatabaseDep
from axis.ledger.cosignatures import cosignature_rows
from axis.ledger.key_changes import LedgerKey
from axis.ledger.queries import newest_checkpoint, read_checkpoints
from axis.ledger.routes import KeysDep
from axis.web.forms import read_form
from axis.web.page_routes import page_router
from axis.web.rendering import render
from axis.web.visitors import AnyVisitor
from signing.cosignatures import read_witness_key
from signing.errors import SigningError
from signing.notes import MAX_RECEIPT_BYTES, check_receipt, read_checkpoint, split_note

router = page_router()

MOST_BYTES: Final = 4 * MAX_RECEIPT_BYTES
"""Of the form: each letter of a receipt may be written as three, and an answer of the hub holds more."""


@dataclass(frozen=True, slots=True)
class CheckedReceipt:
    """What came of checking a receipt against this ledger."""

    is_valid: bool
    reason: str | None = None
    """Why it proves nothing, in English."""
    position: int | None = None
    size: int | None = None
    """Of the tree whose checkpoint it carries."""
    leaf: Any = None
    is_forked: bool = False
    """The ledger's key signed it, and this hub's ledger of that size is another one: the worst there is."""


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


def checked_receipt(tx: Read, keys: Sequence[LedgerKey], given: str) -> CheckedReceipt:
    """Check a receipt, alone or within the hub's answer, as a form sends it."""
    text = _receipt_in(given)
    checks = [check_receipt(text, key.verifier) for key in keys]
    found = next((each for each in checks if each.valid), checks[0])
    if not found.valid or found.receipt is None or found.checkpoint is None:
        return CheckedReceipt(is_valid=False, reason=found.reason)
    size = found.checkpoint.size
    kept = [split_note(note)[0] for at, note in read_checkpoints(tx, size - 1, size) if at == size]
    try:
        leaf = json.dumps(orjson.loads(found.receipt.leaf), ensure_ascii=False, indent=2)
    except ValueError:
        leaf = found.receipt.leaf.hex()
    is_forked = split_note(found.receipt.note)[0] not in kept
    return CheckedReceipt(not is_forked, None, found.receipt.position, size, leaf, is_forked)


def _receipt_in(given: str) -> str:
    """Return the receipt with the line ends that it was made with; browsers send others."""
    text = given.replace("\r\n", "\n").strip() + "\n"
    if text.startswith("{"):
        try:
            answer = orjson.loads(text)
        except ValueError:
            return text
        return str(answer.get("receipt") or "") if isinstance(answer, dict) else text
    return text


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
