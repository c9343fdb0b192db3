"""Tables of deliveries and of what happened to them.

A delivery's position is its document's position in the ledger times 1,024 plus the recipient's place in
the manifest: one integer that orders every inbox exactly as the ledger does.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from axis.database import metadata

RECIPIENTS_PER_DOCUMENT = 1024
"""More than the 1,000 recipients a manifest may name."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("document", BigInteger, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("sender", String(32), nullable=False),
    Column("recipient", String(32), nullable=False),
    Column("type", String(32), nullable=False),
    Column("action", String(8), nullable=False),
    Column("day", String(10), nullable=False),
    Column("processing", String(2)),
    Column("request", String(8)),  # open, agreed or refused
    Column("request_action", String(8)),  # recall, update or replace
    Column("status", String(2)),  # the newest code, and who sent it with which note
    Column("status_by", String(32)),
    Column("status_note", Text),
    Column("status_at", BigInteger),
    Index("ix_deliveries_recipient_position", "recipient", "position"),
    Index("ix_deliveries_document", "document"),
)

events = Table(
    "events",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("id", String(36), nullable=False),
    Column("kind", String(16), nullable=False),  # status, refusal or verdict
    Column("at", BigInteger, nullable=False),
    Column("sender", String(32), nullable=False),
    Column("recipient", String(32)),
    Column("document", String(36)),
    Column("delivery", BigInteger),
    Column("code", String(32), nullable=False),
    Column("note", Text),
    Column("by", String(32)),
    Column("request", String(8)),
    Index("ix_events_sender_position", "sender", "position"),
    Index("ix_events_recipient_position", "recipient", "position"),
    Index("ix_events_delivery", "delivery"),
)
"""What concerns a sender and a recipient, at its position in the ledger; a delivery's statuses are its events."""
