"""The tables of counters: what their rows and columns count."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from axis.database import metadata

# A row counts documents of one type within a day (`grain` d) or a month (m). There are three kinds of row. An
# empty party tells which, so that no statistic has to add up pairs that it does not name:
#
# - `recipient` empty: what `sender` sent to anyone. Classes count documents, each once; `addressed` and the
#   outcomes count their deliveries.
# - `sender` empty: what `recipient` received from anyone. Everything counts deliveries.
# - neither empty: what went from one to the other. Everything counts deliveries.
#
# `type` is that of the document. A message (of type `thong-diep`) counts under `@` and its kind instead, in
# rows of its own.
#
# `sent_late` counts those of the documents (or deliveries) that were sent late, and `answered_late` the
# deliveries whose first answer came late (docs/deadlines.md). Those in time have no columns: they remain.
#
# The six signing classes add up to the documents (or deliveries) counted. Pending deliveries have no column:
# they are `addressed` minus the three outcomes.

SIGNING_CLASSES = ("both", "organisation", "person", "indeterminate", "failed", "unsigned")
OUTCOMES = ("handled", "refused", "withdrawn")
LATE = ("sent_late", "answered_late")
NUMBERS = (*SIGNING_CLASSES, "addressed", *OUTCOMES, *LATE)
MESSAGE_MARK = "@"
"""What the `type` of rows of messages begins with."""
KEYS = ("grain", "recipient", "period", "sender", "type")

counters = Table(
    "counters",
    metadata,
    Column("grain", String(1), primary_key=True),
    Column("recipient", String(32), primary_key=True),
    Column("period", String(10), primary_key=True),
    Column("sender", String(32), primary_key=True),
    Column("type", String(32), primary_key=True),
    *(Column(name, BigInteger, nullable=False, server_default="0") for name in NUMBERS),
    Index("ix_counters_sender_period", "grain", "sender", "period"),
    sqlite_with_rowid=False,  # the key is the table: an update is one look-up
)

# Documents by what their newest verdict found. A row counts documents of one type and one profile
# (`axis.counters.verdict_profiles`) within a day or a month; an empty sender stands for all of them. Whatever
# is asked of signatures comes from the profile, so that a document adds to four rows, not to four for each
# thing that may be asked.

VERDICT_KEYS = ("grain", "sender", "period", "type", "profile")

verdict_counters = Table(
    "verdict_counters",
    metadata,
    Column("grain", String(1), primary_key=True),
    Column("sender", String(32), primary_key=True),
    Column("period", String(10), primary_key=True),
    Column("type", String(32), primary_key=True),
    Column("profile", Integer, primary_key=True, autoincrement=False),
    Column("documents", BigInteger, nullable=False),
    Index("ix_verdict_counters_period", "grain", "period"),
    sqlite_with_rowid=False,
)

verdict_profiles = Table(
    "verdict_profiles",
    metadata,
    Column(
        "profile", Integer, primary_key=True, autoincrement=False
    ),  # a number, since counts are sorted by it
    Column("sha256", String(64), nullable=False, unique=True),  # of what it holds
    Column("indication", String(16)),
    Column("sub_indication", String(40)),
    Column("signed_by", String(12), nullable=False),
)

verdict_profile_signatures = Table(
    "verdict_profile_signatures",
    metadata,
    Column("profile", Integer, primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(12)),
    Column("algorithm", String(64)),
    Column("issuer", Text),
)
"""The signatures of a profile, each kind, algorithm and issuer once."""
