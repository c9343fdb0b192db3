"""Stores large contents as objects: puts them, reads them in pieces, and removes those that no row claims.

Objects lie in rows of the database or, by a setting, in an object store (`axis.objects.bucket`).
"""

import contextlib
import io
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import IO, TYPE_CHECKING, Any

from sqlalchemy import Column, Row, bindparam, delete, exists, select, update

from axis.clock import Microseconds, real_now
from axis.database import Database, Read, Write
from axis.database.failures import RETRY_AFTER_SECONDS, StoreFailing
from axis.objects.spool import Spool
from axis.objects.tables import chunks, stored_objects
from axis.settings import SettingInvalidError, Settings

if TYPE_CHECKING:
    from axis.objects.bucket import Bucket

# Objects are put before the document, upload or export that will claim them, and swept if it never comes.
# Each piece is read by itself, so that a slow reader holds no snapshot and no connection.

IN_ROWS = "rows:"
"""The setting that keeps objects in the database."""
CHUNK_BYTES = 1024 * 1024
"""Large, so that there are few rows; small, since a reader holds one in memory."""
CHUNKS_PER_TRANSACTION = 4
"""How many chunks other writers wait for at most."""
ABANDONED_AFTER = 60 * 60 * 1_000_000
"""Microseconds after which an object that no document claims belongs to an intake that died."""
SWEPT_AT_ONCE = 500
_CHUNK = select(chunks.c.content).where(
    chunks.c.upload == bindparam("upload"), chunks.c.ordinal == bindparam("ordinal")
)
_ELSEWHERE = select(stored_objects).where(stored_objects.c.id == bindparam("upload"))

Pieces = Callable[[Read, str], Iterator[bytes]]
"""Yields the bytes of an object, as far as they are there."""


@dataclass(frozen=True, slots=True)
class Objects:
    """Where objects lie: in rows of the database, or in the object store, as its row says of each object."""

    database: Database
    bucket: "Bucket | None" = None
    """Where new objects go; None for rows."""

    @property
    def failing(self) -> bool:
        """Whether the object store failed when it was last used."""
        return self.bucket is not None and self.bucket.failing

    def probe(self) -> None:
        """Try an object store that failed again; as `Bucket.probe`."""
        if self.bucket is not None:
            self.bucket.probe()


def open_objects(database: Database, settings: Settings) -> Objects:
    """Open what `AXIS_OBJECTS_URL` names.

    Raises:
        SettingInvalidError: when it cannot be opened, or objects of this store lie elsewhere.

    """
    opened = open_place(database, settings.objects_url, "AXIS_OBJECTS_URL")
    place = "" if opened.bucket is None else opened.bucket.place
    with database.read() as tx:
        other = tx.execute(
            select(stored_objects.c.place).where(stored_objects.c.place != place).limit(1)
        ).scalar()
    if other is not None:
        message = f"objects of this store lie at {other}, which AXIS_OBJECTS_URL does not name"
        raise SettingInvalidError(f"{message}; `axis objects move` moves them")
    return opened


def open_place(database: Database, url: str, named: str) -> Objects:
    """Open a place for objects by its URL; `named`: the setting or argument that holds it.

    Raises:
        SettingInvalidError: when it cannot be opened.

    """
    if url == IN_ROWS:
        return Objects(database)
    from axis.objects.bucket import Bucket  # noqa: PLC0415 - most hubs have none, and it takes time to load

    return Objects(database, Bucket(url, named))


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object that is there already, read as a `Spool` is; closing it removes nothing."""

    objects: Objects
    upload: str
    """Its id."""
    size: int
    sha256: str

    @property
    def content(self) -> None:
        """None: its bytes are not in memory."""
        return

    @contextlib.contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the bytes from their start, as a file to read."""
        with open_object(self.objects, self.upload, self.size) as file:
            yield file

    def close(self) -> None:
        """Do nothing: whoever put it, or the sweep, removes it."""


def put_object(objects: Objects, spool: Spool) -> str:
    """Store what a spool holds, durably; return the object's id.

    Raises:
        StoreFailing: when it could not be stored. Nothing of it stays: the sweep removes what is there.

    """
    upload = str(uuid.uuid4())
    if objects.bucket is None:
        _put_chunks(objects.database, upload, spool)
    else:
        _put_elsewhere(objects.database, objects.bucket, upload, spool)
    return upload


def open_object(objects: Objects, upload: str, size: int) -> IO[bytes]:
    """Open an object of `size` bytes as a file to read from its start."""
    return io.BufferedReader(_Pieces(read_pieces(objects, upload, 0, size)), CHUNK_BYTES)


def read_pieces(objects: Objects, upload: str, start: int, end: int) -> Iterator[bytes]:
    """Yield an object's bytes from `start` up to but not including `end`, a piece at a time.

    Raises:
        StoreFailing: when they cannot be read just now.

    """
    with objects.database.read() as tx:
        row = tx.execute(_ELSEWHERE, {"upload": upload}).one_or_none()
    if row is not None:
        yield from _read_elsewhere(_bucket(objects), _name(row.sha256, row.id), start, end)
        return
    for ordinal in range(start // CHUNK_BYTES, -(-end // CHUNK_BYTES)):
        with objects.database.read() as tx:
            chunk: bytes = tx.execute(_CHUNK, {"upload": upload, "ordinal": ordinal}).scalar_one()
        begin = ordinal * CHUNK_BYTES
        yield chunk[max(0, start - begin) : end - begin]


def stored_chunks(tx: Read, upload: str) -> Iterator[bytes]:
    """Yield the chunks of an object in rows up to the first missing one, in one transaction."""
    for ordinal in count():
        content = tx.execute(_CHUNK, {"upload": upload, "ordinal": ordinal}).scalar_one_or_none()
        if content is None:
            return
        yield content


def stored_pieces(objects: Objects) -> Pieces:
    """Return a function that yields an object's bytes, wherever it lies, up to the first missing ones."""

    def pieces(tx: Read, upload: str) -> Iterator[bytes]:
        row = tx.execute(_ELSEWHERE, {"upload": upload}).one_or_none()
        if row is None:
            yield from stored_chunks(tx, upload)
            return
        from axis.objects.bucket import ObjectMissingError  # noqa: PLC0415 - loaded with the bucket already

        with contextlib.suppress(ObjectMissingError):
            yield from _read_elsewhere(_bucket(objects), _name(row.sha256, row.id), 0, row.size)

    return pieces


def drop_objects(objects: Objects, uploads: Sequence[str]) -> None:
    """Remove objects whose document was not accepted. What cannot be removed now, the sweep removes."""
    if not uploads:
        return
    if objects.bucket is not None:
        with contextlib.suppress(StoreFailing):
            _remove_elsewhere(objects, objects.bucket, uploads)
    statement = delete(chunks).where(chunks.c.upload.in_(uploads))
    objects.database.write(lambda tx: tx.execute(statement) and None)


def move_in(
    tx: Write, bucket: "Bucket | None", row: Row[Any], contents: Callable[[], Iterator[bytes]]
) -> None:
    """Give an object outside the database its place here: in the object store, or in rows without one.

    `row`: of `stored_objects`. `contents` yields its bytes, and may be called again.

    Raises:
        StoreFailing: when the object store could not take it.

    """
    if bucket is not None:
        bucket.put(_name(row.sha256, row.id), _Yielded(contents))
        moved = update(stored_objects).where(stored_objects.c.id == row.id)
        tx.execute(moved.values(place=bucket.place))
        return
    with _Yielded(contents).open() as file:
        for ordinal in count():
            chunk = file.read(CHUNK_BYTES)
            if not chunk:
                break
            values = {"upload": row.id, "ordinal": ordinal, "content": chunk, "stored_at": row.stored_at}
            tx.execute(chunks.insert(), values)
    tx.execute(delete(stored_objects).where(stored_objects.c.id == row.id))


def name_in_store(row: Row[Any]) -> str:
    """Return the name under which an object of `stored_objects` lies in its object store."""
    return _name(row.sha256, row.id)


@dataclass(frozen=True, slots=True)
class _Yielded:
    """Bytes that are yielded, as contents for an object store, whose library seeks in them."""

    pieces: Callable[[], Iterator[bytes]]

    @contextlib.contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        with tempfile.TemporaryFile() as file:
            for piece in self.pieces():
                file.write(piece)
            file.seek(0)
            yield file


def sweep_objects(objects: Objects, now: Microseconds, claims: Sequence[Column[Any]]) -> int:
    """Remove objects that no column of `claims` has named within an hour of real time.

    Returns how many were removed: chunks of objects in rows, and objects that lie elsewhere.
    """
    unclaimed = [~exists().where(claim == chunks.c.upload) for claim in claims]
    abandoned = delete(chunks).where(chunks.c.stored_at < now - ABANDONED_AFTER, *unclaimed)
    removed = int(objects.database.write(lambda tx: tx.execute(abandoned).rowcount))
    if objects.bucket is None:
        return removed
    unclaimed = [~exists().where(claim == stored_objects.c.id) for claim in claims]
    there = stored_objects.c.place == objects.bucket.place, stored_objects.c.stored_at < now - ABANDONED_AFTER
    old = select(stored_objects.c.id).where(*there, *unclaimed)
    while True:
        with objects.database.read() as tx:
            found = tx.execute(old.limit(SWEPT_AT_ONCE)).scalars().all()
        _remove_elsewhere(objects, objects.bucket, found)
        removed += len(found)
        if len(found) < SWEPT_AT_ONCE:
            return removed


def _put_chunks(database: Database, upload: str, spool: Spool) -> None:
    ordinals = count()
    with spool.open() as file:
        while batch := [chunk for _ in range(CHUNKS_PER_TRANSACTION) if (chunk := file.read(CHUNK_BYTES))]:
            rows = [
                {"upload": upload, "ordinal": next(ordinals), "content": chunk, "stored_at": real_now()}
                for chunk in batch
            ]
            database.write(partial(_insert, rows=rows))


def _put_elsewhere(database: Database, bucket: "Bucket", upload: str, spool: Spool) -> None:
    values = {"id": upload, "sha256": spool.sha256, "size": spool.size, "place": bucket.place}
    row = stored_objects.insert().values(**values, stored_at=real_now())
    database.write(lambda tx: tx.execute(row) and None)
    bucket.put(_name(spool.sha256, upload), spool)
    # The hour in which a document has to claim it begins now; it may have been swept while it was put.
    seen = update(stored_objects).where(stored_objects.c.id == upload).values(stored_at=real_now())
    if not database.write(lambda tx: tx.execute(seen).rowcount):
        raise StoreFailing(retry_after_seconds=RETRY_AFTER_SECONDS)


def _read_elsewhere(bucket: "Bucket", name: str, start: int, end: int) -> Iterator[bytes]:
    for begin in range(start, end, CHUNK_BYTES):
        yield bucket.read(name, begin, min(begin + CHUNK_BYTES, end))


def _remove_elsewhere(objects: Objects, bucket: "Bucket", uploads: Sequence[str]) -> None:
    """Remove bytes, then their rows: a row without bytes is removed again, bytes without a row never."""
    with objects.database.read() as tx:
        rows = tx.execute(select(stored_objects).where(stored_objects.c.id.in_(uploads))).all()
    if not rows:
        return
    bucket.remove([_name(row.sha256, row.id) for row in rows])
    statement = delete(stored_objects).where(stored_objects.c.id.in_([row.id for row in rows]))
    objects.database.write(lambda tx: tx.execute(statement) and None)


def _name(sha256: str, upload: str) -> str:
    """Return an object's name in its store: by its digest, and never used twice.

    So a sweep that comes late removes nothing that was put again since.
    """
    return f"{sha256[:2]}/{sha256}-{upload}"


def _bucket(objects: Objects) -> "Bucket":
    if objects.bucket is None:  # it was put by a hub with another setting
        raise StoreFailing(retry_after_seconds=RETRY_AFTER_SECONDS)
    return objects.bucket


def _insert(tx: Write, rows: Sequence[dict[str, Any]]) -> None:
    tx.execute(chunks.insert(), rows)


class _Pieces(io.RawIOBase):
    """Pieces of bytes as a file to read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Return True: it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer from the current piece; return how many bytes, 0 at the end."""
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
