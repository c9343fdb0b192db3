"""Engines, read and write transactions, and the one writer, for SQLite and PostgreSQL alike.

It holds no table but the store's own facts, and no SQL of any room. Rooms are handed a transaction
and never commit: transactions open and close at the edge.
"""

from axis.database.engine import Database, open_database
from axis.database.schema import insert, metadata
from axis.database.transactions import Read, Write
from axis.database.writer import Lane

__all__ = ["Database", "Lane", "Read", "Write", "insert", "metadata", "open_database"]
