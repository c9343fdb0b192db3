"""Opens the store that the settings name, with this version's tables."""

from axis.database.engine import Database, open_database, sqlite_path
from axis.database.key_files import mark_used, refuse_emptied, refuse_emptied_file, require_ledger_key
from axis.database.migrate import migrate, require_current
from axis.database.writer_client import WriterAddress
from axis.settings import Settings


def open_store(settings: Settings, *, sandbox: bool = False, writer: WriterAddress | None = None) -> Database:
    """Open the store; SQLite is migrated by itself, PostgreSQL must be current.

    `writer`: the process that writes what gets a leaf, where this one does not.

    Raises:
        StoreOutdatedError: when a PostgreSQL store needs `axis migrate`, or the store is of a newer release.
        StoreEmptiedError: when the store lost its tables and kept its keys.
        KeyFileMissingError: when the store kept its ledger and lost its key.

    """
    earlier = refuse_emptied_file(settings)
    database = open_database(
        settings.database_url,
        readers=settings.readers,
        max_waiting=settings.writes_waiting,
        max_group=settings.writes_grouped,
        writer=writer,
    )
    try:
        refuse_emptied(database, settings, earlier)
        if sqlite_path(settings.database_url) is None:
            require_current(database)
        elif migrate(database, sandbox=sandbox):
            mark_used(settings)
        with database.read() as tx:
            require_ledger_key(tx, settings)
    except BaseException:
        database.close()
        raise
    return database
