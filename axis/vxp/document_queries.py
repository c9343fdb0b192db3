"""The SQL that finds the documents that messages of the old protocol are about.

`axis.vxp.references` decides which of several documents is meant.
"""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from axis.database import Read
from axis.deliveries.queries import portions
from axis.deliveries.tables import deliveries, events
from axis.documents.envelopes import ENVELOPED, Enveloped, enveloped
from axis.documents.tables import documents, number_identities

_BY_ID = select(*ENVELOPED).where(documents.c.id == bindparam("id"))
_BY_NUMBER = (
    select(*ENVELOPED)
    .join(number_identities, number_identities.c.document == documents.c.position)
    .where(
        number_identities.c.sender == bindparam("sender"), number_identities.c.number == bindparam("number")
    )
    .order_by(documents.c.position)
)
_OF_YEAR = _BY_NUMBER.where(number_identities.c.year == bindparam("year"))
_ID = select(documents.c.id).where(documents.c.position == bindparam("position"))
_ASKED_BY = (
    select(deliveries.c.document)
    .where(deliveries.c.request_document.in_(bindparam("ids", expanding=True)))
    .distinct()
)
_GIVEN = select(events.c.note).where(
    events.c.delivery == bindparam("delivery"),
    events.c.kind == "status",
    events.c.code == bindparam("code"),
    events.c.by == bindparam("by"),
)


def find_by_id(tx: Read, document: str) -> list[Enveloped]:
    """Return the document with this id of the axis's own, if there is one."""
    return [enveloped(row) for row in tx.execute(_BY_ID, {"id": document})]


def find_by_number(tx: Read, sender: str, number: str, year: int | None) -> list[Enveloped]:
    """Return the documents with a sender's number, of one year or of all, oldest first."""
    if year is None:
        rows = tx.execute(_BY_NUMBER, {"sender": sender, "number": number})
    else:
        rows = tx.execute(_OF_YEAR, {"sender": sender, "number": number, "year": year})
    return [enveloped(row) for row in rows]


def id_of(tx: Read, position: int) -> str:
    """Return the id of the document at a position."""
    return str(tx.execute(_ID, {"position": position}).scalar_one())


def asked_by(tx: Read, documents_asking: Sequence[str]) -> list[int]:
    """Return the positions of the documents on whose deliveries one of these opened a request."""
    found: list[int] = []
    for ids in portions(documents_asking):
        found += tx.execute(_ASKED_BY, {"ids": ids}).scalars()
    return found


def notes_given(tx: Read, delivery: int, code: str, by: str) -> list[str | None]:
    """Return the notes of an agency's earlier statuses of this code on a delivery."""
    return list(tx.execute(_GIVEN, {"delivery": delivery, "code": code, "by": by}).scalars())
