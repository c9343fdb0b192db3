"""Tables of the hub's own authority: its keys, the certificates it issued, and its revocation lists."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, String, Table

from axis.database import metadata

authorities = Table(
    "authorities",
    metadata,
    Column("name", String(32), primary_key=True),  # root, issuing
    Column("certificate", LargeBinary, nullable=False),
    Column("encrypted_key", LargeBinary, nullable=False),
)

issued_certificates = Table(
    "issued_certificates",
    metadata,
    Column("serial", String(40), primary_key=True),
    Column("authority", String(32), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("agency", String(32)),
    Column("person", String(200)),
    Column("der", LargeBinary, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("reason", String(32)),
    Index("ix_issued_certificates_agency", "agency"),
)

revocation_lists = Table(
    "revocation_lists",
    metadata,
    Column("authority", String(32), primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("der", LargeBinary, nullable=False),
    Column("this_update", BigInteger, nullable=False),
    Column("next_update", BigInteger, nullable=False),
)
