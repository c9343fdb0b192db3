"""Tables of the directory and of its tokens."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table

from axis.database import metadata

agencies = Table(
    "agencies",
    metadata,
    Column("code", String(32), primary_key=True),
    Column("name", String(500), nullable=False),
    Column("name_folded", String(500), nullable=False),
    Column("parent", String(32)),
    Column("level", Integer, nullable=False),
    Column("locked", Boolean, nullable=False),
    Column("added_at", BigInteger, nullable=False),
)

agency_tree = Table(
    "agency_tree",
    metadata,
    Column("ancestor", String(32), primary_key=True),
    Column("descendant", String(32), primary_key=True),
    Index("ix_agency_tree_descendant", "descendant"),
)
"""Every agency under each of its ancestors and under itself: a subtree is one indexed look-up."""

tokens = Table(
    "tokens",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("role", String(10), nullable=False),
    Column("agency", String(32)),
    Column("subtree", Boolean, nullable=False),
    Column("name", String(200)),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
)
