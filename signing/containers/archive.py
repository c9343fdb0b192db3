"""Reads ZIP archives, and refuses those in which two readers could see different files.

PKWARE APPNOTE 6.3; stored and deflated files, ZIP64, without encryption.
"""

import re
import stat
import struct
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from signing.errors import UnreadableSignature

# The format says everything twice: at each file, and in a directory at the end. Programs differ in which they
# use, in what they do with a name that comes twice, and in where they look for the directory. So an archive
# is read if both agree and every byte belongs to a file or to the directory.

__all__ = ["Archive", "Entry", "read_archive"]

MAX_ENTRIES: Final = 4_096
"""A text document has some twenty files, a container of a tender some hundred; each costs some 10 µs."""
MAX_UNPACKED_BYTES: Final = 80 * 1024 * 1024
"""All files together: deflate makes 1,000 bytes of one, and a worker has 256 MiB beside the file itself."""
MAX_NAME_BYTES: Final = 1_024

_LOCAL: Final = struct.Struct("<4s5H3I2H")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_END: Final = struct.Struct("<4s4H2IH")
_END_64: Final = struct.Struct("<4sQ2H2I4Q")
_LOCATOR: Final = struct.Struct("<4sIQI")
_EXTRA: Final = struct.Struct("<2H")

_ENCRYPTED: Final = 0x2041
"""The file itself, by strong encryption, or the directory."""
_DESCRIBED: Final = 0x0008
"""Sizes and checksum follow the file."""
_UTF8: Final = 0x0800
_SAME_FLAGS: Final = 0xFFFF ^ _DESCRIBED ^ 0x0006
"""The flags that must agree. The two bits about compression effort have no meaning."""
_STORED, _DEFLATED = 0, 8
_FULL_16, _FULL_32 = 0xFFFF, 0xFFFFFFFF
_ZIP64_EXTRA, _UNICODE_PATH_EXTRA, _UNICODE_COMMENT_EXTRA = 0x0001, 0x7075, 0x6375
_DOS_FOLDER: Final = 0x10
_SPACES_AROUND: Final = re.compile(r"(?:^|/)\s|[\s.](?:/|$)")
"""Windows removes these from a name, and finds another file."""


class Entry(NamedTuple):
    """A file of an archive."""

    data: bytes
    is_damaged: bool
    """Whether its data differ from its checksum or length; `data` is what could be read."""


class Archive(NamedTuple):
    """The files of an archive by their names, in the order they lie in."""

    entries: Mapping[str, Entry]
    comments: tuple[bytes, ...]
    """The archive's own, and those of its files; archive programs show both."""
    empty_folders: tuple[str, ...]
    """Folders that no file lies in: nothing but a name, which is shown. Others are left out."""


class _Listed(NamedTuple):
    """A file as the directory lists it."""

    raw_name: bytes
    name: str
    needs: int
    flags: int
    method: int
    moment: tuple[int, int]
    checksum: int
    packed: int
    unpacked: int
    at: int
    comment: bytes


def read_archive(data: bytes) -> Archive:
    """Read all files of an archive. Raises `UnreadableSignature`."""
    start, end, count, comment = _directory(data)
    if count > MAX_ENTRIES:
        raise UnreadableSignature(reason="container-too-many", found=count, limit=MAX_ENTRIES)
    listed = sorted(_listed(data, start, end, count), key=lambda each: each.at)
    _refuse_alike(listed)
    unpacked = sum(each.unpacked for each in listed)
    if unpacked > MAX_UNPACKED_BYTES:
        raise UnreadableSignature(reason="container-too-large", found=unpacked, limit=MAX_UNPACKED_BYTES)
    entries, at = {}, 0
    for place, each in enumerate(listed):
        stop = listed[place + 1].at if place + 1 < len(listed) else start
        if each.at != at:
            raise _ambiguous("gap")
        begin = _begin(data, each)
        _check_end(data, each, begin + each.packed, stop)
        at = stop
        if not each.name.endswith("/"):
            entries[each.name] = _unpacked(data[begin : begin + each.packed], each)
        elif each.unpacked:
            raise _ambiguous("folder")
    if at != start:
        raise _ambiguous("gap")
    comments = [comment, *(each.comment for each in listed)]
    above = {folder for name in entries for folder in _above(name)}
    folders = [each.name for each in listed if each.name.endswith("/")]
    empty = tuple(each for each in folders if each.removesuffix("/") not in above)
    return Archive(entries, tuple(each for each in comments if each), empty)


def _ambiguous(found: str) -> UnreadableSignature:
    return UnreadableSignature(reason="container-ambiguous", found=found)


def _unpack_from(form: struct.Struct, data: bytes, at: int, signature: bytes) -> tuple[int, ...]:
    """Read a record; gives its fields without the signature that it has to begin with."""
    if not 0 <= at <= len(data) - form.size:
        raise _ambiguous("record")
    first, *fields = form.unpack_from(data, at)
    if first != signature:
        raise _ambiguous("record")
    return tuple(fields)


def _directory(data: bytes) -> tuple[int, int, int, bytes]:
    """Find where the directory begins and ends, how many files it lists, and the archive's comment."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - _END.size - _FULL_16))
    disk, first_disk, here, count, size, start, length = _unpack_from(_END, data, at, b"PK\x05\x06")
    comment = data[at + _END.size :]
    if len(comment) != length or disk or first_disk or here != count:
        raise _ambiguous("end")
    end = at
    if data[max(0, at - _LOCATOR.size) : at].startswith(b"PK\x06\x07"):
        _, end, _ = _unpack_from(_LOCATOR, data, at - _LOCATOR.size, b"PK\x06\x07")
        if at - _LOCATOR.size - end != _END_64.size:
            raise _ambiguous("end")
        fields = _unpack_from(_END_64, data, end, b"PK\x06\x06")
        here, whole, size_64, start_64 = fields[5:]
        wanted = ((count, _FULL_16, whole), (size, _FULL_32, size_64), (start, _FULL_32, start_64))
        if here != whole or fields[0] != _END_64.size - 12 or fields[3] or fields[4]:
            raise _ambiguous("end")
        if any(short not in {full, long} for short, full, long in wanted):
            raise _ambiguous("end")
        count, size, start = whole, size_64, start_64
    if start + size != end:
        raise _ambiguous("bytes before or behind")
    return start, end, count, comment


def _listed(data: bytes, at: int, end: int, count: int) -> Iterator[_Listed]:
    for _ in range(count):
        fields = _unpack_from(_CENTRAL, data, at, b"PK\x01\x02")
        _, needs, flags, method, time, day, checksum, packed, unpacked = fields[:9]
        name_length, extra_length, comment_length, disk, _, attributes, offset = fields[9:]
        at += _CENTRAL.size
        raw_name, at = data[at : at + name_length], at + name_length
        extra, at = data[at : at + extra_length], at + extra_length
        comment, at = data[at : at + comment_length], at + comment_length
        if flags & _ENCRYPTED:
            raise UnreadableSignature(reason="container-encrypted")
        if method not in {_STORED, _DEFLATED}:
            raise UnreadableSignature(reason="container-method", found=method)
        if disk or at > end:
            raise _ambiguous("record")
        _refuse_other_than_file(raw_name, attributes)
        unpacked, packed, offset = _long(extra, [unpacked, packed, offset])
        name = _name(raw_name, flags, extra)
        moment = (time, day)
        comment += b"".join(value for kind, value in _extras(extra) if kind == _UNICODE_COMMENT_EXTRA)
        yield _Listed(
            raw_name, name, needs, flags, method, moment, checksum, packed, unpacked, offset, comment
        )
    if at != end:
        raise _ambiguous("record")


def _refuse_other_than_file(raw_name: bytes, attributes: int) -> None:
    """Refuse links, devices and the like, and files that some programs take for folders.

    The system that the archive names is ignored, since programs differ in using it.
    """
    is_folder = raw_name.endswith(b"/")
    kind = stat.S_IFMT(attributes >> 16)
    if kind not in {0, stat.S_IFDIR if is_folder else stat.S_IFREG}:
        raise _ambiguous("link")
    if attributes & _DOS_FOLDER and not is_folder:
        raise _ambiguous("folder")


def _extras(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """Return the extra fields. The rest at the end is padding, by which some writers align."""
    at = 0
    while at + _EXTRA.size <= len(extra):
        kind, length = _EXTRA.unpack_from(extra, at)
        yield kind, extra[at + _EXTRA.size : at + _EXTRA.size + length]
        at += _EXTRA.size + length


def _long(extra: bytes, fields: list[int]) -> list[int]:
    """Replace short values by those of ZIP64 where they say so."""
    found = [value for kind, value in _extras(extra) if kind == _ZIP64_EXTRA]
    if len(found) > 1:
        raise _ambiguous("record")
    rest = found[0] if found else b""
    values = []
    for value in fields:
        if value != _FULL_32:
            values.append(value)
            continue
        if len(rest) < 8:  # noqa: PLR2004 - the bytes of a long value
            raise _ambiguous("record")
        values.append(int.from_bytes(rest[:8], "little"))
        rest = rest[8:]
    return values


def _name(raw: bytes, flags: int, extra: bytes) -> str:
    """Decode a file's name, and refuse names that lead elsewhere or have several readings."""
    try:
        name = raw.decode()  # many writers leave the flag out that says so
    except UnicodeDecodeError:
        if flags & _UTF8:
            raise _ambiguous("name") from None
        name = raw.decode("cp437")
    for kind, value in _extras(extra):
        if kind == _UNICODE_PATH_EXTRA and value[5:] != name.encode():
            raise _ambiguous("name")
    parts = name.removesuffix("/").split("/")
    if (
        len(raw) > MAX_NAME_BYTES
        or any(part in {"", ".", ".."} for part in parts)
        or "\\" in name
        or ":" in name
        or not name.removesuffix("/").replace(" ", "_").isprintable()
        or _SPACES_AROUND.search(name)
    ):
        raise _ambiguous("name")
    return name


def _refuse_alike(listed: list[_Listed]) -> None:
    """Refuse names that some systems take for the same: by case, or by Unicode form."""
    names = [unicodedata.normalize("NFC", each.name).casefold().removesuffix("/") for each in listed]
    known = set(names)
    files = {name for name, each in zip(names, listed, strict=True) if not each.name.endswith("/")}
    if len(known) != len(names):
        raise _ambiguous("name twice")
    if any(above in files for name in names for above in _above(name)):
        raise _ambiguous("name twice")


def _above(name: str) -> Iterator[str]:
    """Return the folders above a file, none of which can be a file."""
    while "/" in name:
        name = name.rpartition("/")[0]
        yield name


def _begin(data: bytes, listed: _Listed) -> int:
    """Compare a file's own record with the directory's; return where its bytes begin."""
    fields = _unpack_from(_LOCAL, data, listed.at, b"PK\x03\x04")
    needs, flags, method, time, day, checksum, packed, unpacked, name_length, extra_length = fields
    at = listed.at + _LOCAL.size
    name, extra = data[at : at + name_length], data[at + name_length : at + name_length + extra_length]
    if (
        name != listed.raw_name
        or needs != listed.needs
        or (flags ^ listed.flags) & _SAME_FLAGS
        or method != listed.method
        or (time, day) != listed.moment
    ):
        raise _ambiguous("record")
    own = (checksum, *_long(extra, [unpacked, packed]))
    listed_so = (listed.checksum, listed.unpacked, listed.packed)
    if own != listed_so and not (flags & _DESCRIBED and own == (0, 0, 0)):
        raise _ambiguous("record")
    _name(name, flags, extra)
    return at + name_length + extra_length


def _check_end(data: bytes, listed: _Listed, at: int, stop: int) -> None:
    """Check that a file's bytes and their descriptor end exactly where the next record begins."""
    if at > stop:
        raise _ambiguous("gap")
    rest = data[at:stop]
    checksum = struct.pack("<I", listed.checksum)
    allowed = [checksum + struct.pack(form, listed.packed, listed.unpacked) for form in ("<2I", "<2Q")]
    if rest and not (listed.flags & _DESCRIBED and rest.removeprefix(b"PK\x07\x08") in allowed):
        raise _ambiguous("gap")


def _unpacked(packed: bytes, listed: _Listed) -> Entry:
    if listed.method == _STORED:
        return Entry(packed, len(packed) != listed.unpacked or zlib.crc32(packed) != listed.checksum)
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = stream.decompress(packed, listed.unpacked + 1)
    except zlib.error:
        return Entry(b"", is_damaged=True)
    is_whole = stream.eof and not stream.unused_data and not stream.unconsumed_tail
    return Entry(data, not is_whole or len(data) != listed.unpacked or zlib.crc32(data) != listed.checksum)
