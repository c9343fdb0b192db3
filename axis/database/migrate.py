"""Brings a store to the newest revision: SQLite by itself, PostgreSQL when `axis migrate` asks.

Two processes may start at once on one new SQLite file; `BEGIN IMMEDIATE` lets one of them do the work and
the other find it done.
"""

from pathlib import Path

from sqlalchemy import inspect, text

import migrations
from axis.database.engine import Database
from axis.database.meta import SANDBOX, set_meta
from axis.database.transactions import Read, Write

LOCK_TIMEOUT = "5s"
"""How long a migration waits for a table in use. Then it gives up and changes nothing."""
STATEMENT_TIMEOUT = "10min"


class StoreOutdatedError(Exception):
    """The store's tables are not those of this version of the hub, but older or newer."""


def revision(tx: Read) -> str | None:
    """Return the revision of a store's tables; None for a store that has none yet."""
    bind = tx.execute(text("SELECT 1")).connection
    if not inspect(bind).has_table("alembic_version"):
        return None
    found: str | None = tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found


def migrate(database: Database, *, sandbox: bool = False) -> bool:
    """Bring the store to the newest revision in one transaction; return whether it was an older one.

    A store made here becomes a sandbox when that is asked; one that exists is never made one.
    """
    with database.read() as tx:
        found = revision(tx)
    if found == migrations.HEAD:
        return False
    _refuse_newer(found)
    return database.write(lambda tx: _upgrade(tx, sandbox=sandbox))


def require_current(database: Database) -> None:
    """Make sure that the tables are those this version works with.

    Raises:
        StoreOutdatedError: when they are older, newer or not there.

    """
    with database.read() as tx:
        found = revision(tx)
    _refuse_newer(found)
    if found != migrations.HEAD:
        at = found or "none"
        message = f"the store is at revision {at}, this hub needs {migrations.HEAD}: run `axis migrate`"
        raise StoreOutdatedError(message)


def _refuse_newer(found: str | None) -> None:
    """Refuse a store of a newer release: revisions are numbers of four digits, each above the last."""
    if found is not None and found > migrations.HEAD:
        message = f"the store is of a newer release (revision {found}); this one ends at {migrations.HEAD}"
        raise StoreOutdatedError(message)


def _upgrade(tx: Write, *, sandbox: bool) -> bool:
    from alembic import command  # noqa: PLC0415 - a third of a second that a current store need not spend
    from alembic.config import Config  # noqa: PLC0415

    before = revision(tx)
    if before == migrations.HEAD:
        return False
    if tx.dialect == "postgresql":
        tx.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
        tx.execute(text(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'"))
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = tx.connection
    command.upgrade(config, "head")
    if before is None and sandbox:
        set_meta(tx, SANDBOX, "true")
    return True
