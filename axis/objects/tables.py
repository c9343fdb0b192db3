"""The tables of objects, which are large contents such as attachments.

`attachment_chunks` holds contents in rows of up to a mebibyte; `stored_objects` names those that lie in a
store outside the database.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

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

stored_objects = Table(
    "stored_objects",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("place", Text, nullable=False),
    Column("stored_at", BigInteger, nullable=False),
    Index("ix_stored_objects_stored_at", "stored_at"),
)
"""Objects outside the database. A row is there before its bytes are, and goes after them, so that none are
left that no row names. `place` is the URL without credentials; what has no row here is in chunks."""
