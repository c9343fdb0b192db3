"""Makes a backup of a store, beside a running hub, and reads it back before it counts as one.

The parts: facts about the backup, large contents that lie outside the database, and the store as a SQLite
file, whichever database it is in. Keys are no part of it.
"""

import contextlib
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Row, delete, select

from axis.backups.archive import ArchiveWriter, BackupRefusedError
from axis.backups.checking import FACTS, FORMAT, OBJECTS, STORE, Checked, check_backup
from axis.backups.places import Place
from axis.backups.store_copies import copy_store
from axis.clock import real_now, rfc3339
from axis.database import Database, Write, open_database
from axis.database.migrate import revision
from axis.documents.tables import OBJECT_CLAIMS
from axis.exports.tables import exports
from axis.intake.tables import uploads
from axis.ledger.queries import count_entries, newest_checkpoint
from axis.objects.bucket import ObjectMissingError
from axis.objects.store import CHUNK_BYTES, Objects, read_pieces
from axis.objects.tables import stored_objects
from signing.notes import NoteSigner

PASSING = (uploads.c.upload, exports.c.upload)
"""What names objects that may go while a backup runs: uploads that nobody used, exports that are old."""


def make_backup(objects: Objects, url: str, place: Place, signer: NoteSigner, scratch: Path) -> Checked:
    """Make a backup of the store at this URL, and check it as it lies at its place.

    `scratch`: a folder with room for the store twice, once to copy and once to check it.

    Raises:
        BackupRefusedError: when something is there already, the ledger's key was changed meanwhile, or what
            was written is not whole. Nothing of it stays.
        StoreFailing: when the store, its large contents or the place cannot be used.

    """
    if place.is_taken():
        raise BackupRefusedError("something is there already; a backup replaces nothing")
    with contextlib.ExitStack() as stack:
        draft = stack.enter_context(place.drafted())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="axis-backup-", dir=scratch)))
        copied = folder / STORE
        copy_store(objects.database, url, copied)
        copy = open_database(f"sqlite:///{copied}", readers=1)
        try:
            elsewhere = _objects_elsewhere(copy, objects)
            facts = _facts(copy, objects.database.dialect, len(elsewhere))
        finally:
            copy.close()
        with draft.open("wb") as file:
            writer = ArchiveWriter(file)
            _add(writer, FACTS, orjson.dumps(facts, option=orjson.OPT_INDENT_2))
            for row in elsewhere:
                writer.add(OBJECTS + row.id, row.size, read_pieces(objects, row.id, 0, row.size))
            writer.add(STORE, copied.stat().st_size, _pieces_of_file(copied))
            writer.close(signer)
        copied.unlink()
        place.put()
        checked = check_backup(place, [signer.verifier], scratch)
        place.confirm()
        return checked


def _objects_elsewhere(copy: Database, objects: Objects) -> list[Row[Any]]:
    """Return the rows of the objects outside the database; those that went since are taken out of the copy.

    Raises:
        BackupRefusedError: when an object is missing that a document names.

    """
    with copy.read() as tx:
        rows = list(tx.execute(select(stored_objects).order_by(stored_objects.c.id)))
    there = []
    for row in rows:
        if _is_there(objects, row):
            there.append(row)
        else:
            copy.write(partial(_forget, upload=row.id))
    return there


def _is_there(objects: Objects, row: Row[Any]) -> bool:
    try:
        last = next(read_pieces(objects, row.id, max(row.size - 1, 0), row.size), b"")
    except ObjectMissingError:
        return False
    return bool(len(last) == min(row.size, 1))


def _forget(tx: Write, upload: str) -> None:
    """Take an object that is gone out of the copy, with the upload or export that named it."""
    if any(tx.execute(select(claim).where(claim == upload).limit(1)).first() for claim in OBJECT_CLAIMS):
        raise BackupRefusedError(f"object {upload} is missing, and a document names it: run `axis fsck`")
    for claim in PASSING:
        tx.execute(delete(claim.table).where(claim == upload))
    tx.execute(delete(stored_objects).where(stored_objects.c.id == upload))


def _facts(copy: Database, database: str, elsewhere: int) -> dict[str, Any]:
    """Say what the backup is of, as the copy has it."""
    with copy.read() as tx:
        note, size = newest_checkpoint(tx), count_entries(tx)
        found = revision(tx)
    if note is None:
        raise BackupRefusedError("the store has no ledger yet, so there is nothing to back up")
    return {
        "format": FORMAT,
        "revision": found,
        "made_at": rfc3339(real_now()),
        "database": database,
        "size": size,
        "checkpoint": note,
        "objects": elsewhere,
    }


def _add(writer: ArchiveWriter, name: str, content: bytes) -> None:
    writer.add(name, len(content), [content])


def _pieces_of_file(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK_BYTES):
            yield piece
