"""Writes and reads the form of an evidence archive: a ZIP whose bytes follow from its parts.

Parts are stored uncompressed, in one order, with one date; an archive with other bytes in it is refused. What
the parts mean is in `axis.evidence.parts`. APPNOTE.TXT 6.3.10, sections 4.3 to 4.5.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Final

from axis.protocol.refused_characters import printable

MAX_PARTS: Final = 200_000
"""A document of 1,000 recipients has some ten thousand."""
MAX_NAME_BYTES: Final = 400
PIECE_BYTES: Final = 256 * 1024

_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<4sHHHHIIH")
_END_64: Final = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR_64: Final = struct.Struct("<4sIQI")
_IS_LOCAL, _IS_CENTRAL, _IS_END, _IS_END_64 = b"PK\3\4", b"PK\1\2", b"PK\5\6", b"PK\6\6"
_UTF8: Final = 0x0800
_ENCRYPTED: Final = 0x2041
_DATE: Final = 0x0021  # 1 January 1980, the first that there is
_UNIX: Final = 3 << 8
_PERMISSIONS: Final = 0o100644 << 16
_PLAIN, _LARGE = 20, 45
"""Versions needed to extract: plain, and with sizes of eight bytes."""
_MOST_32, _MOST_16 = 0xFFFF_FFFF, 0xFFFF


class NotAnArchive(Exception):
    """The file is no evidence archive; the message says why, after the file's name."""


class ArchiveAltered(Exception):
    """The archive is not as an axis writes it; the message says where and what was found."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A part as the archive names it."""

    name: str
    size: int
    crc32: int


@dataclass(frozen=True, slots=True)
class Found:
    """A part in an archive that was read, and where its bytes begin."""

    entry: Entry
    start: int


def local_header(entry: Entry) -> bytes:
    """Return what stands before a part's bytes."""
    name = entry.name.encode()
    is_large = entry.size >= _MOST_32
    extra = struct.pack("<HHQQ", 1, 16, entry.size, entry.size) if is_large else b""
    size = _MOST_32 if is_large else entry.size
    version = _LARGE if is_large else _PLAIN
    head = (_IS_LOCAL, version, _UTF8, 0, 0, _DATE, entry.crc32, size, size, len(name), len(extra))
    return _LOCAL.pack(*head) + name + extra


def directory_record(entry: Entry, offset: int) -> bytes:
    """Return a part's record in the directory; `offset` is where its local header begins."""
    name = entry.name.encode()
    large = [entry.size, entry.size] if entry.size >= _MOST_32 else []
    large += [offset] if offset >= _MOST_32 else []
    extra = struct.pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    version = _LARGE if large else _PLAIN
    size = min(entry.size, _MOST_32)
    head = (
        *(_IS_CENTRAL, _UNIX | version, version, _UTF8, 0, 0, _DATE, entry.crc32, size, size),
        *(len(name), len(extra), 0, 0, 0, _PERMISSIONS, min(offset, _MOST_32)),
    )
    return _CENTRAL.pack(*head) + name + extra


def directory(entries: Sequence[Entry]) -> Iterator[bytes]:
    """Yield what stands after the last part: a record for each, and the end."""
    begins = sum(len(local_header(entry)) + entry.size for entry in entries)
    offset = length = 0
    for entry in entries:
        record = directory_record(entry, offset)
        length += len(record)
        offset += len(local_header(entry)) + entry.size
        yield record
    count = len(entries)
    if max(begins, length) >= _MOST_32 or count >= _MOST_16:
        made = (_UNIX | _LARGE, _LARGE, 0, 0, count, count, length, begins)
        yield _END_64.pack(_IS_END_64, _END_64.size - 12, *made)
        yield _LOCATOR_64.pack(b"PK\6\7", 0, begins + length, 1)
    few = min(count, _MOST_16)
    yield _END.pack(_IS_END, 0, 0, few, few, min(length, _MOST_32), min(begins, _MOST_32), 0)


def archive_size(entries: Sequence[Entry]) -> int:
    """Return how many bytes the archive of these parts has."""
    parts = sum(len(local_header(entry)) + entry.size for entry in entries)
    return parts + sum(map(len, directory(entries)))


def read_archive(file: IO[bytes], first: str, start: int = 0, size: int | None = None) -> list[Found]:
    """Find the parts of an archive that begins at `start`, and check every byte that is not a part's own.

    `first` is the name of the part that every such archive begins with. `size` is the archive's, by default
    up to the end of the file. The file must be seekable; nothing is unpacked.

    Raises:
        NotAnArchive: when it does not begin as an archive of ours.
        ArchiveAltered: when it begins so and does not go on so.

    """
    end = file.seek(0, 2) if size is None else start + size
    found: list[Found] = []
    at = start
    while True:
        file.seek(at)
        head = file.read(min(_LOCAL.size, end - at))
        if found and not head.startswith(_IS_LOCAL):
            break
        entry, length = _read_header(file, head, at, first=None if found else first)
        if at + length + entry.size > end:
            raise _fault(at, f"{_shown(entry.name)} is cut short", is_first=not found)
        found.append(Found(entry, at + length))
        if len(found) > MAX_PARTS:
            raise ArchiveAltered(f"it has more than {MAX_PARTS} parts")
        at += length + entry.size
    _check_directory(file, [each.entry for each in found], at, end)
    return found


def pieces_of(file: IO[bytes], found: Found) -> Iterator[bytes]:
    """Yield a part's bytes, a piece at a time."""
    at, end = found.start, found.start + found.entry.size
    while at < end:
        file.seek(at)
        piece = file.read(min(PIECE_BYTES, end - at))
        if not piece:
            return
        at += len(piece)
        yield piece


def _read_header(file: IO[bytes], head: bytes, at: int, first: str | None) -> tuple[Entry, int]:
    """Read one local header; return the part and the header's length."""
    is_first = first is not None
    if is_first and not head.startswith(b"PK"):
        raise NotAnArchive("it is no ZIP archive")
    if len(head) < _LOCAL.size or not head.startswith(_IS_LOCAL):
        raise _fault(at, "it ends or goes on within a header", is_first=is_first)
    _, version, flags, method, _, _, crc32, size, _, name_bytes, extra_bytes = _LOCAL.unpack(head)
    if name_bytes > MAX_NAME_BYTES or extra_bytes > 20:  # noqa: PLR2004 - two sizes of eight bytes, and what they are
        raise _fault(at, f"a name of {name_bytes} bytes and {extra_bytes} more", is_first=is_first)
    rest = file.read(name_bytes + extra_bytes)
    name = rest[:name_bytes].decode(errors="replace")
    if is_first and name != first:
        raise NotAnArchive(f"its first part is {_shown(name)} and not {first}")
    if flags & _ENCRYPTED:
        raise _fault(at, f"{_shown(name)} is encrypted", is_first=is_first)
    if method:
        raise _fault(at, f"{_shown(name)} is compressed", is_first=is_first)
    if version == _LARGE and extra_bytes == 20:  # noqa: PLR2004 - as above
        size = struct.unpack_from("<Q", rest, name_bytes + 4)[0]
    entry = Entry(name, size, crc32)
    if "�" in name or head + rest != local_header(entry):
        raise _fault(at, f"the header of {_shown(name)} is another than an axis writes", is_first=is_first)
    return entry, len(head) + len(rest)


def _fault(at: int, found: str, *, is_first: bool) -> Exception:
    if is_first:
        return NotAnArchive(f"at byte {at}: {found}")
    return ArchiveAltered(f"the archive's structure, at byte {at}: {found}")


def _check_directory(file: IO[bytes], entries: Sequence[Entry], at: int, end: int) -> None:
    """Compare what follows the last part with the directory that these parts have."""
    names = iter(entries)
    for expected in directory(entries):
        entry = next(names, None)
        whose = "its end" if entry is None else f"its record of {_shown(entry.name)}"
        file.seek(at)
        found = file.read(max(0, min(len(expected), end - at)))
        if entry is entries[0] and not found.startswith(_IS_CENTRAL):
            last = _shown(entries[-1].name)
            raise ArchiveAltered(f"at byte {at}, after {last}, neither a part nor the directory begins")
        if found != expected:
            place = next(
                (n for n, (a, b) in enumerate(zip(found, expected, strict=False)) if a != b), len(found)
            )
            raise ArchiveAltered(f"the archive's directory, at byte {at + place}: {whose} is another")
        at += len(expected)
    if at != end:
        raise ArchiveAltered(f"the archive goes on for {end - at} bytes after its end, at byte {at}")


def _shown(name: str) -> str:
    return printable(name) if name.strip() else "a part without a name"
