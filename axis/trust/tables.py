"""Tables of anchors, registered certificates, certificate requests, revocation sources, and kept material."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text, text

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

LIVE_REQUEST = text("state <> 'refused'")
"""The condition of the index that has a key in one request alone, whatever is refused."""

certificate_requests = Table(
    "certificate_requests",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("agency", String(32), nullable=False),
    Column("key_kind", String(12), nullable=False),
    Column("key_sha256", String(64), nullable=False),
    Column("der", LargeBinary, nullable=False),
    Column("token", String(36), nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("state", String(8), nullable=False),  # waiting, issued or refused
    Column("decided_at", BigInteger),
    Column("decided_by", String(200)),
    Column("reason", String(500)),
    Column("serial", String(40)),
    Index("ix_certificate_requests_agency", "agency"),
    Index(
        "uq_certificate_requests_key",
        "key_sha256",
        unique=True,
        sqlite_where=LIVE_REQUEST,
        postgresql_where=LIVE_REQUEST,
    ),
)
"""What agencies ask certificates with (PKCS #10); `serial` is that of the certificate issued."""

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
