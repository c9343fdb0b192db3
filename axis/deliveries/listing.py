"""Lists deliveries, a page at a time in the ledger's order, and shows one delivery with its statuses.

An agency sees the deliveries of what it sent and those that it received; an auditor sees all.
"""

from typing import Any

from sqlalchemy import Row

from axis.agencies.callers import Caller
from axis.clock import rfc3339
from axis.database import Read
from axis.database.paging import walk
from axis.deliveries import list_queries
from axis.deliveries.filters import DeliveryQuery
from axis.deliveries.new_deliveries import delivery_id, delivery_position
from axis.deliveries.queries import statuses_of
from axis.deliveries.statuses import read_delivery_id
from axis.deliveries.tables import RECIPIENTS_PER_DOCUMENT, deliveries
from axis.documents import queries as document_queries
from axis.documents.listing import Back, days_of, document_facts, last_of, merged
from axis.documents.single_document import delivery_facts, find
from axis.documents.tables import documents
from axis.protocol.errors import NotFound


def list_deliveries(
    tx: Read, query: DeliveryQuery, caller: Caller, *, back: Back | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of deliveries and the next one's cursor, None at the end; with `back` newest first."""
    days = days_of(tx, documents, query)
    if days is None or query.finds_nothing:
        return [], None
    before, last = days
    until = last_of(None if last is None else (last + 1) * RECIPIENTS_PER_DOCUMENT - 1, back)
    pages = [
        walk(
            tx,
            list_queries.LISTED,
            deliveries.c.position,
            drivers=list_queries.drivers_of(tx, query, caller, side),
            filters=list_queries.filters_of(query, caller, side),
            after=max(query.after_position, (before + 1) * RECIPIENTS_PER_DOCUMENT - 1),
            until=until,
            limit=query.limit + 1,
            newest_first=back is not None,
        )
        for side in document_queries.sides_of(query, caller)
    ]
    rows, following = merged(pages, query.limit, newest_first=back is not None)
    return [listed_delivery(row) for row in rows], following


def describe_delivery(tx: Read, caller: Caller, delivery: str) -> dict[str, Any]:
    """Return the members of a delivery, with every status it was given.

    Raises:
        NotFound: when it is not there, or the caller is neither its sender nor its recipient.

    """
    named = read_delivery_id(delivery)
    if named is None:
        raise NotFound
    document, side = find(tx, caller, named[0])
    position = delivery_position(document, named[1])
    row = list_queries.delivery_row(tx, caller, position, side)
    if row is None:
        raise NotFound
    return {
        **listed_delivery(row),
        "statuses": [
            {
                "at": rfc3339(each.at),
                "code": each.code,
                "by": each.by,
                "note": each.note,
                "request": each.request,
            }
            for each in statuses_of(tx, position)
        ],
        "links": {"self": f"/v1/deliveries/{delivery}", "document": f"/v1/documents/{row.id}"},
    }


def listed_delivery(row: Row[Any]) -> dict[str, Any]:
    """Return the members that a list's item and the delivery itself have in common."""
    return {
        "id": delivery_id(row.id, row.ordinal),
        "document": row.id,
        "from": row.sender,
        "to": row.recipient,
        **document_facts(row),
        "state": row.state,
        **delivery_facts(row),
    }
