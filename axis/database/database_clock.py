"""The store's own clock, by which leases end: the same for all processes.

Business time is in `axis.clock`.
"""

from sqlalchemy import text

from axis.clock import Microseconds, real_now
from axis.database.transactions import Read

_SERVER_TIME = text("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)")


def database_now(tx: Read) -> Microseconds:
    """Return the time of the database server; a SQLite store has the clock of its one machine."""
    if tx.dialect == "postgresql":
        return Microseconds(tx.execute(_SERVER_TIME).scalar_one())
    return real_now()
