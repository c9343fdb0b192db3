"""Tables of the ledger: leaves, the tree over them in tiles, its right edge, and every signed checkpoint."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, LargeBinary, Table, Text

from axis.database import metadata

_ROW_KEY = BigInteger().with_variant(Integer(), "sqlite")
"""In SQLite only a column of type INTEGER is the table's own key; any other would cost a second tree."""

ledger_head = Table(
    "ledger_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("hashes", LargeBinary, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)
"""One row, locked by whoever appends until it commits: that makes the ledger's order the order of commits."""

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("position", _ROW_KEY, primary_key=True, autoincrement=False),
    Column("leaf", LargeBinary, nullable=False),
)

ledger_tiles = Table(
    "ledger_tiles",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)
"""Up to 256 hashes of 32 bytes; a partial tile is overwritten by a longer one and never by other hashes."""

ledger_checkpoints = Table(
    "ledger_checkpoints",
    metadata,
    Column("size", _ROW_KEY, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""All of them are kept: a receipt is made again from the checkpoint of its own group, for ever the same."""
