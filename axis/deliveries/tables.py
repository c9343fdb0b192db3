"""Tables of events, queues and status messages.

The table of deliveries is in `axis.documents.tables`, since deliveries are written with their document.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text, text

from axis.database import metadata
from axis.documents.tables import RECIPIENTS_PER_DOCUMENT, UNUSUAL, deliveries

__all__ = [
    "RECIPIENTS_PER_DOCUMENT",
    "UNUSUAL",
    "deliveries",
    "event_audience",
    "events",
    "message_queue",
    "status_messages",
]

_POSITION = BigInteger().with_variant(Integer, "sqlite")  # on SQLite the row's own number: no index beside it

OF_VERDICTS = text("kind = 'verdict'")
"""The condition of the index of verdicts given again. A query must repeat it to use the index."""

events = Table(
    "events",
    metadata,
    Column("position", _POSITION, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),  # status, refusal, verdict or expired
    Column("at", BigInteger, nullable=False),
    Column("document", String(36)),
    Column("delivery", BigInteger),
    Column("code", String(32), nullable=False),
    Column("note", Text),
    Column("by", String(32)),
    Column("request", String(8)),  # for 13, 15 and 16: recall, update or replace
    Column("relay", String(60)),  # the relay that brought a status; None where its giver gave it
    Column("request_document", String(36)),  # for 13: the id of the document that asks, where one does
    Column("origin", String(200)),  # the id under which the relay's other hub has this status
    Index("ix_events_delivery", "delivery"),
    Index("ix_events_document", "document", sqlite_where=OF_VERDICTS, postgresql_where=OF_VERDICTS),
)
"""Events, each at its leaf's position in the ledger. The statuses of a delivery are its events."""

event_audience = Table(
    "event_audience",
    metadata,
    Column("agency", String(32), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""The agencies that an event concerns: both parties of a delivery, a refusal's sender, all parties of a new
verdict, the sender of an expired delivery."""

OPEN = text("state IN ('initial', 'processing')")
"""The condition of the index of open items. A query must repeat it word for word to use the index."""

message_queue = Table(
    "message_queue",
    metadata,
    Column("agency", String(32), primary_key=True),
    Column("kind", String(6), primary_key=True),  # edoc or status
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("state", String(10), nullable=False),  # initial, processing, done or fail
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index("ix_message_queue_open", "agency", "kind", "position", sqlite_where=OPEN, postgresql_where=OPEN),
)
"""The queues of agencies on the old protocol, with transport states. `position` is that of a delivery for a
document, and that of an event for a status. Agencies on REST have no rows here.
"""

status_messages = Table(
    "status_messages",
    metadata,
    Column("event", _POSITION, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)
"""The edXML message that a status came in, byte for byte. It names the clerk and how to reach them."""
