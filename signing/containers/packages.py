"""Tells whether an Office Open XML package says that it is signed, and by which files.

A package names its signatures by relationships and content types (ECMA-376 part 2, *Digital Signatures*).
Unlike `signing.containers.archive` it is lenient, since it verifies no signature.
"""

import posixpath
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple
from urllib.parse import unquote

from signing.errors import UnreadableSignature
from signing.xmldsig.canonical_forms import parse
from signing.xmldsig.elements import Element
from signing.xmldsig.screening import screen

__all__ = ["Package", "read_package"]

MAX_PART_BYTES: Final = 4 * 1024 * 1024
"""A presentation of a thousand slides lists its parts in some 200 KB."""
MAX_FILES: Final = 65_535
"""As many as an archive lists without ZIP64; a large package has some thousand."""
MAX_ORIGINS: Final = 8
"""A package has one origin of signatures."""

_ROOT: Final = "_rels/.rels"
_TYPES: Final = "[content_types].xml"
_SIGNATURE_TYPE: Final = "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml"
_SPELLED: Final = tuple(
    each.encode(form)
    for each in ("digital-signature/", "digital-signature-xml")
    for form in ("ascii", "utf-16-le", "utf-16-be")
)
"""What stands in a part that says so and that we do not parse."""

_END: Final = struct.Struct("<4s8x2L2x")
_END_64: Final = struct.Struct("<4s36x2Q")
_CENTRAL: Final = struct.Struct("<4s4x2H8x2L3H8xL")
_LOCAL: Final = struct.Struct("<4s4xH16x2H")
_LONGEST_COMMENT: Final = 0xFFFF
_ENCRYPTED: Final = 0x0001
_STORED, _DEFLATED = 0, 8


class Package(NamedTuple):
    """What an archive says of itself as a package."""

    names: tuple[str, ...]
    """The names of its files, in lower case."""
    is_signed: bool


class _File(NamedTuple):
    """Where a file of the archive begins, and how it is packed."""

    at: int
    flags: int
    method: int
    packed: int
    unpacked: int
    """As the directory says, which nothing but a message rests on."""


def read_package(data: bytes) -> Package | None:
    """Read what an archive says of itself as a package; `None` where it is none.

    Raises `UnreadableSignature` where the files that tell whether it is signed are encrypted, damaged, packed
    in an unusual way, or larger than those of any package.
    """
    files = dict(_files(data))
    types, root = _part(data, files, _TYPES), _part(data, files, _ROOT)
    if types is None and root is None:
        return None
    is_signed = (types is not None and _has_type(types, files)) or (
        root is not None and _leads_to_signature(root, data, files)
    )
    return Package(tuple(files), is_signed)


def _has_type(types: "Element | bytes", files: Mapping[str, _File]) -> bool:
    """Tell whether a file has the content type of signatures: as its own, or by its ending."""
    if isinstance(types, bytes):
        return _spells(types)
    for each in types.iter("{*}Override", "{*}Default"):
        if each.get("ContentType", "").strip().lower().partition(";")[0] != _SIGNATURE_TYPE:
            continue
        ending = "." + each.get("Extension", "").lower()
        if each.get("PartName") is not None or any(name.endswith(ending) for name in files):
            return True
    return False


def _leads_to_signature(root: "Element | bytes", data: bytes, files: Mapping[str, _File]) -> bool:
    """Follow the relationships of the package to the origin of its signatures, and from there."""
    if _names_signature(root):  # without an origin, against the standard
        return True
    if isinstance(root, bytes):
        return False
    origins = dict.fromkeys(map(_file_name, _targets(root, "/digital-signature/origin")))
    for origin in list(origins)[:MAX_ORIGINS]:
        folder, name = posixpath.split(origin)
        found = _part(data, files, posixpath.join(folder, "_rels", f"{name}.rels"))
        if found is not None and _names_signature(found):
            return True
    return False


def _names_signature(relationships: "Element | bytes") -> bool:
    if isinstance(relationships, bytes):
        return _spells(relationships)
    return any(True for _ in _targets(relationships, "/digital-signature/signature"))


def _targets(relationships: Element, kind: str) -> Iterator[str]:
    """Return what the relationships of a kind lead to. The beginning of a kind differs between editions."""
    for each in relationships.iter("{*}Relationship"):
        if each.get("Type", "").strip().lower().endswith(kind):
            yield each.get("Target", "")


def _file_name(target: str) -> str:
    """Return the name of the file that a relationship of the package leads to, as `_files` gives it."""
    return posixpath.normpath(posixpath.join("/", unquote(target.strip()))).lstrip("/").lower()


def _spells(part: bytes) -> bool:
    return any(each in part for each in _SPELLED)


def _part(data: bytes, files: Mapping[str, _File], name: str) -> "Element | bytes | None":
    """Parse a file of the package; its bytes where that fails, `None` where it is not there."""
    pieces = sorted(each for each in files if each.startswith(f"{name}/["))  # as printers write one
    found = b"".join(_unpacked(data, each, files[each]) for each in (name, *pieces) if each in files)
    if not found:
        return None
    try:
        screen(found)
        return parse(found)
    except UnreadableSignature:
        return found


def _files(data: bytes) -> Iterator[tuple[str, _File]]:
    """List the files by the archive's directory, as far as it can be read."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - _END.size - _LONGEST_COMMENT))
    if not 0 <= end <= len(data) - _END.size:
        return
    _, size, start = _END.unpack_from(data, end)
    longer = data.rfind(b"PK\x06\x06", 0, end)
    if data[max(0, end - 20) : end].startswith(b"PK\x06\x07") and 0 <= longer <= end - _END_64.size:
        end = longer
        _, size, start = _END_64.unpack_from(data, end)
    at = end - size
    ahead = at - start  # bytes before the archive
    for _ in range(MAX_FILES):
        if not 0 <= at <= end - _CENTRAL.size:
            return
        signature, flags, method, packed, unpacked, *lengths, offset = _CENTRAL.unpack_from(data, at)
        if signature != b"PK\x01\x02":
            return
        named, extra, comment = lengths
        at += _CENTRAL.size
        name = data[at : at + named].decode("utf-8", errors="replace").replace("\\", "/").lstrip("/")
        yield name.lower(), _File(offset + ahead, flags, method, packed, unpacked)
        at += named + extra + comment


def _unpacked(data: bytes, name: str, file: _File) -> bytes:
    """Unpack a file. Raises `UnreadableSignature`."""
    if file.flags & _ENCRYPTED:
        raise UnreadableSignature(reason="container-encrypted")
    if file.method not in {_STORED, _DEFLATED}:
        raise UnreadableSignature(reason="container-method", found=file.method)
    if not 0 <= file.at <= len(data) - _LOCAL.size:
        raise UnreadableSignature(reason="container-damaged", found=name[:200])
    _, method, named, extra = _LOCAL.unpack_from(data, file.at)
    if method != file.method:
        raise UnreadableSignature(reason="container-ambiguous", found="record")
    begin = file.at + _LOCAL.size + named + extra
    found = data[begin : begin + min(file.packed, MAX_PART_BYTES + 1)]
    if file.method == _DEFLATED:
        try:
            found = zlib.decompressobj(-zlib.MAX_WBITS).decompress(found, MAX_PART_BYTES + 1)
        except zlib.error:
            raise UnreadableSignature(reason="container-damaged", found=name[:200]) from None
    if len(found) > MAX_PART_BYTES:
        size = max(len(found), file.unpacked)
        raise UnreadableSignature(reason="container-too-large", found=size, limit=MAX_PART_BYTES)
    return found
