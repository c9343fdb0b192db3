"""Opens the deliveries of accepted documents, one for each recipient, in the accepting transaction.

`axis.deliveries.recalls` opens the requests on deliveries of documents that are referred to.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from axis.clock import Microseconds
from axis.database import Write
from axis.database.group_statements import Row, bulk_insert
from axis.deliveries.tables import RECIPIENTS_PER_DOCUMENT, deliveries


@dataclass(frozen=True, slots=True)
class NewDeliveries:
    """What is needed to open the deliveries of one accepted document."""

    document: int
    """The document's position in the ledger."""
    sender: str
    recipients: Sequence[str]
    """In the manifest's order, canonical codes."""
    type: str
    action: str
    day: str
    """Viet Nam's calendar day of acceptance."""
    answer_due: Microseconds | None
    """The last moment to answer them in time; None where they have no deadline."""


def delivery_id(document_id: str, ordinal: int) -> str:
    """Return the public id of the delivery to a recipient. `ordinal`: its place in `to`, from 0."""
    return f"{document_id}.{ordinal}"


def delivery_position(document: int, ordinal: int) -> int:
    """Return the key of a delivery, by which inboxes are ordered."""
    return document * RECIPIENTS_PER_DOCUMENT + ordinal


_OPEN = bulk_insert(
    deliveries,
    *("position", "document", "ordinal", "sender", "recipient", "type", "action", "day", "answer_due"),
)


def open_deliveries(tx: Write, documents: Sequence[NewDeliveries]) -> None:
    """Write a row for each recipient of each document."""
    rows: list[Row] = [
        (
            delivery_position(each.document, ordinal),
            each.document,
            ordinal,
            each.sender,
            recipient,
            each.type,
            each.action,
            each.day,
            each.answer_due,
        )
        for each in documents
        for ordinal, recipient in enumerate(each.recipients)
    ]
    _OPEN.run(tx, rows)
