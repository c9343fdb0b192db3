"""Fetches a document that the hub counts as signed, and verifies its contents, signatures and receipt.

What the hub sends is compared with the ledger's entry. Signatures are judged by the `Judge` that the caller
gives. Which documents are checked is decided by `axis.audit.sampling`.
"""

import contextlib
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final, Protocol

from axis.audit.errors import HubRefusedError, HubUnreachableError
from axis.audit.findings import Finding
from axis.audit.hub_client import HubClient
from axis.audit.ledger_keys import Keys
from axis.audit.recount import PASSED
from axis.protocol.document_types import MESSAGE
from axis.protocol.ledger_positions import index_of
from signing.errors import SigningError
from signing.merkle import leaf_hash, verify_inclusion
from signing.notes import MAX_RECEIPT_BYTES, read_receipt
from signing.verdict import DocumentVerdict

MANIFEST_BYTES: Final = 16 * 1024 * 1024
"""Far more than any hub takes."""
SIGNATURE_BYTES: Final = 64 * 1024 * 1024
MAX_FILES: Final = 10_000

RootAt = Callable[[int, int], bytes]
"""Returns the root that the mirrored tree had at a size."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A document that is counted as signed, as its entries say."""

    position: int
    id: str
    leaf: bytes
    """The hash of the acceptance's entry."""
    at: datetime
    sender: str
    manifest: str
    signatures: Sequence[str]
    signed_by: str

    @property
    def where(self) -> str:
        """How findings name it."""
        return f"document {self.id}"


@dataclass(frozen=True, slots=True)
class File:
    """A fetched attachment, whose bytes are those that the manifest names."""

    name: str
    size: int
    path: Path

    def open(self) -> AbstractContextManager[IO[bytes]]:
        """Open the bytes from their start."""
        return self.path.open("rb")


class Judge(Protocol):
    """Judges a document's signatures with what the auditor trusts."""

    def __call__(
        self, manifest: bytes, signatures: Sequence[bytes], files: Sequence[File], sender: str, at: datetime
    ) -> DocumentVerdict:
        """Return the verdict as of a time."""
        ...


class _UnreadError(Exception):
    """The files of a message are read by its parties alone."""


class _FoundError(Exception):
    """The document is not what is said of it."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.where)
        self.finding = finding


def check_document(
    hub: HubClient, keys: Keys, root_at: RootAt, judge: Judge, document: Counted
) -> Finding | None:
    """Verify one document. Return the first thing that differs from its entry; None if nothing does.

    Of a message whose files this auditor may not read, what differs of the rest, else a finding `unread`.

    Raises:
        HubUnreachableError: when the hub does not answer.

    """
    try:
        _check_receipt(hub, keys, root_at, document)
        manifest = _fetch(hub, document, "manifest", MANIFEST_BYTES)
        _require(document, "manifest", _sha256(manifest), document.manifest)
        signatures = []
        for place, sha256 in enumerate(document.signatures):
            signature = _fetch(hub, document, f"signatures/{place}", SIGNATURE_BYTES)
            _require(document, f"signature {place}", _sha256(signature), sha256)
            signatures.append(signature)
        with tempfile.TemporaryDirectory(prefix="axis-audit-") as folder:
            try:
                files = list(_files(hub, document, manifest, Path(folder)))
            except _UnreadError:
                return _unread(document, judge(manifest, signatures, [], document.sender, document.at))
            verdict = judge(manifest, signatures, files, document.sender, document.at)
    except _FoundError as error:
        return error.finding
    return _difference(document, verdict)


def _unread(document: Counted, verdict: DocumentVerdict) -> Finding:
    """Say what signatures over the manifest alone prove of a message."""
    difference = _difference(document, verdict)
    if difference is None:
        return Finding("unread", document.where, "files of a message", "read by its parties alone")
    return Finding("unproven", difference.where, difference.found, difference.expected)


def _difference(document: Counted, verdict: DocumentVerdict) -> Finding | None:
    if verdict.signed_by == document.signed_by:
        return None
    sub = f" / {verdict.sub_indication}" if verdict.sub_indication else ""
    found = f"{verdict.indication or 'no signature'}{sub}, signed by {verdict.signed_by}"
    expected = f"TOTAL-PASSED, signed by {document.signed_by}"
    is_undecided = verdict.indication == "INDETERMINATE" or verdict.signed_by in PASSED
    return Finding("unproven" if is_undecided else "document", document.where, found, expected)


def _check_receipt(hub: HubClient, keys: Keys, root_at: RootAt, document: Counted) -> None:
    """See that the receipt is of this entry, and of the tree that was mirrored."""
    raw = _fetch(hub, document, "receipt", MAX_RECEIPT_BYTES)
    where = f"{document.where} receipt"
    try:
        receipt = read_receipt(raw.decode())
        checkpoint = keys.open(receipt.note)
    except (SigningError, UnicodeDecodeError) as error:
        code = error.code if isinstance(error, SigningError) else "no text"
        raise _FoundError(
            Finding("receipt", where, code, "a receipt that a key of the ledger signed")
        ) from None
    index = index_of(document.position)
    if leaf_hash(receipt.leaf) != document.leaf or receipt.position != index:
        raise _FoundError(Finding("receipt", where, f"of entry {receipt.position}", f"of entry {index}"))
    try:
        root = root_at(document.position, checkpoint.size)
    except LookupError:
        raise _FoundError(
            Finding("fork", where, f"a tree of size {checkpoint.size}", "none so large")
        ) from None
    if checkpoint.root != root:
        raise _FoundError(Finding("fork", where, checkpoint.root.hex(), root.hex()))
    if not verify_inclusion(document.leaf, receipt.position, checkpoint.size, receipt.proof, root):
        raise _FoundError(
            Finding("receipt", where, "a proof that does not lead to the root", "one that does")
        )


def _files(hub: HubClient, document: Counted, manifest: bytes, folder: Path) -> Iterator[File]:
    for place, said in enumerate(_attachments(document, manifest)):
        path = folder / str(place)
        digest, size = hashlib.sha256(), 0
        limit = said["size"]
        try:
            with (
                hub.opened(f"/v1/documents/{document.id}/attachments/{place}") as chunks,
                path.open("wb") as kept,
            ):
                for chunk in chunks:
                    size += len(chunk)
                    if size > limit:
                        break
                    digest.update(chunk)
                    kept.write(chunk)
        except HubRefusedError as error:
            if error.code == "not-permitted" and _is_message(manifest):
                raise _UnreadError from error
            raise _FoundError(_refused(document, f"attachment {place}", error)) from error
        if size != limit or digest.hexdigest() != said["sha256"]:
            found = f"{size} bytes, {digest.hexdigest()}"
            expected = f"{limit} bytes, {said['sha256']}"
            raise _FoundError(Finding("document", f"{document.where} attachment {place}", found, expected))
        yield File(said["name"], size, path)


def _attachments(document: Counted, manifest: bytes) -> list[dict[str, Any]]:
    with contextlib.suppress(ValueError, RecursionError, KeyError, TypeError):
        said = json.loads(manifest)["attachments"]
        if isinstance(said, list) and len(said) <= MAX_FILES and all(map(_is_described, said)):
            return said
    raise _FoundError(Finding("document", f"{document.where} manifest", "no list of files", "one"))


def _is_message(manifest: bytes) -> bool:
    """Tell whether a manifest, which is the one that the entry names, is a message's."""
    return bool(json.loads(manifest).get("type") == MESSAGE)


def _is_described(said: object) -> bool:
    return (
        isinstance(said, dict)
        and isinstance(said.get("name"), str)
        and isinstance(said.get("sha256"), str)
        and isinstance(said.get("size"), int)
    )


def _fetch(hub: HubClient, document: Counted, part: str, most: int) -> bytes:
    try:
        return hub.fetch(f"/v1/documents/{document.id}/{part}", most)
    except HubRefusedError as error:
        raise _FoundError(_refused(document, part, error)) from error


def _refused(document: Counted, part: str, error: HubRefusedError) -> Finding:
    if error.status >= 500:  # noqa: PLR2004 - the hub's own trouble says nothing about the document
        raise HubUnreachableError(str(error)) from error
    return Finding(
        "document", f"{document.where} {part}", f"{error.status} {error.code}", "what its entry names"
    )


def _require(document: Counted, part: str, found: str, expected: str) -> None:
    if found != expected:
        raise _FoundError(Finding("document", f"{document.where} {part}", found, expected))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
