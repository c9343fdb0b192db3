"""Tables of what happened to deliveries.

The deliveries themselves are written with their document, and lie in the tables of its room below.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from axis.database import metadata
from axis.documents.tables import RECIPIENTS_PER_DOCUMENT, deliveries

__all__ = ["RECIPIENTS_PER_DOCUMENT", "deliveries", "event_audience", "events"]

_POSITION = BigInteger().with_variant(Integer, "sqlite")  # on SQLite the row's own number: no index beside it

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
