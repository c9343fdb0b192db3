"""Keeps the edXML messages of documents from the old protocol byte for byte, and finds them by their ids.

Messages are read by `axis.protocol.edxml`.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row as Found
from sqlalchemy import bindparam, select

from axis.database import Read, Write
from axis.database.group_statements import Row
from axis.documents.downloads import Body
from axis.documents.tables import documents, envelope_identities, envelopes
from axis.protocol.agency_codes import AgencyCode

# Two messages with one identity are the same message. Numbers of messages need not be unique, and updates use
# the id of their document again.

MEDIA_TYPE = "application/xml"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message to be stored with its document. Its bytes are in `content`, or in an object (`upload`)."""

    document_id: str
    """The id that the message gives its document. It should be unique for its sender, and often is not."""
    identity: str
    """The result of `identity_of`."""
    sha256: str
    size: int
    content: bytes | None
    upload: str | None
    warnings: tuple[str, ...] = ()
    """What was wrong in the message and accepted all the same, a sentence each."""


@dataclass(frozen=True, slots=True)
class Enveloped:
    """A document that references of messages may mean, whether it came over REST or the old protocol."""

    position: int
    id: str
    sender: AgencyCode
    number: str
    issued_on: str
    action: str


ENVELOPED = (
    documents.c.position,
    documents.c.id,
    documents.c.sender,
    documents.c.number,
    documents.c.issued_on,
    documents.c.action,
)
"""The columns that `enveloped` needs."""


def enveloped(row: Found[Any]) -> Enveloped:
    """Return a row of `ENVELOPED` as a value."""
    return Enveloped(row.position, row.id, row.sender, row.number, row.issued_on, row.action)


def identity_of(sender: AgencyCode, document_id: str, business: int, digests: Sequence[str]) -> str:
    """Return a message's identity: a digest of sender, id, kind of business, and files in any order."""
    parts = [sender, document_id, str(business), *sorted(digests)]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()


def find_by_identity(tx: Read, identities: Sequence[str]) -> dict[str, int]:
    """Return the positions of the documents whose messages have these identities."""
    rows = tx.execute(_BY_IDENTITY, {"identities": list(identities)})
    return {row.sha256: row.document for row in rows}


def claim_identities(tx: Write, claims: Sequence[tuple[int, str]]) -> None:
    """Record the identity of each accepted document's message, with the document's position."""
    rows = [{"document": position, "sha256": identity} for position, identity in claims]
    if rows:
        tx.execute(envelope_identities.insert(), rows)


def find_by_document_id(tx: Read, document_id: str) -> list[Enveloped]:
    """Return the documents whose messages gave them this id, oldest first. Several senders may use one id."""
    rows = tx.execute(_BY_DOCUMENT_ID, {"document_id": document_id})
    return [enveloped(row) for row in rows]


def find_envelope(tx: Read, position: int) -> Body | None:
    """Return the message of a document, as it was received; None for a document from REST."""
    row = tx.execute(_OF_DOCUMENT, {"position": position}).one_or_none()
    if row is None:
        return None
    return Body(f"{row.id}.edxml", MEDIA_TYPE, row.size, row.sha256, row.content, row.upload)


def envelope_facts(tx: Read, position: int) -> dict[str, Any] | None:
    """Return the facts about the message of a document, without its bytes; None for a document from REST."""
    row = tx.execute(_FACTS, {"position": position}).one_or_none()
    if row is None:
        return None
    return {
        "document_id": row.document_id,
        "sha256": row.sha256,
        "size": row.size,
        "warnings": json.loads(row.warnings),
    }


def document_ids_of(tx: Read, positions: Sequence[int]) -> dict[int, str]:
    """Return the message's own ids of the documents at these positions that came as messages."""
    rows = tx.execute(_IDS, {"positions": list(positions)})
    return {row.document: row.document_id for row in rows}


def envelope_row(envelope: Envelope) -> Row:
    """Return the row of a message, without the position of its document."""
    return (
        envelope.document_id,
        envelope.sha256,
        envelope.size,
        envelope.content,
        envelope.upload,
        json.dumps(envelope.warnings, ensure_ascii=False),
    )


_BY_IDENTITY = select(envelope_identities.c.sha256, envelope_identities.c.document).where(
    envelope_identities.c.sha256.in_(bindparam("identities", expanding=True))
)
_BY_DOCUMENT_ID = (
    select(*ENVELOPED)
    .join(envelopes, envelopes.c.document == documents.c.position)
    .where(envelopes.c.document_id == bindparam("document_id"))
    .order_by(documents.c.position)
)
_OF_DOCUMENT = (
    select(documents.c.id, envelopes.c.sha256, envelopes.c.size, envelopes.c.content, envelopes.c.upload)
    .join(envelopes, envelopes.c.document == documents.c.position)
    .where(documents.c.position == bindparam("position"))
)
_FACTS = select(envelopes.c.document_id, envelopes.c.sha256, envelopes.c.size, envelopes.c.warnings).where(
    envelopes.c.document == bindparam("position")
)
_IDS = select(envelopes.c.document, envelopes.c.document_id).where(
    envelopes.c.document.in_(bindparam("positions", expanding=True))
)
