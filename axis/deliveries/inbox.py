"""Reads a page of an agency's inbox: its deliveries after a cursor, in the ledger's order."""

from collections.abc import Iterable, Sequence
from typing import Any

from axis.clock import rfc3339
from axis.database import Database
from axis.deliveries import queries
from axis.deliveries.audience import Audience
from axis.deliveries.new_deliveries import delivery_id
from axis.deliveries.tables import deliveries

# A cursor never skips a delivery. Positions are given under the lock of the ledger's head, which is held
# until the commit, so what becomes visible later has a higher position than all that is visible now.

Item = dict[str, Any]
_POSITION, _DOCUMENT = 0, 2
"""Places in a row, which cost less than names."""


def read_inbox(database: Database, audience: Audience, after: int, limit: int) -> list[tuple[int, Item]]:
    """Return up to `limit` deliveries after the cursor, each with its position."""
    agency = audience.chosen
    with database.read() as tx:
        if agency is not None:
            rows: Sequence[Sequence[Any]] = queries.inbox_of_one(tx, agency, after, limit)
        else:
            mine = audience.filter(deliveries.c.recipient)
            rows = queries.inbox_rows(tx, mine, after, limit, scattered=audience.scattered)
        described: dict[int, list[Item]] = {row[_DOCUMENT]: [] for row in rows}
        if not rows:
            attached: Iterable[Sequence[Any]] = ()
        elif agency is not None:
            attached = queries.attachments_of_one(tx, agency, after, rows[-1][_POSITION])
        else:
            attached = queries.attachment_rows(tx, described)
        for document, name, media_type, size, sha256 in attached:
            described[document].append(
                {"name": name, "media_type": media_type, "size": size, "sha256": sha256}
            )
    return [(row[_POSITION], _item(row, described[row[_DOCUMENT]])) for row in rows]


def _item(row: Sequence[Any], attachments: Sequence[Item]) -> Item:
    # Taken apart at once, in the order in which `queries` selects them: by name, each column costs a look-up.
    (_, ordinal, _, to, status, document, sender, number, subject, kind, action, *more) = row
    priority, issued_on, accepted_at, indication, signed_by = more
    return {
        "id": delivery_id(document, ordinal),
        "document": document,
        "from": sender,
        "to": to,
        "number": number,
        "subject": subject,
        "type": kind,
        "action": action,
        "priority": priority,
        "issued_on": issued_on,
        "accepted_at": rfc3339(accepted_at),
        "indication": indication,
        "signed_by": signed_by,
        "status": status,
        "attachments": attachments,
    }
