"""The table of targets: which share of its documents an agency, or every agency of a level, should sign."""

from sqlalchemy import BigInteger, Column, Double, Integer, String, Table

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
