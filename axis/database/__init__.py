"""Engines, read and write transactions, and the one writer, for SQLite and PostgreSQL alike.

It has no table but the store's own facts, and no SQL of any room. Rooms get a transaction as an argument and
never commit: whoever opens a transaction commits it.
"""

from axis.database.engine import Database, open_database
from axis.database.failures import StoreFailing
from axis.database.schema import insert, metadata
from axis.database.transactions import Read, Write
from axis.database.writer import Lane

__all__ = ["Database", "Lane", "Read", "StoreFailing", "Write", "insert", "metadata", "open_database"]
