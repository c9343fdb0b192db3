"""Stores large contents as objects: put, read in pieces, dropped, and swept if no document claims them.

Objects are put before the document that will claim them, and swept if it never comes. Each piece is written
and read in a transaction of its own. So other writers wait for a few chunks at most, and a slow reader holds
no snapshot and no more memory than one chunk.
"""

import contextlib
import io
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import IO, Any

from sqlalchemy import Column, bindparam, delete, exists, select

from axis.clock import Microseconds, real_now
from axis.database import Database, Read, Write
from axis.objects.spool import Spool
from axis.objects.tables import chunks

CHUNK_BYTES = 1024 * 1024
"""Large, so that there are few rows; small, since a reader holds one in memory."""
CHUNKS_PER_TRANSACTION = 4
"""How many chunks other writers wait for at most."""
ABANDONED_AFTER = 60 * 60 * 1_000_000
"""Microseconds after which an object that no document claims belongs to an intake that died."""
_CHUNK = select(chunks.c.content).where(
    chunks.c.upload == bindparam("upload"), chunks.c.ordinal == bindparam("ordinal")
)


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object that is there already, read as a `Spool` is; closing it removes nothing."""

    database: Database
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
        with open_object(self.database, self.upload, self.size) as file:
            yield file

    def close(self) -> None:
        """Do nothing: whoever put it, or the sweep, removes it."""


def put_object(database: Database, spool: Spool) -> str:
    """Store what a spool holds, durably; return the object's id."""
    upload = str(uuid.uuid4())
    ordinals = count()
    with spool.open() as file:
        while batch := [chunk for _ in range(CHUNKS_PER_TRANSACTION) if (chunk := file.read(CHUNK_BYTES))]:
            rows = [
                {"upload": upload, "ordinal": next(ordinals), "content": chunk, "stored_at": real_now()}
                for chunk in batch
            ]
            database.write(partial(_insert, rows=rows))
    return upload


def open_object(database: Database, upload: str, size: int) -> IO[bytes]:
    """Open an object of `size` bytes as a file to read from its start."""
    return io.BufferedReader(_Pieces(read_pieces(database, upload, 0, size)), CHUNK_BYTES)


def read_pieces(database: Database, upload: str, start: int, end: int) -> Iterator[bytes]:
    """Yield an object's bytes from `start` up to but not including `end`, a chunk at a time."""
    for ordinal in range(start // CHUNK_BYTES, -(-end // CHUNK_BYTES)):
        with database.read() as tx:
            chunk: bytes = tx.execute(_CHUNK, {"upload": upload, "ordinal": ordinal}).scalar_one()
        begin = ordinal * CHUNK_BYTES
        yield chunk[max(0, start - begin) : end - begin]


def stored_chunks(tx: Read, upload: str) -> Iterator[bytes]:
    """Yield the chunks of an object up to the first missing one, in one transaction."""
    for ordinal in count():
        content = tx.execute(_CHUNK, {"upload": upload, "ordinal": ordinal}).scalar_one_or_none()
        if content is None:
            return
        yield content


def drop_objects(database: Database, uploads: Sequence[str]) -> None:
    """Remove objects whose document was not accepted."""
    if uploads:
        statement = delete(chunks).where(chunks.c.upload.in_(uploads))
        database.write(lambda tx: tx.execute(statement) and None)


def sweep_objects(tx: Write, now: Microseconds, claims: Sequence[Column[Any]]) -> int:
    """Remove objects that none of the columns `claims` names within an hour of real time.

    Returns how many chunks that were.
    """
    unclaimed = (~exists().where(claim == chunks.c.upload) for claim in claims)
    abandoned = delete(chunks).where(chunks.c.stored_at < now - ABANDONED_AFTER, *unclaimed)
    return int(tx.execute(abandoned).rowcount)


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
