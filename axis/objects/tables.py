"""The table of objects, in chunks of one mebibyte."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table

from axis.database import metadata

chunks = Table(
    "attachment_chunks",
    metadata,
    Column("upload", String(36), primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
    Column("stored_at", BigInteger, nullable=False),
)
"""`upload` is the object's id. Chunks are numbered by `ordinal` from 0."""
