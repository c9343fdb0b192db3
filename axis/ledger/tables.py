"""Tables of the ledger: entries, tiles of hashes, the tree's head, keys, checkpoints and cosignatures.

Positions and ends go on from one ledger to the next (`axis.protocol.ledger_positions`): an end is the
position after an entry, so that of the first ledger is its size.
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, String, Table, Text

from axis.database import metadata

_ROW_KEY = BigInteger().with_variant(Integer(), "sqlite")
"""On SQLite only a column of type INTEGER is the table's own key. Any other would need a second tree."""

ledger_head = Table(
    "ledger_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),  # the end: the position that the next entry gets
    Column("hashes", LargeBinary, nullable=False),
    Column("key_id", String(8)),  # of the key that signs from now on, where it was ever changed
    CheckConstraint("id = 1", name="one_row"),
)
"""One row. Whoever appends locks it until the commit, so that the ledger's order is the order of commits."""

ledger_keys = Table(
    "ledger_keys",
    metadata,
    Column("position", _ROW_KEY, primary_key=True, autoincrement=False),
    Column("vkey", Text, nullable=False),
    Column("statement", Text),
)
"""The keys that sign or signed, by the position of the leaf of each; empty before the first change.

The first key of a ledger, which no leaf introduced, stands at the position before the ledger's first.
"""

ledgers = Table(
    "ledgers",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("origin", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("known", Text, nullable=False),
    Column("ended_at", BigInteger, nullable=False),
)
"""The ledgers before the one that grows; empty until a hub is restored from a backup.

`size`: how many entries the backup had. `known`: the note of the last checkpoint that is known of it, which
the first leaf of the next ledger names; it may be of a larger tree.
"""

ledger_receipts = Table(
    "ledger_receipts",
    metadata,
    Column("position", _ROW_KEY, primary_key=True, autoincrement=False),
    Column("entry", BigInteger, nullable=False),
    Column("sender", String(32)),
    Column("document", String(64)),
    Column("receipt", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("uq_ledger_receipts_entry", "entry", unique=True),
    Index("ix_ledger_receipts_sender", "sender", "position"),
)
"""Receipts of entries that a restored hub lost, as they were handed in.

`position`: of the leaf that says so. `entry`: the lost entry's position. `sender`, `document`: as the entry
says.
"""

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
"""Up to 256 hashes of 32 bytes. A longer tile replaces a partial one; the hashes of a tile never change.

Numbers go on from one ledger to the next, as positions do.
"""

ledger_checkpoints = Table(
    "ledger_checkpoints",
    metadata,
    Column("size", _ROW_KEY, primary_key=True, autoincrement=False),  # an end
    Column("note", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""All checkpoints are kept, since a receipt is made again from the checkpoint of its own group."""

ledger_cosignatures = Table(
    "ledger_cosignatures",
    metadata,
    Column("vkey", String(320), primary_key=True),
    Column("size", BigInteger, nullable=False),  # an end
    Column("at", BigInteger, nullable=False),  # the witness's own time, in microseconds
    Column("line", Text, nullable=False),
)
"""The newest cosignature of each witness. They never enter a receipt."""
