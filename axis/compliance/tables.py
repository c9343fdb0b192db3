"""The tables of targets, and of what verdicts would be."""

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, String, Table, Text

from axis.database import metadata

targets = Table(
    "targets",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("level", Integer, primary_key=True, autoincrement=False),  # 0 where the target is an agency's
    Column("agency", String(32), primary_key=True),  # empty where it is a level's
    Column("rate", Double, nullable=False),
    Column("set_at", BigInteger, nullable=False),
)
"""Which share of its documents an agency, or every agency of a level, should sign."""

what_ifs = Table(
    "what_ifs",
    metadata,
    Column("job", String(36), primary_key=True),
    Column("document", BigInteger, primary_key=True, autoincrement=False),
    Column("changed", Boolean, nullable=False),
    Column("indication", String(16)),
    Column("sub_indication", String(40)),
    Column("signed_by", String(12), nullable=False),
    Column("before_indication", String(16)),
    Column("before_sub_indication", String(40)),
    Column("before_signed_by", String(12), nullable=False),
    Column("report", Text, nullable=False),
    Index("ix_what_ifs_changed", "job", "changed", "document"),
)
"""What verdicts would be under another policy or at another time: no verdicts. They live as long as the job
that asked, and nothing else reads them. `before_…` repeats the newest standing verdict of that moment."""
