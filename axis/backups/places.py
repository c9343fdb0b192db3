"""Where a backup is written to and read from: a file, or an object of a store that a URL names."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import urlsplit

from axis.backups.archive import BackupRefusedError
from axis.objects.bucket import Bucket, ObjectMissingError

DRAFT = ".part"
"""Ends the name of a file that was not read back yet."""


class Place(Protocol):
    """One place for one backup."""

    def is_taken(self) -> bool:
        """Tell whether something is there already."""
        ...

    def size(self) -> int:
        """Return how many bytes lie there. Raises `BackupRefusedError` when there is nothing."""
        ...

    def read(self, start: int, end: int) -> bytes:
        """Return bytes from `start` up to but not including `end`; fewer, or none, where it ends before."""
        ...

    def drafted(self) -> contextlib.AbstractContextManager[Path]:
        """Give a local path to write the archive to. What was not confirmed is gone after the context."""
        ...

    def put(self) -> None:
        """Store what was written, durably, so that it can be read back."""
        ...

    def confirm(self) -> None:
        """Keep it: it was read back and is whole."""
        ...


class FilePlace:
    """A file. Until it was read back it has another name, beside the one it gets."""

    def __init__(self, path: Path) -> None:
        self._path = self._target = path

    def is_taken(self) -> bool:
        """Tell whether there is such a file."""
        return self._target.exists()

    def size(self) -> int:
        """Return its length."""
        if not self._path.is_file():
            raise BackupRefusedError(f"{self._path} is not there")
        return self._path.stat().st_size

    def read(self, start: int, end: int) -> bytes:
        """Return bytes of it."""
        with self._path.open("rb") as file:
            file.seek(start)
            return file.read(end - start)

    @contextlib.contextmanager
    def drafted(self) -> Iterator[Path]:
        """Give the path of the draft."""
        self._path = self._target.with_name(self._target.name + DRAFT)
        self._path.unlink(missing_ok=True)
        self._path.touch(mode=0o600)
        try:
            yield self._path
        finally:
            self._path.unlink(missing_ok=True)
            self._path = self._target

    def put(self) -> None:
        """Have the draft written to the disk."""
        sync(self._path)

    def confirm(self) -> None:
        """Give the draft its name."""
        self._path.replace(self._target)
        sync(self._target.parent)


@dataclass(frozen=True, slots=True)
class _LocalFile:
    """A local file as contents for an object store."""

    path: Path

    def open(self) -> contextlib.AbstractContextManager[IO[bytes]]:
        return self.path.open("rb")


class ObjectPlace:
    """An object of a store in the network, or of a folder."""

    def __init__(self, url: str, scratch: Path) -> None:
        parts = urlsplit(url)
        folder, _, self._name = parts.path.rpartition("/")
        if not self._name:
            raise BackupRefusedError("the URL of a backup ends in its name")
        self._bucket = Bucket(parts._replace(path=folder or "/").geturl(), "PLACE")
        self._scratch = scratch
        self._draft = scratch
        self._is_put = False

    def is_taken(self) -> bool:
        """Tell whether there is such an object."""
        try:
            self._bucket.size(self._name)
        except ObjectMissingError:
            return False
        return True

    def size(self) -> int:
        """Return its length."""
        try:
            return self._bucket.size(self._name)
        except ObjectMissingError:
            raise BackupRefusedError(f"{self._bucket.place}/{self._name} is not there") from None

    def read(self, start: int, end: int) -> bytes:
        """Return bytes of it."""
        try:
            return self._bucket.read(self._name, start, end)
        except ObjectMissingError:
            return b""

    @contextlib.contextmanager
    def drafted(self) -> Iterator[Path]:
        """Give a path in the scratch folder."""
        with tempfile.TemporaryDirectory(prefix="axis-backup-", dir=self._scratch) as folder:
            self._draft = Path(folder) / "archive"
            try:
                yield self._draft
            finally:
                if self._is_put:
                    self._bucket.remove([self._name])

    def put(self) -> None:
        """Store the draft under the object's name."""
        self._bucket.put(self._name, _LocalFile(self._draft))
        self._is_put = True

    def confirm(self) -> None:
        """Let the object stay."""
        self._is_put = False


def open_place(named: str, scratch: Path) -> Place:
    """Open the place that a path or a URL names; `scratch`: a folder for what is made on the way.

    Raises:
        BackupRefusedError, SettingInvalidError: when it names none.

    """
    return ObjectPlace(named, scratch) if "://" in named else FilePlace(Path(named))


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, written to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
