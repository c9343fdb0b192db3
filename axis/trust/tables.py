"""Tables of anchors, registered certificates, sources of revocation data, and kept material."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from axis.database import metadata

trusted_certificates = Table(
    "trusted_certificates",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("role", String(12), nullable=False),  # root or intermediate
    Column("der", LargeBinary, nullable=False),
    Column("added_at", BigInteger, nullable=False),
)

registered_certificates = Table(
    "registered_certificates",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("agency", String(32), nullable=False),
    Column("kind", String(12), nullable=False),  # organisation or person
    Column("der", LargeBinary, nullable=False),
    Column("registered_at", BigInteger, nullable=False),
    Index("ix_registered_certificates_agency", "agency"),
)

revocation_sources = Table(
    "revocation_sources",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(8), nullable=False),  # crl or ocsp
    Column("url", Text, nullable=False),
    Column("issuer", LargeBinary, nullable=False),
    Column("serial", String(64), nullable=False),  # empty for a list
    Column("der", LargeBinary),
    Column("this_update", BigInteger),
    Column("next_update", BigInteger),
    Column("fetched_at", BigInteger),  # this and the next in real time
    Column("next_try_at", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("problem", String(200)),
    Index("ix_revocation_sources_next_try_at", "next_try_at"),
)

kept_material = Table(
    "kept_material",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("der", LargeBinary, nullable=False),
    Column("kept_at", BigInteger, nullable=False),
)
"""The material that verdicts rested on, each piece
once and for ever; `kind` is one of `signing.verdict_vocabulary.MaterialKind`."""
