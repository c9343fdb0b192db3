"""Containers and messages of the catalogue: what is right, and the same with one thing wrong."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from support import containers
from support.catalogue import PASSED
from support.containers import LETTER, asic_e, asic_s, pack


class ContainerExample(NamedTuple):
    """One file."""

    name: str
    expected: str
    format: str
    data: bytes
    why: str
    twin: str | None = None


HASH, PART, OPEN = "HASH_FAILURE", "SIG_CONSTRAINTS_FAILURE", "GENERIC"
_ROOT = 'document-signatures xmlns="urn:oasis:names:tc:opendocument:xmlns:digitalsignature:1.0"'
_TEXT = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<office></office>"}
_DOCUMENT = {**_TEXT, "META-INF/documentsignatures.xml": containers.xml_signature(_TEXT, _ROOT)}
_OFFICE = {"[Content_Types].xml": b"<Types/>", "_xmlsignatures/sig1.xml": b"<x/>", "word/document.xml": b""}


def _with(files: dict[str, bytes], name: str, data: bytes) -> bytes:
    return pack({**files, name: data})


CONTAINERS = (
    ContainerExample("good.asice", PASSED, "ASiC-E", pack(asic_e()), "every file is signed"),
    ContainerExample(
        "altered.asice", HASH, "ASiC-E", _with(asic_e(), LETTER, b"x"), "a file was replaced", "good.asice"
    ),
    ContainerExample(
        "added.asice", PART, "ASiC-E", _with(asic_e(), "new", b"x"), "a file was added", "good.asice"
    ),
    ContainerExample("behind.asice", OPEN, "ZIP", pack(asic_e()) + b"x", "bytes behind it", "good.asice"),
    ContainerExample("good.asics", PASSED, "ASiC-S", pack(asic_s()), "its file is signed"),
    ContainerExample(
        "altered.asics", HASH, "ASiC-S", _with(asic_s(), LETTER, b"x"), "its file was replaced", "good.asics"
    ),
    ContainerExample("good.odt", PASSED, "OpenDocument", pack(_DOCUMENT), "every file is signed"),
    ContainerExample(
        "altered.odt",
        HASH,
        "OpenDocument",
        _with(_DOCUMENT, "content.xml", b"<x></x>"),
        "altered",
        "good.odt",
    ),
    ContainerExample("signed.docx", OPEN, "Office Open XML", pack(_OFFICE), "named, not judged", "good.odt"),
)


def messages() -> Iterator[ContainerExample]:
    """Have openssl sign messages."""
    text = b"Content-Type: text/plain\r\n\r\nV/v\r\n"
    with tempfile.TemporaryDirectory() as name:
        signed = containers.mail(Path(name), text)
        opaque = containers.mail(Path(name), text, "-nodetach")
    altered = signed.replace(b"V/v", b"V/x")
    yield ContainerExample("good.eml", PASSED, "S/MIME", signed, "detached")
    yield ContainerExample("opaque.eml", PASSED, "S/MIME", opaque, "carries its text")
    yield ContainerExample("altered.eml", HASH, "S/MIME", altered, "another text", "good.eml")
    headed = b"Subject: V/x\n" + signed
    yield ContainerExample("subject.eml", PART, "S/MIME", headed, "a subject that nobody signed", "good.eml")
