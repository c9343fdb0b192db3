"""The table of exports that were made. The files themselves are objects (`axis.objects`)."""

from sqlalchemy import BigInteger, Column, String, Table, Text

from axis.database import metadata

exports = Table(
    "exports",
    metadata,
    Column("job", String(36), primary_key=True),
    Column("owner", String(36), nullable=False),  # the id of the token that asked for it
    Column("name", String(100), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("manifest", Text, nullable=False),
    Column("upload", String(36), nullable=False),
    Column("made_at", BigInteger, nullable=False),
)
"""It lives as long as its job. `manifest` is the signed note about the file."""

EXPORT_CLAIMS = (exports.c.upload,)
"""The columns that name objects here."""
