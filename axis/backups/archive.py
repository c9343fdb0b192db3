"""A backup's file: a tar archive whose last part is a note about the rest, signed with the ledger's key.

The note holds the digest and the length of all bytes before it, so that one that was cut short or altered is
found by reading it once. What the parts hold is in `axis.backups.backup`.
"""

import hashlib
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Final

from signing.errors import SigningError
from signing.notes import MAX_NOTE_BYTES, NoteNotTrusted, NoteSigner, VerifierKey, open_note

HEADER: Final = "axis backup v1"
SIGNED: Final = "SIGNED"
"""The name of the note's part."""
PIECE_BYTES: Final = 1024 * 1024
MODE: Final = 0o600
BLOCK: Final = tarfile.BLOCKSIZE
END: Final = b"\0" * 2 * BLOCK

ReadRange = Callable[[int, int], bytes]
"""Returns the bytes from a place up to but not including another; fewer where the file ends before."""


class BackupRefusedError(Exception):
    """The file is no whole backup, or not one of this hub and this version; the message says why."""


@dataclass(frozen=True, slots=True)
class Part:
    """Where a part's bytes lie in the file."""

    start: int
    size: int


class ArchiveWriter:
    """Writes the parts one after the other, then the signed note."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._size = 0

    def add(self, name: str, size: int, pieces: Iterable[bytes]) -> None:
        """Add a part of so many bytes. Raises `BackupRefusedError` when there are more or fewer."""
        self._write(_header(name, size))
        written = 0
        for piece in pieces:
            self._write(piece)
            written += len(piece)
        if written != size:
            raise BackupRefusedError(f"{name} has {written} bytes and not {size}")
        self._write(_padding(size))

    def close(self, signer: NoteSigner) -> None:
        """Sign what was written, and end the archive."""
        note = signer.sign(_sums(self._digest.hexdigest(), self._size)).encode()
        self._write(_header(SIGNED, len(note)) + note + _padding(len(note)) + END)

    def _write(self, piece: bytes) -> None:
        self._file.write(piece)
        self._digest.update(piece)
        self._size += len(piece)


def read_archive(read: ReadRange, size: int, keys: Sequence[VerifierKey]) -> Mapping[str, Part]:
    """Read an archive of `size` bytes once from end to end; return its parts, if one of the keys signed it.

    Raises:
        BackupRefusedError: when it was cut short or altered, or none of the keys signed it.

    """
    parts: dict[str, Part] = {}
    digest = hashlib.sha256()
    at = 0
    while True:
        header = read(at, at + BLOCK)
        name, length = _read_header(header)
        start = at + BLOCK
        if name == SIGNED:
            break
        digest.update(header)
        parts[name] = Part(start, length)
        at = start + length + len(_padding(length))
        if at > size:
            raise BackupRefusedError("the backup was cut short")
        for piece in pieces_of(read, start, at):
            digest.update(piece)
    if length > MAX_NOTE_BYTES:
        raise BackupRefusedError("the backup was altered: its note is too long")
    note = read(start, start + length)
    expected = header + note + _padding(length) + END
    if read(at, at + len(expected)) != expected or at + len(expected) != size:
        raise BackupRefusedError("the backup was cut short, or something was added to it")
    if header != _header(SIGNED, length) or _signed_text(note, keys) != _sums(digest.hexdigest(), at):
        raise BackupRefusedError("the backup was altered: its bytes are not those that were signed")
    return parts


def first_part(read: ReadRange, name: str, most: int) -> Part:
    """Return where the first part lies, which has this name. Nothing of it is checked.

    Raises:
        BackupRefusedError: when there is none, or it has more than `most` bytes.

    """
    found, size = _read_header(read(0, BLOCK))
    if found != name or size > most:
        raise BackupRefusedError("this is no backup, or it was cut short or altered")
    return Part(BLOCK, size)


def pieces_of(read: ReadRange, start: int, end: int) -> Iterator[bytes]:
    """Yield bytes of the file a piece at a time. Raises `BackupRefusedError` where there are fewer."""
    for begin in range(start, end, PIECE_BYTES):
        until = min(begin + PIECE_BYTES, end)
        piece = read(begin, until)
        if len(piece) != until - begin:
            raise BackupRefusedError("the backup was cut short")
        yield piece


def _signed_text(note: bytes, keys: Sequence[VerifierKey]) -> str:
    for key in keys:
        try:
            return open_note(note.decode(), key)
        except NoteNotTrusted:
            continue
        except (SigningError, UnicodeDecodeError):
            raise BackupRefusedError("the backup was altered: its note cannot be read") from None
    raise BackupRefusedError(f"the backup is of another hub, or was altered: {keys[0].name} did not sign it")


def _sums(sha256: str, size: int) -> str:
    return f"{HEADER}\n{sha256}\n{size}\n"


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, MODE
    return info.tobuf(tarfile.GNU_FORMAT)


def _read_header(block: bytes) -> tuple[str, int]:
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    except (tarfile.HeaderError, UnicodeDecodeError, ValueError):
        raise BackupRefusedError("this is no backup, or it was cut short or altered") from None
    if info.size < 0:
        raise BackupRefusedError("the backup was altered: a part has no size")
    return info.name, info.size


def _padding(size: int) -> bytes:
    return b"\0" * (-size % BLOCK)
