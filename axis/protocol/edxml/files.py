"""Encodes and decodes the files of a message: base64, and the zip that the real client puts around most.

Sizes that an archive declares are not trusted. RFC 4648, white space aside; PKWARE's APPNOTE, by the standard
library.
"""

import binascii
import hashlib
import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

from axis.protocol.edxml.errors import AttachmentInvalid
from axis.protocol.edxml.limits import FREE_BYTES, MAX_RATIO, WRAPPED_BYTES
from axis.protocol.edxml.media_types import ZIP, extension, media_type_of

RAW: Final = frozenset({"pdf", "doc", "docx", "zip", "xsl", "xslx"})
"""The types that are sent without a zip. The last two are a slip of the real client, so real spreadsheets are
zipped."""
OCTETS: Final = "application/octet-stream"
_SPACES: Final = " \t\r\n"
_END: Final = b"PK\x05\x06"
_END_BYTES: Final = 22
_MAX_COMMENT: Final = 65_535
_MAX_DIRECTORY: Final = 1024
"""The most bytes of an archive's directory: room for one entry."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_ENCRYPTED: Final = 1
_UNREADABLE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    ValueError,
)
"""The errors that the standard library raises for broken archives."""


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a file in the message, for its faults."""

    line: int
    element: str

    def fault(self, code: str, found: str, expected: str) -> AttachmentInvalid:
        """Return the fault to raise."""
        return AttachmentInvalid(code, self.line, self.element, found, expected)


def decode(text: str, most: int, place: Place) -> bytes:
    """Return the bytes of a base64 text. Raises `AttachmentInvalid` when it is broken, or beyond `most`."""
    packed = text
    for space in _SPACES:  # splitting a text of spaces would take many times its size
        packed = packed.replace(space, "")
    if len(packed) // 4 * 3 - 2 > most:
        raise place.fault(
            "content-too-large", f"{len(packed)} characters of base64", f"at most {most} bytes left"
        )
    try:
        content = binascii.a2b_base64(packed, strict_mode=True)
    except ValueError as error:  # also for what is not ASCII
        raise place.fault("base64-broken", str(error), "base64 whole to its end") from None
    if len(content) > most:
        raise place.fault("content-too-large", f"{len(content)} bytes", f"at most {most} bytes left")
    return content


def unwrap(
    name: str, declared: str, content: bytes, most: int, place: Place, free: int = FREE_BYTES
) -> bytes | None:
    """Return the file inside the client's zip; None where there is no such zip.

    A zip around a file has one entry. The file's name is of a type that is not sent raw; or the declared type
    is a zip's, as for `A.PDF`, since the client compares names letter by letter. Raises `AttachmentInvalid`
    for one that cannot be opened, or has more than `most` bytes when unzipped, or a hundred times its size if
    that is more than `free`.
    """
    if not _may_be_wrapped(name, declared) or not content.startswith(b"PK\x03\x04"):
        return None
    if not _has_one_entry(content):
        return None
    allowed = min(most, max(free, MAX_RATIO * len(content)))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) != 1 or entries[0].filename.endswith("/"):
                return None
            entry = entries[0]
            if entry.flag_bits & _ENCRYPTED or entry.compress_type not in (
                zipfile.ZIP_STORED,
                zipfile.ZIP_DEFLATED,
            ):
                raise place.fault(
                    "zip-unreadable", "an encrypted or exotic zip", "a plain zip around one file"
                )
            if entry.file_size > allowed:
                raise place.fault(
                    "zip-bomb", f"{entry.file_size} bytes in {len(content)}", f"at most {allowed}"
                )
            with archive.open(entry) as opened:
                return opened.read(
                    entry.file_size or 1
                )  # without a number it unpacks all, whatever size is declared
    except _UNREADABLE as error:
        raise place.fault("zip-unreadable", str(error) or "a broken zip", "a zip that opens") from None


def _may_be_wrapped(name: str, declared: str) -> bool:
    kind = extension(name)
    if kind not in RAW:
        return True
    return kind != "zip" and declared.partition(";")[0].strip().lower() == ZIP


def _has_one_entry(content: bytes) -> bool:
    """Tell whether the archive has one entry, from its end alone, before its directory is read."""
    at = content.rfind(_END, max(0, len(content) - _END_BYTES - _MAX_COMMENT))
    if at < 0 or at + _END_BYTES > len(content):
        return False
    entries = int.from_bytes(content[at + 10 : at + 12], "little")
    directory = int.from_bytes(content[at + 12 : at + 16], "little")
    return entries == 1 and directory <= _MAX_DIRECTORY


def sent_type(name: str, content: bytes) -> str:
    """Return the type to declare for a file: that of the zip around it, if it gets one.

    A file that is sent without a zip is never declared a zip unless its name ends in `.zip`: readers would
    unwrap it.
    """
    kind = extension(name)
    if kind not in RAW:
        return ZIP
    found = media_type_of(name, content)
    return OCTETS if found == ZIP and kind != "zip" else found


def wrap(name: str, content: bytes) -> tuple[str, bytes]:
    """Return the declared type and the bytes to encode, as the real client makes them.

    The entry's name is derived from the content. The client's is random, and nobody reads it.
    """
    if extension(name) in RAW:
        return sent_type(name, content), content
    packed = io.BytesIO()
    entry = zipfile.ZipInfo(hashlib.sha256(content).hexdigest()[:32], _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(entry, content)
    squeezed = packed.getvalue()
    if len(content) > max(WRAPPED_BYTES, MAX_RATIO * len(squeezed)):  # our own reader would see a bomb
        entry.compress_type = zipfile.ZIP_STORED
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(entry, content)
        squeezed = packed.getvalue()
    return ZIP, squeezed


def encode(content: bytes) -> str:
    """Return base64 on one line."""
    return binascii.b2a_base64(content, newline=False).decode("ascii")
