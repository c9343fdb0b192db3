"""Checks a receipt for `axis verify`: that the axis's ledger accepted a manifest and its signature.

A receipt holds a leaf of the ledger and proves its place under a signed checkpoint (C2SP tlog-proof).
docs/ledger.md.
"""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axis.cli.common import RefusedError
from axis.clock import parse_rfc3339, to_datetime
from axis.ledger.leaves import read_leaf
from signing.errors import SigningError
from signing.notes import MAX_RECEIPT_BYTES, VerifierKey, check_receipt, read_verifier_key

ANSWER_BYTES = 16 * 1024 * 1024
"""The largest answer: it has verdict and deliveries beside the receipt."""


@dataclass(frozen=True, slots=True)
class Proven:
    """What a receipt proves of a manifest and its signature."""

    at: dt.datetime
    ledger: str
    document: str
    is_clock_real: bool
    """False if a sandbox had moved its clock, so that the time is not real."""

    def to_json(self) -> dict[str, object]:
        """Return the members of `axis verify --json`."""
        at = self.at.isoformat().replace("+00:00", "Z")
        clock = "real" if self.is_clock_real else "moved"
        return {"at": at, "ledger": self.ledger, "document": self.document, "clock": clock}


def proven(receipt: Path, key: str, manifest: Path, signature: Path) -> Proven:
    """Check a receipt and return what it proves. `key`: the ledger's verifier key, or a file with it.

    Raises `RefusedError` when it does not prove that this manifest and this signature were there.
    """
    text = _receipt(receipt)
    checks = [check_receipt(text, each) for each in read_keys(key)]
    found = next((each for each in checks if each.valid), checks[0])
    if not found.valid or found.receipt is None or found.checkpoint is None:
        raise RefusedError(f"{receipt} proves nothing: {found.reason}")
    try:
        leaf = read_leaf(found.receipt.leaf)
    except ValueError as error:
        raise RefusedError(f"{receipt} proves nothing: {error}") from None
    if leaf.get("event") != "acceptance" or leaf.get("manifest") != _sha256(manifest):
        raise RefusedError(f"{receipt} is about another manifest than {manifest}")
    if _sha256(signature) not in _listed(leaf.get("signatures")):
        raise RefusedError(f"{receipt} does not say that {signature} was there")
    try:
        at = to_datetime(parse_rfc3339(str(leaf["at"])))
    except (KeyError, ValueError):
        raise RefusedError(f"{receipt} names no time") from None
    return Proven(at, found.checkpoint.origin, str(leaf.get("document")), leaf.get("clock") == "real")


def _receipt(file: Path) -> str:
    """Read a receipt, alone or in the hub's answer."""
    if file.stat().st_size > ANSWER_BYTES:
        raise RefusedError(f"{file} is too long for a receipt")
    text = file.read_text(encoding="utf-8", errors="replace")
    if text.lstrip().startswith("{"):
        try:
            answer: Any = json.loads(text)
        except (ValueError, RecursionError):
            raise RefusedError(f"{file} is neither a receipt nor an answer that holds one") from None
        text = str(answer.get("receipt", ""))
    if not 0 < len(text) <= MAX_RECEIPT_BYTES:
        raise RefusedError(f"{file} is neither a receipt nor an answer that holds one")
    return text


def read_keys(given: str) -> list[VerifierKey]:
    """Read the verifier keys, one a line, from a text or a file. A ledger whose key was changed has several.

    Raises `RefusedError` when there is none.
    """
    path = Path(given)
    text = path.read_text(encoding="utf-8", errors="replace") if _is_file(path) else given
    try:
        keys = [read_verifier_key(line) for line in text.splitlines() if line.strip()]
    except SigningError:
        keys = []
    if not keys:
        raise RefusedError(f"{given} is neither a ledger's verifier key (name+id+base64) nor a file of one")
    return keys


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
