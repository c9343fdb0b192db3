"""Tells the kind of a signed file, by its first bytes and by marks that a signed file must have.

It is quick, and may name a kind that the file's reader (`signing.file_formats`) then does not confirm.
"""

import base64
import binascii
import re
from enum import StrEnum
from types import MappingProxyType
from typing import Final

__all__ = ["HEAD_BYTES", "LONGEST_MARK", "FileKind", "cms_type", "holds_marks", "kinds_of", "pdf_names"]

HEAD_BYTES: Final = 1024
"""How far into a file the mark of a PDF may be (ISO 32000-1, annex H.3.4.1). Others have theirs at the
start."""
LONGEST_MARK: Final = 80
"""The least overlap of pieces of a file that are searched one by one."""


class FileKind(StrEnum):
    """A kind of file that may be signed."""

    PDF = "pdf"
    XML = "xml"
    CMS = "cms"
    """In DER, BER, PEM, or base64 alone."""
    ARCHIVE = "archive"
    """ZIP: ASiC, OpenDocument, Office Open XML and others."""
    MESSAGE = "message"
    """E-mail, or any entity of MIME."""
    OLE = "ole"
    """Compound files: the older formats of Microsoft Office."""
    PGP = "pgp"
    SSH = "ssh"
    JWS = "jws"
    JSON = "json"


_BEFORE_TEXT: Final = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
"""Byte order marks, white space, and the upper half of both in UTF-16."""
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCAL_HEADER: Final = b"PK\x03\x04"
_CMS: Final = re.compile(
    rb"\x30(?:\x80|[\x00-\x7f]|\x81.|\x82..|\x83...|\x84....)"
    rb"\x06(?:\x09\x2a\x86\x48\x86\xf7\x0d\x01(\x07[\x02-\x06])|"
    rb"\x0b\x2a\x86\x48\x86\xf7\x0d\x01(\x09\x10\x01[\x02\x09\x17]))",
    re.DOTALL,
)
"""A ContentInfo of any type of RFC 5652, RFC 5083 or RFC 3274."""
_CMS_TYPES: Final = MappingProxyType(
    {
        b"\x07\x03": "EnvelopedData",
        b"\x07\x04": "SignedAndEnvelopedData",
        b"\x07\x05": "DigestedData",
        b"\x07\x06": "EncryptedData",
        b"\x09\x10\x01\x02": "AuthenticatedData",
        b"\x09\x10\x01\x09": "CompressedData",
        b"\x09\x10\x01\x17": "AuthEnvelopedData",
    }
)
_PGP: Final = (
    # Armoured, or one signature packet of an old form (RFC 9580 §4.2, §5.2) and nothing else.
    rb"-----BEGIN PGP (?:SIGNED MESSAGE|SIGNATURE|MESSAGE)|(?:\x88.|\x89..|\xc2[\x00-\xbf]|\xc2[\xc0-\xdf].)"
    rb"(?:[\x04-\x06][\x00-\x03\x10-\x13\x18-\x1f\x40\x50][\x01-\x1b][\x01-\x0e]|\x03\x05[\x00-\x03])"
)
_STARTS: Final = re.compile(
    rb"(?P<CMS>-----BEGIN (?:CMS|PKCS7|PKCS #7 SIGNED DATA)-----)"
    rb"|(?P<PGP>" + _PGP + rb")"
    rb"|(?P<SSH>-----BEGIN SSH SIGNATURE-----)"
    rb"|(?P<JSON>[{\[])"
    rb"|(?P<JWS>eyJ[A-Za-z0-9_-]+\.)"
    rb"|(?P<MESSAGE>From [^\r\n]*\r?\n[!-9;-~]{1,76}:|[!-9;-~]{1,76}[ \t]*:)",
    re.DOTALL,
)
"""How files of these kinds begin; each group has the name of its kind."""
_DS: Final = "http://www.w3.org/2000/09/xmldsig#"


def pdf_names(*names: bytes) -> re.Pattern[bytes]:
    """Match these names in a PDF, any of their letters written by number too (ISO 32000-2 §7.3.5)."""
    spelled = [b"".join(rb"(?:%c|#(?i:%02x))" % (letter, letter) for letter in name) for name in names]
    return re.compile(b"/(?:%s)" % b"|".join(spelled))


_PDF_NAMES: Final = pdf_names(b"ByteRange", b"Sig", b"Encrypt")
"""The first stands in every signature, which no compressed object can hold; the last in what says that a file
is encrypted, which hides whether it is signed."""
_MARKS: Final = MappingProxyType(
    {
        FileKind.XML: tuple(_DS.encode(each) for each in ("ascii", "utf-16-le", "utf-16-be")),
        FileKind.ARCHIVE: (
            b"_xmlsignatures",
            b"meta-inf/",
            b"digital-signature",
            b".psdsxs",
            b".signature.p7s",
            b"[content_types].xml",  # of Office Open XML, which may say in it that it is signed
            b"_rels/.rels",
        ),
        FileKind.MESSAGE: (b"pkcs7", b".p7m", b"multipart/signed", b"pgp-"),
        FileKind.OLE: tuple(
            each.encode("utf-16-le") for each in ("signatures", "digitalsignature", "encryptedpackage")
        ),
        FileKind.JSON: (b'"signature',),
    }
)
"""What stands in clear in every signed file of these kinds; others need not be taken apart.
PDF has the names above."""
_IN_ANY_CASE: Final = frozenset({FileKind.ARCHIVE, FileKind.MESSAGE, FileKind.OLE})


def cms_type(data: bytes) -> str:
    """Name the content type of a CMS in DER, BER, PEM or base64; `SignedData` too where it is none at all."""
    text = data[:HEAD_BYTES].lstrip(_BEFORE_TEXT)
    if text.startswith(b"-----BEGIN "):
        text = text.partition(b"\n")[2]
    match = _CMS.match(data) or _CMS.match(_decoded(text))
    return _CMS_TYPES.get((match[1] or match[2]) if match else b"", "SignedData")


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(text[:64].split())[:40], validate=True)
    except (binascii.Error, ValueError):
        return b""


def kinds_of(head: bytes) -> tuple[FileKind, ...]:
    """Return the kinds that a signed file may have, by its first `HEAD_BYTES`, the likeliest first.

    A PDF, or an archive, may begin behind other bytes. These may as well be a signed file that holds one; an
    archive holds files of any kind, and is nothing else.
    """
    found = _kind_at_start(head)
    if found is FileKind.ARCHIVE:
        return (found,)
    inside = ((FileKind.PDF, b"%PDF-"), (FileKind.ARCHIVE, _LOCAL_HEADER))
    kinds: list[FileKind] = [found] if found else []
    kinds += [kind for kind, mark in inside if mark in head]
    return tuple(dict.fromkeys(kinds))


def _kind_at_start(head: bytes) -> FileKind | None:
    if head.startswith(_LOCAL_HEADER):
        return FileKind.ARCHIVE
    if head.startswith(_OLE):
        return FileKind.OLE
    if _CMS.match(head):
        return FileKind.CMS
    text = head.lstrip(_BEFORE_TEXT)
    if text.startswith(b"<"):
        return FileKind.XML
    if text.startswith(b"MI") and _CMS.match(_decoded(text)):
        return FileKind.CMS
    start = _STARTS.match(text)
    return None if start is None or start.lastgroup is None else FileKind[start.lastgroup]


def holds_marks(kind: FileKind, piece: bytes) -> bool:
    """Tell whether a piece of a file has a mark that signed files of this kind have somewhere."""
    if kind is FileKind.PDF:
        return _PDF_NAMES.search(piece) is not None
    marks = _MARKS.get(kind)
    if marks is None:
        return True
    if kind in _IN_ANY_CASE:
        piece = piece.lower()
    return any(mark in piece for mark in marks)
