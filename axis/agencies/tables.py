"""Tables of the directory, of tokens and sessions, and of the systems that call over the old protocol."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table, false, text

from axis.database import metadata

RELAY_CHARACTERS = 60
"""The longest name of a relay."""
RELAYED = text("via IS NOT NULL")
"""The condition of the index of agencies on other hubs."""

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
    Column("mail", String(254)),
    Column("mobile", String(32)),
    Column("fax", String(32)),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("changed_at", BigInteger, nullable=False, server_default="0"),
    Column("deleted_at", BigInteger),
    Column("via", String(RELAY_CHARACTERS)),  # the relay that reaches it, on another hub
    Index("ix_agencies_via", "via", sqlite_where=RELAYED, postgresql_where=RELAYED),
)
"""A deleted agency keeps its row: documents name it for ever, and systems are told of the deletion."""

agency_tree = Table(
    "agency_tree",
    metadata,
    Column("ancestor", String(32), primary_key=True),
    Column("descendant", String(32), primary_key=True),
    Index("ix_agency_tree_descendant", "descendant"),
)
"""Every agency under each of its ancestors and under itself: a subtree is one indexed look-up."""

last_calls = Table(
    "last_calls",
    metadata,
    Column("speaker", String(RELAY_CHARACTERS), primary_key=True),
    Column("reach", String(8), primary_key=True),  # own, subtree or relay
    Column("at", BigInteger, nullable=False),
)
"""When who speaks for agencies last called, in business time: an agency for itself or for its subtree, a
relay for those marked `via` it."""

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
    Column("contents", Boolean, nullable=False, server_default=false()),
    Column("used_at", BigInteger),  # the last call, in real time, exact to a minute
)

sessions = Table(
    "sessions",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("token", String(36), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index("ix_sessions_token", "token"),
    Index("ix_sessions_expires_at", "expires_at"),
)
"""What was got with a token, by digests: browsers' sessions, one-time codes that open one, access tokens."""

LIVE = text("revoked_at IS NULL")

systems = Table(
    "systems",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("agency", String(32), nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("may_register", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Index("uq_systems_agency_live", "agency", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
)
"""Systems that call over the old protocol, for their agency and all below it. The secret is encrypted."""
