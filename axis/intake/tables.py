"""The table of uploads: attachments that an agency sent ahead of the documents that name them."""

from sqlalchemy import BigInteger, Column, Index, String, Table

from axis.database import metadata

uploads = Table(
    "uploads",
    metadata,
    Column("owner", String(32), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("upload", String(36), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("stored_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=False),
    Index("ix_uploads_upload", "upload"),
    Index("ix_uploads_stored_at", "stored_at"),
)
"""`owner` is the code of the agency whose token sent it, `upload` the object with its bytes; times are real.

Digests are no secret, so an upload serves its owner alone: whoever names another's digest does not get the
bytes by it.
"""
