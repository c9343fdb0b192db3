"""Reads a backup where it lies, and checks that it is whole, of this hub and version, and not damaged.

What `axis fsck` checks of a store is checked of the one in the backup. Large contents are read from the
archive in pieces.
"""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import orjson

import migrations
from axis.backups.archive import BackupRefusedError, Part, first_part, pieces_of, read_archive
from axis.backups.places import Place
from axis.compliance.store_checks.whole_store import check_store
from axis.database import Read, open_database
from axis.database.migrate import revision
from axis.intake.upload_checks import check_uploads
from axis.ledger.queries import newest_checkpoint
from axis.objects.store import Pieces, stored_chunks
from signing.errors import SigningError
from signing.notes import VerifierKey, read_checkpoint, split_note

FORMAT: Final = 1
FACTS: Final = "backup.json"
STORE: Final = "store.db"
OBJECTS: Final = "objects/"
"""Begins the name of a part with a large content; its id follows."""
MOST_FACTS: Final = 256 * 1024
NAMED: Final = 10


@dataclass(frozen=True, slots=True)
class Checked:
    """A backup that was read and is whole."""

    facts: Mapping[str, Any]
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A backup that was checked, and its store as a file that lasts as long as the context."""

    checked: Checked
    store: Path
    contents: Callable[[str], Iterator[bytes]]
    """Yields the bytes of a large content beside the store, by its id."""


def check_backup(place: Place, keys: Sequence[VerifierKey], scratch: Path) -> Checked:
    """Read a backup and check everything in it; as `unpacked_backup`, of which nothing is left then."""
    with unpacked_backup(place, keys, scratch) as unpacked:
        return unpacked.checked


def claimed_origin(place: Place) -> str:
    """Return the name of the ledger that a backup says it is of; nothing of it is checked.

    Raises:
        BackupRefusedError: when it is no backup.
        StoreFailing: when the place cannot be read.

    """
    place.size()  # says so where nothing is there
    parts = {FACTS: first_part(place.read, FACTS, MOST_FACTS)}
    try:
        facts = orjson.loads(b"".join(_content(place, parts, FACTS)))
        return read_checkpoint(split_note(facts["checkpoint"])[0]).origin
    except (ValueError, LookupError, TypeError, SigningError):
        raise BackupRefusedError("this is no backup, or it was cut short or altered") from None


@contextlib.contextmanager
def unpacked_backup(place: Place, keys: Sequence[VerifierKey], scratch: Path) -> Iterator[Unpacked]:
    """Read a backup, check everything in it, and give its store. `keys`: of the ledger, the newest first.

    `scratch`: a folder with room for its store.

    Raises:
        BackupRefusedError: when it was cut short or altered, is of another hub or another version, or the
            store in it is damaged.
        StoreFailing: when the place cannot be read.

    """
    size = place.size()
    parts = read_archive(place.read, size, keys)
    facts = _facts(place, parts)
    with tempfile.TemporaryDirectory(prefix="axis-backup-", dir=scratch) as folder:
        path = Path(folder) / STORE
        path.touch(mode=0o600)
        with path.open("wb") as file:
            for piece in _content(place, parts, STORE):
                file.write(piece)
        _check_store(path, facts, keys[0], _pieces(place, parts))
        yield Unpacked(Checked(facts, size), path, lambda upload: _content(place, parts, OBJECTS + upload))


def _facts(place: Place, parts: Mapping[str, Part]) -> dict[str, Any]:
    part = parts.get(FACTS)
    if part is None or part.size > MOST_FACTS:
        raise BackupRefusedError("the backup does not say what it is of")
    facts = orjson.loads(b"".join(_content(place, parts, FACTS)))
    if facts["format"] != FORMAT or facts["revision"] != migrations.HEAD:
        raise BackupRefusedError(
            f"the backup is of another version: format {facts['format']}, revision {facts['revision']}; "
            f"this one reads format {FORMAT}, revision {migrations.HEAD}"
        )
    return dict(facts)


def _check_store(path: Path, facts: Mapping[str, Any], key: VerifierKey, pieces: Pieces) -> None:
    database = open_database(f"sqlite:///{path}", readers=1)
    try:
        with database.read() as tx:
            if revision(tx) != facts["revision"] or newest_checkpoint(tx) != facts["checkpoint"]:
                raise BackupRefusedError("the store in the backup is not the one that it speaks of")
            everything = check_store(tx, lambda: key, pieces, {"uploads": check_uploads(tx, pieces)})
            found = list(islice(everything, NAMED))
    finally:
        database.close()
    if found:
        said = "".join(f"\n  {each.where}: {each.found}; expected {each.expected}" for each in found)
        raise BackupRefusedError(f"the store in the backup is damaged:{said}")


def _pieces(place: Place, parts: Mapping[str, Part]) -> Pieces:
    """Return what reads large contents: parts of the archive, or rows of the store in it."""

    def pieces(tx: Read, upload: str) -> Iterator[bytes]:
        if OBJECTS + upload in parts:
            with contextlib.suppress(BackupRefusedError):  # a missing end is a difference
                yield from _content(place, parts, OBJECTS + upload)
            return
        yield from stored_chunks(tx, upload)

    return pieces


def _content(place: Place, parts: Mapping[str, Part], name: str) -> Iterator[bytes]:
    part = parts.get(name)
    if part is None:
        raise BackupRefusedError(f"{name} is missing in the backup")
    return pieces_of(place.read, part.start, part.start + part.size)
