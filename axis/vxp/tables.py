"""Tables of the old protocol's door: headers that count once, and calls whose headers proved nothing."""

from sqlalchemy import BigInteger, Column, Index, String, Table

from axis.database import metadata

used_headers = Table(
    "used_headers",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("used_at", BigInteger, nullable=False),
    Index("ix_used_headers_used_at", "used_at"),
)
"""SHA-256 of the signed texts that registered or deleted an agency; in real time."""

vxp_failures = Table(
    "vxp_failures",
    metadata,
    Column("system", String(64), primary_key=True),
    Column("operation", String(32), primary_key=True),
    Column("fault", String(16), primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("detail", String(200), nullable=False),
)
"""How often which part was wrong, for the operator; ids that are no system's count under one name."""
