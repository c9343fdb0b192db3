"""The signatures that a document's attachments carry: found by first bytes and names, read and judged.

PDF and XML signatures, detached `name.p7s` beside `name`, and `name.p7m`, which carries what it signs.
What an attachment claims to be is not asked. PDF and XML are taken apart in workers that can be killed; the
verdicts come from the one procedure of `signing.verify`. None of this refuses a document by itself.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, Any, Final, TypeVar

from axis.trust.workers import StoppedError, Workers
from signing.content import Content
from signing.pairing import Pairing, pair
from signing.verdict import SignatureVerdict
from signing.verify import verify_signatures

T = TypeVar("T")

EXAMINED_BYTES: Final = 50 * 1024 * 1024
"""The largest PDF or XML file whose signatures are read: what the real axis takes at the most. A worker holds
the file and what it makes of it; larger files are reported as not examined."""
HEAD_BYTES: Final = 1024
"""Where a PDF must have said that it is one (ISO 32000-1, annex H.3.4.1)."""
PIECE_BYTES: Final = 1024 * 1024
DIGESTS: Final = ("sha256", "sha384", "sha512")
"""Taken of a file that has a detached signature; others are no policy's."""

_PDF: Final = b"%PDF-"
_PDF_MARKS: Final = (b"/ByteRange", b"/Sig")
_XML_MARKS: Final = tuple(
    "http://www.w3.org/2000/09/xmldsig#".encode(each) for each in ("ascii", "utf-16-le", "utf-16-be")
)
"""What stands in clear in every signed file of these kinds; others need not be taken apart."""
_BEFORE_XML: Final = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
"""Byte order marks, white space, and the upper half of both in UTF-16."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """An attachment as its signatures are looked for: its name, and its bytes when they are asked for."""

    name: str
    size: int
    open: Callable[[], AbstractContextManager[IO[bytes]]]
    """Gives the bytes from their start, to one reader at a time."""


def covers(name: str) -> str:
    """Return how verdicts name what they cover: no attachment can pass for the manifest."""
    return f"attachment:{name}"


def may_be_signed(enclosures: Sequence[Enclosure]) -> bool:
    """Tell whether any attachment has to be looked into; quick, and true too often rather than not."""
    pairing = pair([enclosure.name for enclosure in enclosures])
    if pairing.pairs or pairing.encapsulated:
        return True
    for enclosure in enclosures:
        marks = _marks_of(enclosure)
        if marks and (enclosure.size > PIECE_BYTES or _holds(enclosure, marks)):
            return True
    return False


def examine(
    enclosures: Sequence[Enclosure], workers: Workers, case: Mapping[str, Any]
) -> list[SignatureVerdict]:
    """Judge every signature that the attachments carry, in their order.

    `case`: the arguments that `verify_signatures`, `judge_pdf` and `judge_xml` share.
    """
    by_name = {enclosure.name: enclosure for enclosure in enclosures}
    pairing = pair(list(by_name))
    verdicts: list[SignatureVerdict] = []
    for enclosure in enclosures:
        verdicts += _embedded(enclosure, workers, case)
        verdicts += _beside(enclosure, by_name, pairing, case)
    return verdicts


def _embedded(
    enclosure: Enclosure, workers: Workers, case: Mapping[str, Any]
) -> tuple[SignatureVerdict, ...]:
    """Judge what a PDF or XML file carries in itself."""
    marks = _marks_of(enclosure)
    if not marks or not _holds(enclosure, marks):
        return ()
    judge = _judge_pdf if marks == _PDF_MARKS else _judge_xml
    return judge(enclosure, workers, case)


def _judge_pdf(
    enclosure: Enclosure, workers: Workers, case: Mapping[str, Any]
) -> tuple[SignatureVerdict, ...]:
    # Loaded when the first such file comes: half a second that a hub's start need not spend.
    from signing.pades import PdfSignatures, judge_pdf, read_pdf  # noqa: PLC0415 - see above
    from signing.pades.findings import ABANDONED  # noqa: PLC0415 - see above

    limits = (("found", str(enclosure.size)), ("limit", str(EXAMINED_BYTES)))
    too_large = PdfSignatures(problem=(("reason", "pdf-too-large"), *limits), is_undecided=True)
    read = _read(enclosure, workers, read_pdf, too_large, ABANDONED)
    return judge_pdf(read, covers=covers(enclosure.name), **case)


def _judge_xml(
    enclosure: Enclosure, workers: Workers, case: Mapping[str, Any]
) -> tuple[SignatureVerdict, ...]:
    from signing.xmldsig.judging import judge_xml  # noqa: PLC0415 - as for PDF
    from signing.xmldsig.reading import (  # noqa: PLC0415 - as for PDF
        ABANDONED,
        XmlSignature,
        XmlSignatures,
        read_xml,
    )

    limits = (("found", str(enclosure.size)), ("limit", str(EXAMINED_BYTES)))
    too_large = XmlSignatures((XmlSignature(fault=(("reason", "too-large"), *limits)),))
    read = _read(enclosure, workers, read_xml, too_large, ABANDONED)
    return judge_xml(read, covers=covers(enclosure.name), **case)


def _beside(
    enclosure: Enclosure, by_name: Mapping[str, Enclosure], pairing: Pairing, case: Mapping[str, Any]
) -> Iterator[SignatureVerdict]:
    """Judge the detached signatures over a file, or the file if it is a signature with its content."""
    most = case["policy"].max_signature_bytes
    for signed, signature in pairing.pairs:
        if signed == enclosure.name:
            content = _digests(enclosure)
            yield from verify_signatures(
                _all(by_name[signature], most), content, covers=covers(signed), **case
            )
    if enclosure.name in pairing.encapsulated:
        yield from verify_signatures(_all(enclosure, most), None, covers=covers(enclosure.name), **case)


def _read(
    enclosure: Enclosure, workers: Workers, read: Callable[[bytes], T], too_large: T, abandoned: T
) -> T:
    if enclosure.size > EXAMINED_BYTES:
        return too_large
    try:
        return workers.run(read, _all(enclosure, EXAMINED_BYTES))
    except StoppedError:
        return abandoned


def _marks_of(enclosure: Enclosure) -> tuple[bytes, ...]:
    """Return what a file of this kind may hold if it is signed; nothing for other kinds."""
    with enclosure.open() as stream:
        head = stream.read(HEAD_BYTES)
    if _PDF in head:
        return _PDF_MARKS
    return _XML_MARKS if head.lstrip(_BEFORE_XML).startswith(b"<") else ()


def _holds(enclosure: Enclosure, marks: tuple[bytes, ...]) -> bool:
    """Look for the marks a piece at a time; pieces overlap, so that none is cut in two."""
    longest = max(map(len, marks))
    kept = b""
    with enclosure.open() as stream:
        while piece := stream.read(PIECE_BYTES):
            window = kept + piece
            if any(mark in window for mark in marks):
                return True
            kept = window[-longest:]
    return False


def _all(enclosure: Enclosure, most: int) -> bytes:
    """Return the bytes, up to one past `most`: enough for the reader to say that there are too many."""
    with enclosure.open() as stream:
        return stream.read(most + 1)


def _digests(enclosure: Enclosure) -> Content:
    """Take the digests that a detached signature over the file may name."""
    hashes = {name: hashlib.new(name) for name in DIGESTS}
    first = b""
    with enclosure.open() as stream:
        while piece := stream.read(PIECE_BYTES):
            first = first or piece[:1]
            for each in hashes.values():
                each.update(piece)
    return Content(None, {name: each.digest() for name, each in hashes.items()}, first)
