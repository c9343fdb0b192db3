"""Which attachments are looked into for signatures, and which are let be."""

import contextlib
import io
import zipfile

import pytest
from support import containers, pdfs, pki, xml_signatures

from axis.judging import attachment_signatures
from axis.judging.attachment_signatures import PIECE_BYTES, Enclosure, covers, examine, may_be_signed
from axis.judging.workers import Workers
from signing.conclusion import MANIFEST, conclude
from signing.policy import DEFAULT
from signing.verdict_vocabulary import Indication, SubIndication

XML = '<?xml version="1.0"?><a><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></a>'


def enclosure(content, name="a"):
    return Enclosure(name, len(content), lambda: contextlib.nullcontext(io.BytesIO(content)))


def stored(files):
    return containers.pack(files, method=zipfile.ZIP_STORED)


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
        containers.pack(containers.asic_e()),
        containers.pack({"word/a.xml": b"", "_xmlsignatures/sig1.xml": b""}),
        b"Content-Type: multipart/signed; protocol=x\n\n",
        containers.cms(b"x"),
        b"-----BEGIN PGP SIGNATURE-----",
    ],
)
def test_files_that_may_be_signed_are_looked_into(content):
    assert may_be_signed([enclosure(b"plain"), enclosure(content, "b")])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7 plain",
        b"<a>plain</a>",
        b"/ByteRange in a letter",
        b"PK\x03",
        containers.pack({"word/document.xml": b""}),
        b"Content-Type: text/plain\n\nx",
    ],
)
def test_files_that_cannot_be_are_let_be(content):
    assert not may_be_signed([enclosure(content)])


def test_signatures_beside_files_are_looked_into_by_name():
    assert may_be_signed([enclosure(b"x", "a.txt"), enclosure(b"y", "a.txt.p7s")])
    assert may_be_signed([enclosure(b"y", "a.p7m")])
    assert not may_be_signed([enclosure(b"y", "a.txt.p7s")])


def test_no_attachment_can_be_named_like_the_manifest():
    assert covers(MANIFEST) != MANIFEST


@pytest.fixture(scope="module")
def workers():
    made = Workers(1)
    yield made
    made.close()


def verdicts_of(workers, *given):
    return examine(given, workers, pki.context())


def test_a_container_as_the_main_attachment_decides_where_the_manifest_is_not_signed(workers):
    good = enclosure(containers.pack(containers.asic_e()), "hồ sơ.asice")
    verdicts = verdicts_of(workers, good, enclosure(b"plain", "b"))
    decided = conclude(verdicts, DEFAULT, "", covers("hồ sơ.asice"))
    assert (decided.indication, decided.signed_by) == (Indication.TOTAL_PASSED, "organisation")
    added = enclosure(containers.pack({**containers.asic_e(), "new": b"x"}), "hồ sơ.asice")
    undecided = conclude(verdicts_of(workers, added), DEFAULT, "", covers("hồ sơ.asice"))
    assert (undecided.indication, undecided.signed_by) == (None, "none")
    assert undecided.signatures[0].sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE


def test_a_file_is_judged_once_by_what_it_is_and_a_detached_signature_over_its_file(workers):
    signature = enclosure(containers.cms(b"x"), "a.txt.p7s")
    assert [each.covers for each in verdicts_of(workers, enclosure(b"x", "a.txt"), signature)] == [
        covers("a.txt")
    ]
    (alone,) = verdicts_of(workers, signature)
    assert (alone.sub_indication, dict(alone.params)["reason"]) == (SubIndication.GENERIC, "no-content")
    (broken,) = verdicts_of(workers, enclosure(b"y", "a.p7m"))
    assert broken.sub_indication is SubIndication.FORMAT_FAILURE


def by_openssl(folder, *options):
    """A CMS, or a message, that carries a PDF."""
    return containers.mail(folder, pdfs.sample(), "-binary", "-nodetach", *options)


@pytest.mark.parametrize(
    ("form", "make"),
    [
        ("ASiC-E", lambda _: stored(containers.asic_e({"a.pdf": pdfs.sample()}))),
        ("ASiC-S", lambda _: stored(containers.asic_s("a.pdf", pdfs.signed_by_person()))),
        ("XMLDSig", lambda _: xml_signatures.sign(b"<letter>%PDF-1.7</letter>")),
        (
            "S/MIME",
            lambda folder: containers.mail(folder, b"Content-Type: text/plain\r\n\r\nSee %PDF-1.7\r\n"),
        ),
        ("CMS", lambda folder: by_openssl(folder, "-outform", "DER")),
        ("PAdES", lambda _: b"<" + pdfs.signed_by_person()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_signed_file_that_holds_a_pdf_near_its_beginning_is_not_taken_for_unsigned(
    workers, tmp_path, form, make
):
    (verdict,) = verdicts_of(workers, enclosure(make(tmp_path)))
    assert verdict.format == form
    is_passed = verdict.indication is Indication.TOTAL_PASSED
    assert is_passed == (form != "PAdES")  # whose byte ranges were moved by what was put before it


def test_an_archive_of_signed_files_is_not_itself_signed(workers):
    assert verdicts_of(workers, enclosure(stored({"a.pdf": pdfs.signed_by_person()}))) == []


@pytest.mark.parametrize(
    "content",
    [
        XML.encode(),
        containers.pack(containers.asic_e()),
        b"%PDF-1.7 /Sig",
        containers.cms(b"x"),
        b"MIME-Version: 1 pkcs7",
    ],
)
def test_what_is_too_large_to_be_read_is_undecided(workers, monkeypatch, content):
    monkeypatch.setattr(attachment_signatures, "EXAMINED_BYTES", 10)
    (verdict,) = verdicts_of(workers, enclosure(content))
    assert verdict.sub_indication is SubIndication.GENERIC
    assert "too-large" in dict(verdict.params)["reason"]
