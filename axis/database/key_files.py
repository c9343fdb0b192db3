"""Where the two key files of a store lie, and whether they fit the store when it is opened.

An emptied store beside the keys of an old one is refused, and so is a ledger without its key. Keys are read
by `axis.ledger.key` and `axis.database.secret_key`.
"""

import contextlib
import hashlib
from pathlib import Path

from axis.database.engine import Database, sqlite_path
from axis.database.migrate import revision
from axis.database.store_facts import LEDGER_ORIGIN, get_fact
from axis.database.transactions import Read
from axis.settings import Settings

LEDGER_KEY_FILE = "ledger-key.pem"
SECRET_KEY_FILE = "secret.key"  # noqa: S105 - the name of a file
"""The names beside a SQLite store, where no setting names another place."""
USED = ".used"
"""Ends the name of the file beside a named ledger key that says which key has a store."""


class KeyFileMissingError(Exception):
    """The store's ledger was begun, and its key is not where it should be."""


def ledger_key_path(settings: Settings) -> Path | None:
    """Return where the ledger's key lies: where its setting says, or beside the SQLite store."""
    store = sqlite_path(settings.database_url)
    return settings.ledger_key_file or (store.parent / LEDGER_KEY_FILE if store else None)


def secret_key_path(settings: Settings) -> Path | None:
    """Return where the secret key lies: where its setting says, or beside the SQLite store."""
    store = sqlite_path(settings.database_url)
    return settings.secret_key_file or (store.parent / SECRET_KEY_FILE if store else None)


class StoreEmptiedError(Exception):
    """The store is empty, and its keys are those of a store that was not."""


def refuse_emptied_file(settings: Settings) -> list[Path]:
    """Refuse a SQLite file that is missing or has no bytes beside earlier keys, before anything touches it.

    Return the keys of an earlier store, for `refuse_emptied`: they must be looked for before the store is,
    since another process may be making both.

    Raises:
        StoreEmptiedError: with one sentence.

    """
    earlier = _earlier_keys(settings)
    store = sqlite_path(settings.database_url)
    if store is not None and earlier and (not store.exists() or store.stat().st_size == 0):
        raise StoreEmptiedError(_emptied(settings, earlier))
    return earlier


def refuse_emptied(database: Database, settings: Settings, earlier: list[Path]) -> None:
    """Refuse a store without tables beside earlier keys, before migrations make them.

    Raises:
        StoreEmptiedError: with one sentence.

    """
    if not earlier:
        return
    with database.read() as tx:
        is_empty = revision(tx) is None
    if is_empty:
        raise StoreEmptiedError(_emptied(settings, earlier))


def mark_used(settings: Settings) -> None:
    """Note beside a named ledger key that it has a store; where that cannot be written, nobody is warned."""
    key = settings.ledger_key_file
    if key is None:
        return
    with contextlib.suppress(OSError):
        if not _is_marked(key):
            _mark(key).write_text(_digest(key) + "\n", encoding="ascii")


def require_ledger_key(tx: Read, settings: Settings) -> None:
    """Make sure that the key of the store's ledger lies where it should.

    On PostgreSQL a command that needs no key need not name one.

    Raises:
        KeyFileMissingError: when the ledger was begun and the file is not there.

    """
    path = ledger_key_path(settings)
    if path is not None and not path.exists() and get_fact(tx, LEDGER_ORIGIN) is not None:
        raise KeyFileMissingError(missing_ledger_key(path))


def missing_ledger_key(path: Path) -> str:
    """Say that the key is not there. None is made in its place: its receipts would be of another log."""
    return (
        f"the ledger's key is missing: {path} is not there; put it back, or name it by AXIS_LEDGER_KEY_FILE"
    )


def _earlier_keys(settings: Settings) -> list[Path]:
    """Return the key files that only an earlier store can have left.

    Beside a SQLite store those are the files that the hub makes itself. A key that is named by its setting
    may well be there first: it counts once `mark_used` was called for it.
    """
    ledger, secret = ledger_key_path(settings), secret_key_path(settings)
    found = [
        path
        for path, named in ((ledger, settings.ledger_key_file), (secret, settings.secret_key_file))
        if path is not None and named is None and path.exists()
    ]
    if settings.ledger_key_file is not None and _is_marked(settings.ledger_key_file):
        found.append(settings.ledger_key_file)
    return found


def _emptied(settings: Settings, earlier: list[Path]) -> str:
    store = sqlite_path(settings.database_url)
    keys = " and ".join(map(str, earlier))
    return (
        f"{store or 'the database'} is empty, and the keys of its last store still lie there: {keys}; "
        "restore it from a backup, or move these keys away to begin another store"
    )


def _is_marked(key: Path) -> bool:
    try:
        return _mark(key).read_text(encoding="ascii").strip() == _digest(key)
    except (OSError, UnicodeDecodeError):
        return False


def _mark(key: Path) -> Path:
    return key.with_name(key.name + USED)


def _digest(key: Path) -> str:
    """Return the digest of the file, so that a key put there later is not taken for the one that was used."""
    return hashlib.sha256(key.read_bytes()).hexdigest()
