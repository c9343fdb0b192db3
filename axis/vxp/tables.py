"""Tables of the old protocol: used headers, and failed calls."""

from sqlalchemy import BigInteger, Column, Index, String, Table

from axis.database import metadata

used_headers = Table(
    "used_headers",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("used_at", BigInteger, nullable=False),
    Index("ix_used_headers_used_at", "used_at"),
)
"""SHA-256 of signed texts that registered or deleted an agency, with real times."""

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
"""How often which part of the headers was wrong. Unknown system ids count under one name."""
