"""Opens the store that the settings name, with this version's tables. It builds nothing else of a hub."""

from axis.database.engine import Database, open_database, sqlite_path
from axis.database.migrate import migrate, require_current
from axis.settings import Settings


def open_store(settings: Settings, *, sandbox: bool = False) -> Database:
    """Open the store; SQLite is migrated by itself, PostgreSQL must be current.

    Raises:
        StoreOutdatedError: when a PostgreSQL store needs `axis migrate`.

    """
    database = open_database(
        settings.database_url,
        readers=settings.readers,
        max_waiting=settings.writes_waiting,
        max_group=settings.writes_grouped,
    )
    if sqlite_path(settings.database_url) is not None:
        migrate(database, sandbox=sandbox)
    else:
        require_current(database)
    return database
