"""Tables of deliveries and of what happened to them.

A delivery's position is its document's position in the ledger times 1,024 plus the recipient's place in
the manifest: one integer that orders every inbox exactly as the ledger does.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from axis.database import metadata

RECIPIENTS_PER_DOCUMENT = 1024
"""More than the 1,000 recipients a manifest may name."""

_POSITION = BigInteger().with_variant(Integer, "sqlite")  # on SQLite the row's own number: no index beside it

deliveries = Table(
    "deliveries",
    metadata,
    Column("position", _POSITION, primary_key=True, autoincrement=False),
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
    Column("position", _POSITION, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),  # status, refusal or verdict
    Column("at", BigInteger, nullable=False),
    Column("document", String(36)),
    Column("delivery", BigInteger),
    Column("code", String(32), nullable=False),
    Column("note", Text),
    Column("by", String(32)),
    Column("request", String(8)),  # for 13, 15 and 16: recall, update or replace
    Index("ix_events_delivery", "delivery"),
)
"""What happened, at its leaf's position in the ledger; a delivery's statuses are its events."""

event_audience = Table(
    "event_audience",
    metadata,
    Column("agency", String(32), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""Whom an event concerns: a delivery's two parties, a refusal's sender, all parties of a new verdict."""
