"""Opens stores of SQLite and PostgreSQL: engines, read and write transactions, and the one writer.

Rooms get a transaction as an argument and do not commit: whoever opens a transaction commits it.
"""

from axis.database.engine import Database, open_database
from axis.database.failures import StoreFailing
from axis.database.schema import insert, metadata
from axis.database.transactions import Read, Write
from axis.database.writer import Lane

__all__ = ["Database", "Lane", "Read", "StoreFailing", "Write", "insert", "metadata", "open_database"]
