"""Tables of webhooks: where they lead, how far each has got, and what was set aside."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table

from axis.database import metadata

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("owner", String(32), nullable=False),  # the agency whose token made it
    Column("name", String(64), nullable=False),
    Column("url", String(1024), nullable=False),
    Column("kinds", String(200), nullable=False),  # between commas
    Column("agency", String(32)),  # the one agency it is about; null: all for which the token speaks
    Column("token", String(36), nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("old_secret", LargeBinary),
    Column("old_secret_until", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("gone_at", BigInteger),
    Index("uq_webhooks_name", "owner", "name", unique=True),
)
"""Webhooks. Secrets are encrypted; the old one signs beside the new one for a while. Times are real time.
`gone_at`: when the receiver said that it is no more."""

webhook_lanes = Table(
    "webhook_lanes",
    metadata,
    Column("webhook", String(36), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("place", BigInteger, nullable=False),
    Column("until", BigInteger),
    Column("aside", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failing_since", BigInteger),
    Column("due_at", BigInteger),
    Column("answer", String(200)),
    Column("taken_at", BigInteger),
)
"""How far a webhook has got. Lane 0 goes on for ever; the others are replays, and end after `until`. A replay
with `aside` is of what was set aside alone. `place`: of the last message that was taken or set aside."""

webhook_failures = Table(
    "webhook_failures",
    metadata,
    Column("webhook", String(36), primary_key=True),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("document", String(36)),
    Column("set_aside_at", BigInteger, nullable=False),
    Column("answer", String(200)),
)
"""Messages that were set aside, until a replay of them is taken."""
