"""Finds the document that a message of the old protocol is about, and the deliveries that a status is about.

It finds documents of which the asking agency is a party: by the `DocumentId` of their message, the axis's own
id, a `DocumentId` of the usual form, and code and year, in this order.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from axis.database import Read
from axis.deliveries import queries
from axis.deliveries.transitions import Delivery, delivery_of
from axis.documents.envelopes import Enveloped, find_by_document_id
from axis.protocol import statuses
from axis.protocol.agency_codes import AgencyCode, canonical_or_none
from axis.protocol.edxml import Status
from axis.protocol.manifest import number_key
from axis.vxp import document_queries
from axis.vxp.document_ids import parts_of

_ANSWERS = frozenset({statuses.AGREED, statuses.DECLINED})


def documents_of(
    tx: Read, document_id: str, *, organ: AgencyCode | None, code: str = "", day: dt.date | None = None
) -> list[Enveloped]:
    """Return the documents that a message names, newest first. There are several where updates kept the id.

    `organ`: the stated sender. If no document is that agency's, those of others count, since real messages
    contradict themselves. `code` and `day` are used if the id finds nothing.
    """
    others: list[Enveloped] = []
    for found in _stages(tx, document_id, organ, code, day):
        own = [document for document in found if organ is None or document.sender == organ]
        if own:
            return own[::-1]
        others = others or found
    return others[::-1]


def own_documents(
    tx: Read, sender: AgencyCode, document_id: str, *, code: str = "", day: dt.date | None = None
) -> list[Enveloped]:
    """Return a sender's own documents with this id that are no recalls, newest first."""
    found = documents_of(tx, document_id, organ=sender, code=code, day=day)
    return [document for document in found if document.sender == sender and document.action != "recall"]


def deliveries_for_status(tx: Read, status: Status, by: AgencyCode) -> list[Delivery]:
    """Return the deliveries that an agency's status is about; none where it is no party.

    A receiver's status is about one delivery to it. Its answer to a recall, an update or a replacement (15,
    16) is about each delivery with that request. A request (13) is about the deliveries to the addressed
    agency, or about all if the sender addressed itself.
    """
    about = status.about
    organ = canonical_or_none(about.organ_id)
    asks = status.code == statuses.REQUESTED
    found = documents_of(
        tx, about.document_id, organ=by if asks else organ, code=about.code, day=about.promulgated_on
    )
    if asks:
        to = None if organ in {None, by} else organ
        sent = _deliveries(tx, found)
        given = [each for each in sent if each.sender == by and (to is None or each.recipient == to)]
        return _fitting(given, status) or given[:1]
    if status.code in _ANSWERS:
        return _answered(tx, found, status, by)
    received = [each for each in _deliveries(tx, found) if each.recipient == by]
    newest = sorted(received, key=lambda each: each.position, reverse=True)
    return (_fitting(newest, status) or newest)[:1]


def _stages(
    tx: Read, document_id: str, organ: AgencyCode | None, code: str, day: dt.date | None
) -> Iterator[list[Enveloped]]:
    """Yield what each search finds, the most certain search first; each list oldest first."""
    if document_id:
        yield find_by_document_id(tx, document_id)
        yield document_queries.find_by_id(tx, document_id.lower())
        usual = parts_of(document_id)
        if usual is not None:
            yield document_queries.find_by_number(tx, usual.organ, usual.number, usual.day.year)
    number = number_key(code)
    if number and organ is not None:
        yield document_queries.find_by_number(tx, organ, number, day.year if day else None)


def _answered(tx: Read, found: Sequence[Enveloped], status: Status, by: AgencyCode) -> list[Delivery]:
    """Return the deliveries with a request that the named document opened, or that is about it."""
    asked = document_queries.asked_by(tx, [document.id for document in found])
    rows = queries.rows_of_documents(tx, sorted({document.position for document in found} | set(asked)))
    received = [delivery for delivery in map(delivery_of, rows) if delivery.recipient == by]
    open_ones = [delivery for delivery in received if delivery.state.request == "open"]
    by_it = {document.id for document in found}
    asked_by_it = [delivery for delivery in open_ones if delivery.request_document in by_it]
    return asked_by_it or open_ones or _fitting(received, status) or received[-1:]


def _deliveries(tx: Read, found: Iterable[Enveloped]) -> list[Delivery]:
    rows = queries.rows_of_documents(tx, [document.position for document in found])
    return [delivery_of(row) for row in rows]


def _fitting(candidates: Iterable[Delivery], status: Status) -> list[Delivery]:
    """Return the deliveries on which the status may follow, or is the newest."""
    side: statuses.Side = "sender" if status.code == statuses.REQUESTED else "receiver"
    return [
        delivery
        for delivery in candidates
        if status.code in statuses.allowed(delivery.state, side) or status.code == delivery.state.newest_code
    ]
