"""Checks the stored bytes of signatures, attachments and messages against their digests.

Attachments are read one at a time, large ones in chunks.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Row, select

from axis.database import Read
from axis.deliveries.tables import status_messages
from axis.documents.tables import attachments, document_signatures, envelopes
from axis.ledger.tree_checks import Difference
from axis.objects.store import Pieces


def check_signatures(
    tx: Read, documents: Mapping[int, Row[Any]], leaves: Mapping[int, Mapping[str, Any]]
) -> Iterator[Difference]:
    """Compare the stored signatures of some documents with the digests in their leaves."""
    found: dict[int, list[str]] = {position: [] for position in documents}
    statement = select(document_signatures).where(document_signatures.c.document.in_(list(documents)))
    ordered = statement.order_by(document_signatures.c.document, document_signatures.c.ordinal)
    for row in tx.execute(ordered):
        place, digest = len(found[row.document]), hashlib.sha256(row.content).hexdigest()
        found[row.document].append(digest)
        if (row.ordinal, row.sha256) != (place, digest):
            where = f"document {documents[row.document].id} signature {place}"
            yield Difference(where, f"{row.ordinal}, {row.sha256}", f"{place}, {digest}")
    for position, digests in found.items():
        expected = list(leaves[position].get("signatures") or ())
        if digests != expected:
            yield Difference(f"document {documents[position].id} signatures", str(digests), str(expected))


def check_messages(
    tx: Read, documents: Mapping[int, Row[Any]], leaves: Mapping[int, Mapping[str, Any]], pieces: Pieces
) -> Iterator[Difference]:
    """Check that the messages of some documents are there and have the digests of their leaves."""
    found: dict[int, str] = {}
    columns = [envelopes.c[name] for name in ("document", "sha256", "size", "content", "upload")]
    for row in tx.execute(select(*columns).where(envelopes.c.document.in_(list(documents)))):
        size, digest = _measured(row.content if row.upload is None else pieces(tx, row.upload))
        found[row.document] = digest
        if (size, digest) != (row.size, row.sha256):
            where = f"document {documents[row.document].id} message content"
            yield Difference(where, f"{size} bytes, {digest}", f"{row.size} bytes, {row.sha256}")
    for position, document in documents.items():
        expected = leaves[position].get("message")
        if found.get(position) != expected:
            yield Difference(f"document {document.id} message", str(found.get(position)), str(expected))


def check_status_messages(tx: Read, leaves: Mapping[int, Mapping[str, Any]]) -> Iterator[Difference]:
    """Check that the messages of some statuses are there and have the digests of their leaves."""
    said = {at: leaf.get("message") for at, leaf in leaves.items() if leaf.get("event") == "status"}
    if not said:
        return
    statement = select(status_messages).where(
        status_messages.c.event >= min(said), status_messages.c.event <= max(said)
    )
    found = {row.event: hashlib.sha256(row.content).hexdigest() for row in tx.execute(statement)}
    for position, expected in said.items():
        if found.get(position) != expected:
            yield Difference(f"event {position} message", str(found.get(position)), str(expected))


def check_attachments(
    tx: Read, documents: Mapping[int, Row[Any]], manifests: Mapping[int, bytes], pieces: Pieces
) -> Iterator[Difference]:
    """Compare the stored attachments of some documents with what their manifests declare."""
    stored: dict[int, list[Row[Any]]] = {position: [] for position in documents}
    columns = [
        attachments.c[name]
        for name in ("document", "ordinal", "name", "media_type", "size", "sha256", "upload")
    ]
    statement = select(*columns).where(attachments.c.document.in_(list(documents)))
    for row in tx.execute(statement.order_by(attachments.c.document, attachments.c.ordinal)):
        stored[row.document].append(row)
    for position, rows in stored.items():
        where = f"document {documents[position].id} attachment"
        declared = json.loads(manifests.get(position, b"{}")).get("attachments", [])
        if len(declared) != len(rows):
            yield Difference(f"{where}s", f"{len(rows)}", f"{len(declared)} as the manifest declares")
        for row, said in zip(rows, declared, strict=False):
            if (row.size, row.sha256) != (said["size"], said["sha256"]):
                found, expected = f"{row.size} bytes, {row.sha256}", f"{said['size']} bytes, {said['sha256']}"
                yield Difference(f"{where} {row.ordinal}", found, expected)
            size, digest = _measure(tx, row, pieces)
            if (size, digest) != (row.size, row.sha256):
                found, expected = f"{size} bytes, {digest}", f"{row.size} bytes, {row.sha256}"
                yield Difference(f"{where} {row.ordinal} content", found, expected)


def _measure(tx: Read, row: Row[Any], pieces: Pieces) -> tuple[int, str]:
    """Return the size and the digest of a stored attachment."""
    statement = select(attachments.c.content).where(
        attachments.c.document == row.document, attachments.c.ordinal == row.ordinal
    )
    return _measured(tx.execute(statement).scalar_one() if row.upload is None else pieces(tx, row.upload))


def _measured(content: bytes | Iterable[bytes] | None) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    for chunk in (content or b"",) if content is None or isinstance(content, bytes) else content:
        size += len(chunk)
        digest.update(chunk)
    return size, digest.hexdigest()
