"""Which attachments are looked into for signatures, and which are let be."""

import contextlib
import io

import pytest

from axis.trust.enclosures import PIECE_BYTES, Enclosure, covers, may_be_signed
from signing.conclusion import MANIFEST

XML = '<?xml version="1.0"?><a><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></a>'


def enclosure(content, name="a"):
    return Enclosure(name, len(content), lambda: contextlib.nullcontext(io.BytesIO(content)))


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7 /ByteRange [0 1 2 3]",
        b"junk before %PDF-1.7 /Type /Sig",
        b"%PDF-1.7" + b" " * (PIECE_BYTES + 1),
        XML.encode(),
        b"\xef\xbb\xbf \r\n" + XML.encode(),
        XML.encode("utf-16"),
        XML.encode("utf-16-be"),
    ],
)
def test_files_that_may_be_signed_are_looked_into(content):
    assert may_be_signed([enclosure(b"plain"), enclosure(content, "b")])


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7 plain", b"<a>plain</a>", b"/ByteRange in a letter", b"PK\x03"]
)
def test_files_that_cannot_be_are_let_be(content):
    assert not may_be_signed([enclosure(content)])


def test_signatures_beside_files_are_looked_into_by_name():
    assert may_be_signed([enclosure(b"x", "a.txt"), enclosure(b"y", "a.txt.p7s")])
    assert may_be_signed([enclosure(b"y", "a.p7m")])
    assert not may_be_signed([enclosure(b"y", "a.txt.p7s")])


def test_no_attachment_can_be_named_like_the_manifest():
    assert covers(MANIFEST) != MANIFEST
