"""How a file begins tells what signed file it may be, whatever it is called."""

import base64

import pytest
from support.containers import TEXT, asic_e, cms, pack

from signing.file_kinds import HEAD_BYTES, FileKind, holds_marks, kinds_of

CMS = cms(TEXT)
PEM = b"-----BEGIN PKCS7-----\n" + base64.encodebytes(CMS) + b"-----END PKCS7-----\n"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"junk %PDF-1.7", FileKind.PDF),
        (b"\xef\xbb\xbf\n<a/>", FileKind.XML),
        ("<a/>".encode("utf-16"), FileKind.XML),
        (CMS, FileKind.CMS),
        (PEM, FileKind.CMS),
        (base64.b64encode(CMS), FileKind.CMS),
        (base64.encodebytes(CMS), FileKind.CMS),
        (b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80", FileKind.CMS),
        (pack(asic_e()), FileKind.ARCHIVE),
        (b"MZ" + pack(asic_e()), FileKind.ARCHIVE),
        (b"MIME-Version: 1.0\n\n", FileKind.MESSAGE),
        (b"From a@b Mon\nReceived: x\n", FileKind.MESSAGE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind.OLE),
        (b"-----BEGIN PGP SIGNED MESSAGE-----", FileKind.PGP),
        (b"\x89\x01\x33\x04\x00\x01\x08", FileKind.PGP),
        (b"-----BEGIN SSH SIGNATURE-----", FileKind.SSH),
        (b"eyJhbGciOiJFUzI1NiJ9.e30.x", FileKind.JWS),
        (b'{"payload": ""}', FileKind.JSON),
        (b"", None),
        (b"V/v", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"\xff\xd8\xff\xe0", None),
        (b"MII, a list\n", None),
    ],
)
def test_the_kind_is_told_by_the_first_bytes(data, kind):
    assert next(iter(kinds_of(data[:HEAD_BYTES])), None) is kind


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        (b"PK\3\4 %PDF-1.7", (FileKind.ARCHIVE,)),
        (b"<a>%PDF-1.7</a>", (FileKind.XML, FileKind.PDF)),
        (b"Subject: %PDF-1.7\n", (FileKind.MESSAGE, FileKind.PDF)),
        (b"%PDF-1.7 PK\3\4", (FileKind.PDF, FileKind.ARCHIVE)),
        (b"{} PK\3\4", (FileKind.JSON, FileKind.ARCHIVE)),
        (CMS[:60] + b"%PDF-1.7", (FileKind.CMS, FileKind.PDF)),
    ],
)
def test_a_file_that_holds_another_near_its_beginning_may_be_either(data, kinds):
    assert kinds_of(data[:HEAD_BYTES]) == kinds


def test_a_kind_without_marks_may_always_be_signed():
    assert holds_marks(FileKind.CMS, b"")
    assert not holds_marks(FileKind.ARCHIVE, b"word/document.xml")
    assert holds_marks(FileKind.ARCHIVE, b"_XMLSignatures/sig1.xml")
    assert holds_marks(FileKind.MESSAGE, b"Content-Type: Application/PKCS7-MIME")
