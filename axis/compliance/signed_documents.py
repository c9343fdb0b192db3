"""Reads what documents are judged from: manifest, signatures and attachments, as they were accepted."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select

from axis.clock import Microseconds
from axis.database import Read
from axis.documents.downloads import opened
from axis.documents.tables import attachments, document_signatures, documents, manifests
from axis.judging.attachment_signatures import Enclosure
from axis.judging.judge import Signed
from axis.objects.store import Objects
from axis.protocol.agency_codes import AgencyCode

_SIGNED = (
    select(
        documents.c.position,
        documents.c.sender,
        documents.c.accepted_at,
        manifests.c.content.label("manifest"),
    )
    .join(manifests, manifests.c.document == documents.c.position)
    .where(documents.c.position.in_(bindparam("documents", expanding=True)))
)
_SIGNATURES = (
    select(document_signatures.c.document, document_signatures.c.content)
    .where(document_signatures.c.document.in_(bindparam("documents", expanding=True)))
    .order_by(document_signatures.c.document, document_signatures.c.ordinal)
)
_ATTACHED = (
    select(attachments.c.document, attachments.c.ordinal, attachments.c.name, attachments.c.size)
    .where(attachments.c.document.in_(bindparam("documents", expanding=True)))
    .order_by(attachments.c.document, attachments.c.ordinal)
)


def read_signed(tx: Read, objects: Objects, positions: Sequence[int]) -> dict[int, Signed]:
    """Return documents by their positions. Attachments are opened when somebody reads them."""
    wanted = {"documents": list(positions)}
    signatures: dict[int, list[bytes]] = {}
    for row in tx.execute(_SIGNATURES, wanted):
        signatures.setdefault(row.document, []).append(row.content)
    attached: dict[int, list[Enclosure]] = {}
    for row in tx.execute(_ATTACHED, wanted):
        attached.setdefault(row.document, []).append(_enclosure(objects, row))
    return {
        row.position: Signed(
            row.manifest,
            signatures.get(row.position, []),
            AgencyCode(row.sender),
            Microseconds(row.accepted_at),
            attached.get(row.position, []),
        )
        for row in tx.execute(_SIGNED, wanted)
    }


def _enclosure(objects: Objects, row: Row[Any]) -> Enclosure:
    return Enclosure(row.name, row.size, lambda: opened(objects, row.document, row.ordinal))
