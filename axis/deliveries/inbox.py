"""The inbox of an agency: a page of its deliveries after a cursor, in the ledger's order.

A cursor never skips a delivery. Positions are given under the lock of the ledger's head, which is held until
the commit, so what becomes visible later has a higher position than all that is visible now.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from axis.clock import rfc3339
from axis.database import Database
from axis.deliveries import queries
from axis.deliveries.audience import Audience
from axis.deliveries.new_deliveries import delivery_id
from axis.deliveries.tables import deliveries

Item = dict[str, Any]


def read_inbox(database: Database, audience: Audience, after: int, limit: int) -> list[tuple[int, Item]]:
    """Return up to `limit` deliveries after the cursor, each with its position."""
    with database.read() as tx:
        mine = audience.filter(deliveries.c.recipient)
        rows = queries.inbox_rows(tx, mine, after, limit, scattered=audience.scattered)
        described: dict[int, list[Item]] = {row.document: [] for row in rows}
        for row in queries.attachment_rows(tx, described):
            described[row.document].append(
                {"name": row.name, "media_type": row.media_type, "size": row.size, "sha256": row.sha256}
            )
    return [(row.position, _item(row, described[row.document])) for row in rows]


def _item(row: Row[Any], attachments: Sequence[Item]) -> Item:
    return {
        "id": delivery_id(row.id, row.ordinal),
        "document": row.id,
        "from": row.sender,
        "to": row.recipient,
        "number": row.number,
        "subject": row.subject,
        "type": row.type,
        "action": row.action,
        "priority": row.priority,
        "issued_on": row.issued_on,
        "accepted_at": rfc3339(row.accepted_at),
        "indication": row.indication,
        "signed_by": row.signed_by,
        "status": row.status,
        "attachments": attachments,
    }
