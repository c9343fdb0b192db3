"""Tables of alerts, and of what happened to them."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, String, Table, Text, text

from axis.database import metadata

_NUMBER = BigInteger().with_variant(Integer, "sqlite")  # on SQLite the row's own number: no index beside it
OPEN = text("cleared_at IS NULL")
"""The condition of the index of alerts that stand open. A query must repeat it to use the index."""

alerts = Table(
    "alerts",
    metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=False),
    Column("name", String(32), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("agency", String(32)),
    Column("facts", Text, nullable=False),
    Column("raised_at", BigInteger, nullable=False),
    Column("cleared_at", BigInteger),
    Index("uq_alerts_open", "name", "subject", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
)
"""Alerts in the order in which they were raised, in business time. `facts`: what was found, as JSON, as it
was when it was last looked at. At most one of a name and a subject stands open."""

alert_events = Table(
    "alert_events",
    metadata,
    Column("place", _NUMBER, primary_key=True, autoincrement=False),
    Column("alert", BigInteger, nullable=False),
    Column("kind", String(8), nullable=False),  # raised or cleared
    Column("at", BigInteger, nullable=False),
)
"""Raisings and clearings in their order, without gaps: what webhooks of operators are told."""

clock_offsets = Table(
    "clock_offsets",
    metadata,
    Column("host", String(64), primary_key=True),
    Column("seconds", Float, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""Machines whose clock is off, by how many seconds, and when by the store's clock they last said so."""
