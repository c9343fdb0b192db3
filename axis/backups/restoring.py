"""Restores a backup into an empty place: all is checked before the place is touched, and again after.

The restored hub opens a new ledger (`axis.ledger.next_ledger`). Backups are read by `axis.backups.checking`.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import MetaData, Table, delete, select, text

import migrations
from axis.backups.archive import BackupRefusedError
from axis.backups.checking import NAMED, Unpacked, claimed_origin, unpacked_backup
from axis.backups.places import Place, sync
from axis.clock import Clock
from axis.compliance.store_checks.whole_store import check_store
from axis.database import Database, Read, Write, open_database
from axis.database.engine import sqlite_path
from axis.database.migrate import revision, upgrade
from axis.database.serving_lock import only_hub
from axis.database.store_facts import clock_setting
from axis.intake.upload_checks import check_uploads
from axis.ledger.next_ledger import open_next_ledger
from axis.objects.bucket import Bucket
from axis.objects.store import IN_ROWS, Objects, move_in, name_in_store, open_place, stored_pieces
from axis.objects.tables import stored_objects
from axis.settings import Settings
from axis.store_secrets import check_secret
from signing.notes import NoteSigner, VerifierKey

SignerOf = Callable[[str], NoteSigner]
"""Returns what signs a ledger of a name."""

ROWS_AT_ONCE: Final = 500
DRAFT: Final = ".restoring"
"""Ends the name of a SQLite file that has not its own name yet."""
KEPT_TABLES: Final = frozenset({"alembic_version", "store"})
"""Tables that have rows in a store that was only migrated."""
BESIDE: Final = ("", "-wal", "-shm", "-journal")
"""Endings of the files of a SQLite store."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored."""

    facts: dict[str, Any]
    """Of the backup."""
    ledger: str
    """The name of the ledger that was opened."""


def restore(
    place: Place, settings: Settings, signer_of: SignerOf, known: str | None, scratch: Path
) -> Restored:
    """Restore the backup at a place into the store and the object store that the settings name.

    `known`: the note of a later checkpoint of the old ledger than the backup's, where somebody has it.
    `scratch`: a folder with room for the store.

    Raises:
        BackupRefusedError: when the backup is not whole, or of another hub or version; or when the place is
            not empty.
        LedgerKeyError, SecretKeyError: when the keys are not those of the backup, or `known` is no such note.
        StoreFailing: when a place cannot be used.
        Whatever is raised, nothing is left at the place.

    """
    with only_hub(settings.database_url):
        require_empty(settings)
        signer = signer_of(claimed_origin(place))
        with unpacked_backup(place, [signer.verifier], scratch) as unpacked:
            opened = _open_next_ledger(unpacked.store, settings, signer, known)
            with _objects_put(unpacked, settings):
                path = sqlite_path(settings.database_url)
                if path is None:
                    _insert(unpacked.store, settings, opened.verifier)
                else:
                    _put_file(unpacked.store, path, settings, opened.verifier)
            return Restored(dict(unpacked.checked.facts), opened.name)


def require_empty(settings: Settings) -> None:
    """See that nothing lies where the backup is to be restored.

    Raises:
        BackupRefusedError: when something does.
        StoreFailing: when it cannot be seen.

    """
    path = sqlite_path(settings.database_url)
    if path is not None:
        there = [each for ending in BESIDE if (each := path.with_name(path.name + ending)).exists()]
        if there:
            raise BackupRefusedError(f"{there[0]} is there already; a backup is restored into an empty place")
    else:
        database = open_database(settings.database_url, readers=1)
        try:
            _require_no_rows(database)
        finally:
            database.close()
    bucket = _bucket(settings)
    if bucket is not None and not bucket.is_empty():
        raise BackupRefusedError(
            f"{bucket.place} holds objects already; a backup is restored into an empty place"
        )


def _require_no_rows(database: Database) -> None:
    with database.read() as tx:
        found = revision(tx)
        if found not in {None, migrations.HEAD}:
            raise BackupRefusedError(f"the database has tables of revision {found}; expected none")
        reflected = MetaData()
        reflected.reflect(tx.execute(text("SELECT 1")).connection)
        for name, table in sorted(reflected.tables.items()):
            if name not in KEPT_TABLES and tx.execute(select(table).limit(1)).first() is not None:
                raise BackupRefusedError(
                    f"the database has rows in {name}; a backup is restored into an empty place"
                )


def _bucket(settings: Settings) -> Bucket | None:
    return None if settings.objects_url == IN_ROWS else Bucket(settings.objects_url)


def _open_next_ledger(store: Path, settings: Settings, signer: NoteSigner, known: str | None) -> NoteSigner:
    """Open the next ledger in the copy, once both keys are found to be the copy's own."""
    with _opened(store) as copy:
        with copy.read() as tx:
            check_secret(tx, settings)
            clock = Clock(*clock_setting(tx))
        return copy.write(lambda tx: open_next_ledger(tx, signer, known, clock))


@contextlib.contextmanager
def _opened(store: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{store}", readers=1)
    try:
        yield database
    finally:
        database.close()


@contextlib.contextmanager
def _objects_put(unpacked: Unpacked, settings: Settings) -> Iterator[None]:
    """Put the large contents where the settings say, and say so in the copy. A failure takes them away."""
    bucket = _bucket(settings)
    with _opened(unpacked.store) as copy, copy.read() as tx:
        rows = list(tx.execute(select(stored_objects).order_by(stored_objects.c.id)))
    try:
        with _opened(unpacked.store) as copy:
            for row in rows:
                copy.write(
                    partial(move_in, bucket=bucket, row=row, contents=partial(unpacked.contents, row.id))
                )
        yield
    except BaseException:
        if bucket is not None:
            bucket.remove([name_in_store(row) for row in rows])
        raise


def _put_file(store: Path, path: Path, settings: Settings, key: VerifierKey) -> None:
    """Bring the copy to its place as a file, which has its name only once it was checked there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + DRAFT)
    try:
        draft.touch(mode=0o600)
        with (
            contextlib.closing(sqlite3.connect(store)) as source,
            contextlib.closing(sqlite3.connect(draft)) as to,
        ):
            source.backup(to)
        with _opened(draft) as database, database.read() as tx:
            _check(tx, open_place(database, settings.objects_url, "AXIS_OBJECTS_URL"), key)
        sync(draft)
        draft.replace(path)
        sync(path.parent)
    finally:
        for ending in BESIDE:
            draft.with_name(draft.name + ending).unlink(missing_ok=True)


def _insert(store: Path, settings: Settings, key: VerifierKey) -> None:
    """Make tables and insert every row, in one transaction that commits once all was checked."""
    database = open_database(settings.database_url, readers=1)

    def work(tx: Write) -> None:
        upgrade(tx)
        tables = MetaData()
        tables.reflect(tx.execute(text("SELECT 1")).connection)
        with _opened(store) as copy, copy.read() as source:
            for table in tables.sorted_tables:
                if table.name != "alembic_version":
                    _insert_table(source, tx, table)
        _check(tx, open_place(database, settings.objects_url, "AXIS_OBJECTS_URL"), key)

    try:
        database.write(work)
    finally:
        database.close()


def _insert_table(source: Read, tx: Write, table: Table) -> None:
    tx.execute(delete(table))
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    # The names are those that migrations made.
    asked = text(f'SELECT {names} FROM "{table.name}"').execution_options(yield_per=ROWS_AT_ONCE)  # noqa: S608 - as above
    for rows in source.execute(asked).mappings().partitions():
        tx.execute(table.insert(), [dict(row) for row in rows])


def _check(tx: Read, objects: Objects, key: VerifierKey) -> None:
    """Check what was restored, as `axis fsck` does. Raises `BackupRefusedError` when something differs."""
    pieces = stored_pieces(objects)
    everything = check_store(tx, lambda: key, pieces, {"uploads": check_uploads(tx, pieces)})
    found = list(islice(everything, NAMED))
    if found:
        said = "".join(f"\n  {each.where}: {each.found}; expected {each.expected}" for each in found)
        raise BackupRefusedError(f"what was restored differs from the backup:{said}")
