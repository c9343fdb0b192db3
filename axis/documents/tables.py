"""Tables of what was accepted. A document's key is its position in the ledger, so its order is the ledger's."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text, text

from axis.database import metadata

documents = Table(
    "documents",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("id", String(36), nullable=False, unique=True),
    Column("sender", String(32), nullable=False),
    Column("number", String(100), nullable=False),
    Column("issued_on", String(10), nullable=False),
    Column("type", String(32), nullable=False),
    Column("subject", Text, nullable=False),
    Column("searchable", Text, nullable=False),  # number and subject, folded
    Column("priority", String(16), nullable=False),
    Column("action", String(8), nullable=False),
    Column("manifest", LargeBinary, nullable=False),
    Column("manifest_sha256", String(64), nullable=False),
    Column("accepted_at", BigInteger, nullable=False),
    Column("day", String(10), nullable=False),
    Column("indication", String(16)),
    Column("sub_indication", String(40)),
    Column("signed_by", String(12), nullable=False),
    Index("ix_documents_sender_position", "sender", "position"),
    Index("ix_documents_day_position", "day", "position"),
)
"""`indication` … `signed_by` repeat the newest standing verdict, so that lists can be filtered by it."""

attachments = Table(
    "attachments",
    metadata,
    Column("document", BigInteger, primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("media_type", String(255), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", LargeBinary),
    Column("upload", String(36)),
    Index(
        "ix_attachments_upload",
        "upload",
        sqlite_where=text("upload IS NOT NULL"),
        postgresql_where=text("upload IS NOT NULL"),
    ),
)
"""Small contents lie in `content`; large ones in the chunks of an upload."""

attachment_chunks = Table(
    "attachment_chunks",
    metadata,
    Column("upload", String(36), primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
    Column("stored_at", BigInteger, nullable=False),
)

document_signatures = Table(
    "document_signatures",
    metadata,
    Column("document", BigInteger, primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
    Column("sha256", String(64), nullable=False),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("document", BigInteger, primary_key=True, autoincrement=False),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("policy", String(64), nullable=False),
    Column("trust", String(64), nullable=False),
    Column("indication", String(16)),
    Column("sub_indication", String(40)),
    Column("signed_by", String(12), nullable=False),
    Column("report", Text, nullable=False),
)
"""Append-only: sequence 0 was given at acceptance, each later one beside it, never over it."""

signature_facts = Table(
    "signature_facts",
    metadata,
    Column("document", BigInteger, primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("algorithm", String(64)),
    Column("issuer", Text),
    Column("certificate", String(64)),
    Index("ix_signature_facts_certificate", "certificate"),
)
"""What the newest standing verdict found in each signature; lists are filtered by it."""

references = Table(
    "document_references",
    metadata,
    Column("document", BigInteger, primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("sender", String(32), nullable=False),
    Column("number", String(100), nullable=False),
    Column("issued_on", String(10), nullable=False),
    Column("target", BigInteger),
    Index("ix_document_references_target", "target"),
)

manifest_identities = Table(
    "manifest_identities",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("document", BigInteger, nullable=False),
)

number_identities = Table(
    "number_identities",
    metadata,
    Column("sender", String(32), primary_key=True),
    Column("number", String(100), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("document", BigInteger, nullable=False),
)

refusals = Table(
    "refusals",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("id", String(36), nullable=False, unique=True),
    Column("sender", String(32), nullable=False),
    Column("number", String(100)),
    Column("at", BigInteger, nullable=False),
    Column("day", String(10), nullable=False),
    Column("code", String(32), nullable=False),
    Column("manifest_sha256", String(64)),
    Column("problem", Text, nullable=False),
    Column("verdict", Text),
    Index("ix_refusals_sender_position", "sender", "position"),
    Index("ix_refusals_code_position", "code", "position"),
)
"""`problem` holds the code's parameters and places as JSON, without a language; `verdict` as in `verdicts`."""
