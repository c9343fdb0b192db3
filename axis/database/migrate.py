"""Brings a store to the newest revision: SQLite at its opening, PostgreSQL when `axis migrate` asks.

The migrations are in `migrations/versions`.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

import migrations
from axis.database.engine import Database
from axis.database.store_facts import OLDEST_HUB, SANDBOX, get_fact, set_fact
from axis.database.transactions import Read, Write

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

# Two processes may start at once on one new SQLite file; `BEGIN IMMEDIATE` lets one of them do the work and
# the other find it done.

LOCK_TIMEOUT = "5s"
"""How long a migration waits for a table in use. Then it gives up and changes nothing."""
STATEMENT_TIMEOUT = "10min"
SCRIPTS = Path(migrations.__file__).parent


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
        oldest = get_fact(tx, OLDEST_HUB) if found is not None else None
    if found == migrations.HEAD or _runs_on(found, oldest):
        return False
    return database.write(lambda tx: upgrade(tx, sandbox=sandbox))


def require_current(database: Database) -> None:
    """Make sure that the tables are those this version works with, or newer ones on which it may still run.

    Raises:
        StoreOutdatedError: when they are older, not there, or of a release on which this one cannot run.

    """
    with database.read() as tx:
        if fits(tx):
            return
        at = revision(tx) or "none"
    message = f"the store is at revision {at}, this hub needs {migrations.HEAD}: run `axis migrate`"
    raise StoreOutdatedError(message)


def fits(tx: Read) -> bool:
    """Tell whether a hub of this version may run on the store as it is; False where it has to be migrated.

    Raises:
        StoreOutdatedError: when the store is of a newer release, on which this one cannot run.

    """
    found = revision(tx)
    if found is None or found == migrations.HEAD:
        return found is not None
    return _runs_on(found, get_fact(tx, OLDEST_HUB))


def _runs_on(found: str | None, oldest: str | None) -> bool:
    """Tell whether a store at another revision is of a newer release that lets hubs of this one run.

    Revisions are numbers of four digits, each above the last.
    """
    if found is None or found < migrations.HEAD:
        return False
    if oldest is not None and oldest <= migrations.HEAD:
        return True
    message = (
        f"the store is of a newer release (revision {found}): this one ({migrations.HEAD}) cannot run on it"
    )
    raise StoreOutdatedError(message)


def upgrade(tx: Write, *, sandbox: bool = False) -> bool:
    """Bring the store to the newest revision as part of a transaction; as `migrate`."""
    from alembic import command  # noqa: PLC0415 - a third of a second that a current store need not spend
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    before = revision(tx)
    if before == migrations.HEAD:
        return False
    if tx.dialect == "postgresql":
        tx.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
        tx.execute(text(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'"))
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = tx.connection
    command.upgrade(config, "head")
    set_fact(tx, OLDEST_HUB, _oldest_hub(ScriptDirectory.from_config(config)))
    if before is None and sandbox:
        set_fact(tx, SANDBOX, "true")
    return True


def _oldest_hub(scripts: "ScriptDirectory") -> str:
    """Return the oldest revision whose hubs run on the newest tables, as each migration says for itself."""
    oldest = str(scripts.get_current_head())
    for script in scripts.walk_revisions():  # the newest first
        oldest = script.revision
        if not getattr(script.module, "OLDER_HUBS_RUN", False):
            break
        oldest = str(script.down_revision)
    return oldest
