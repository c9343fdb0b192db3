"""The table of counters, kept in the accepting transaction and read by every statistic.

A row counts what one sender sent of one type within a day (`grain` d) or a month (m): to one recipient,
or, where `recipient` is empty, to anyone, each document once. The six signing classes add up to the
documents (or deliveries) counted; what was handled, refused or withdrawn is counted on recipients' rows.
"""

from sqlalchemy import BigInteger, Column, Index, String, Table

from axis.database import metadata

SIGNING_CLASSES = ("both", "organisation", "person", "indeterminate", "failed", "unsigned")
OUTCOMES = ("handled", "refused", "withdrawn")

counters = Table(
    "counters",
    metadata,
    Column("grain", String(1), primary_key=True),
    Column("recipient", String(32), primary_key=True),
    Column("period", String(10), primary_key=True),
    Column("sender", String(32), primary_key=True),
    Column("type", String(32), primary_key=True),
    *(Column(name, BigInteger, nullable=False, server_default="0") for name in SIGNING_CLASSES),
    *(Column(name, BigInteger, nullable=False, server_default="0") for name in OUTCOMES),
    Index("ix_counters_sender_period", "grain", "sender", "period"),
)
