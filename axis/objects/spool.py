"""Holds bytes while they are received, in memory or in an unnamed file, and counts and hashes them.

How many bytes there may be is limited by its users.
"""

import contextlib
import hashlib
import io
import tempfile
from collections.abc import Iterator
from typing import IO, Self


class Spool:
    """Bytes of unknown length, held until `close`; one reader or writer at a time."""

    def __init__(self, memory: int) -> None:
        """Hold up to `memory` bytes in memory. When there are more, all of them go to disk."""
        self.size = 0
        self._memory = memory
        self._pieces: list[bytes] = []
        self._file: IO[bytes] | None = None
        self._hash = hashlib.sha256()

    @classmethod
    def of(cls, content: bytes, memory: int) -> Self:
        """Return a spool that holds these bytes."""
        spool = cls(memory)
        spool.add(content)
        return spool

    @property
    def sha256(self) -> str:
        """SHA-256 of what it holds, in hexadecimal."""
        return self._hash.hexdigest()

    @property
    def content(self) -> bytes | None:
        """The bytes, if they are in memory; None if they are on disk."""
        if self._file is not None:
            return None
        if len(self._pieces) > 1:
            self._pieces = [b"".join(self._pieces)]
        return self._pieces[0] if self._pieces else b""

    def add(self, piece: bytes) -> None:
        """Append bytes.

        Raises:
            OSError: where the disk does not take them.

        """
        self.size += len(piece)
        self._hash.update(piece)
        if self._file is None and self.size > self._memory:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - `close` gives it back
            self._file.writelines(self._pieces)
            self._pieces.clear()
        if self._file is None:
            self._pieces.append(piece)
        else:
            self._file.write(piece)

    def read(self) -> bytes:
        """Return all bytes at once."""
        with self.open() as file:
            return file.read()

    @contextlib.contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the bytes from their start, as a file to read."""
        if self._file is None:
            yield io.BytesIO(self.content or b"")
        else:
            self._file.seek(0)
            yield self._file

    def shorten(self, content: bytes) -> None:
        """Keep only the beginning, which the caller has and gives as `content`."""
        self._hash = hashlib.sha256(content)
        self.size = len(content)
        if self._file is None:
            self._pieces = [content]
        else:
            self._file.truncate(self.size)

    def close(self) -> None:
        """Free the disk space. What was on disk is gone."""
        if self._file is not None:
            self._file.close()
