"""Checks a receipt, or an answer of the hub that holds one, against this hub's ledger.

The script axis/web/assets/receipt.js does the same within the browser, without comparing checkpoints.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from axis.database import Read
from axis.ledger.key_changes import LedgerKey
from axis.ledger.queries import ended_ledgers, read_checkpoints
from axis.ledger.setup import ledger_named
from axis.protocol.ledger_positions import begin_of
from signing.notes import MAX_RECEIPT_BYTES, PROOF_HEADER, check_receipt, split_note

MOST_BYTES: Final = 4 * MAX_RECEIPT_BYTES
"""Of what is handed in: an answer of the hub holds more, and a form may write each letter as three."""


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
    is_lost: bool = False
    """Its checkpoint is later than the backup from which the hub was restored."""


def checked_receipt(tx: Read, keys: Sequence[LedgerKey], given: str) -> CheckedReceipt:
    """Check a receipt, alone or within the hub's answer, with the line ends of any browser."""
    text = receipt_in(given)
    checks = [check_receipt(text, key.verifier) for key in keys]
    found = next((each for each in checks if each.valid), checks[0])
    if not found.valid or found.receipt is None or found.checkpoint is None:
        return CheckedReceipt(is_valid=False, reason=found.reason)
    size = found.checkpoint.size
    ledger = ledger_named(tx, found.checkpoint.origin)
    end = size if ledger is None else begin_of(ledger) + size
    kept = [split_note(note)[0] for _, note in read_checkpoints(tx, end - 1, end)]
    try:
        leaf = json.dumps(orjson.loads(found.receipt.leaf), ensure_ascii=False, indent=2)
    except ValueError:
        leaf = found.receipt.leaf.hex()
    is_lost = any(each.number == ledger and each.size < size for each in ended_ledgers(tx))
    is_forked = not is_lost and split_note(found.receipt.note)[0] not in kept
    return CheckedReceipt(
        not is_forked, None, found.receipt.position, size, leaf, is_forked=is_forked, is_lost=is_lost
    )


def receipt_in(given: str) -> str:
    """Return the receipt with the line ends that it was made with; browsers send others."""
    text = given.replace("\r\n", "\n").strip() + "\n"
    if text.startswith("{"):
        try:
            answer = orjson.loads(text)
        except ValueError:
            return text
        return str(answer.get("receipt") or "") if isinstance(answer, dict) else text
    return text


def receipt_of_file(content: bytes) -> str | None:
    """Return the text of a file that is a receipt, or an answer that holds one; else None."""
    if len(content) > MOST_BYTES:
        return None
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return text if receipt_in(text).startswith(PROOF_HEADER) else None
