"""Writes a small PDF of an official document; the same words give the same bytes.

What is drawn can be read back; a line with letters that `signing.typeface` has not got has its text beside it
as `ActualText`. PDF 1.7 (ISO 32000-1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from random import Random

from signing.typeface import SCALE, font_objects, glyphs

_WIDTH, _HEIGHT = 595, 842  # A4 in points
_LEFT, _TOP, _BOTTOM = 72, 770, 60
_SCAN_WIDTH = 512  # pixels
_REGULAR, _BOLD = b"0 Tr", b".4 w 2 Tr"  # bold letters are the same ones with their outlines drawn, too


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text on the page."""

    text: str
    size: int = 12
    """In points."""
    bold: bool = False
    indent: int = 0
    """Distance from the left margin, in points."""
    starts_page: bool = False
    """Whether a new page begins with it; one does too where a page is full."""


def write_pdf(title: str, lines: Sequence[Line], *, day: str) -> bytes:
    """Write a PDF dated `day` (`2019-06-03`) with `lines` from top to bottom, on several pages if need be."""
    contents = [_content(own) for own in _pages(lines)]
    first = 3 + 2 * len(contents)
    fonts = b"<</Font<</F1 %d 0 R>>>>" % first
    return _document(title, [(content, fonts) for content in contents], font_objects(first), day)


def write_scan(title: str, size: int, *, day: str) -> bytes:
    """Write a one-page PDF of an image of some `size` bytes, as of a scanner; the title decides which."""
    height = max(1, size // _SCAN_WIDTH)
    grey = Random(title).randbytes(_SCAN_WIDTH * height)  # noqa: S311 - noise to be repeated
    image = (
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8"
        b"/Length %d>>stream\n%s\nendstream" % (_SCAN_WIDTH, height, len(grey), grey)
    )
    drawn = b"q %d 0 0 %d %d %d cm /I Do Q" % (_WIDTH - 2 * _LEFT, _TOP - _LEFT, _LEFT, _LEFT)
    return _document(title, [(drawn, b"<</XObject<</I 5 0 R>>>>")], [image], day)


def _document(
    title: str, pages: Sequence[tuple[bytes, bytes]], resources: Sequence[bytes], day: str
) -> bytes:
    """Put pages together: of each what is drawn, and the resources it names, numbered after the pages."""
    date = f"(D:{day.replace('-', '')}080000+07'00')".encode("ascii")
    title_text = _utf16(title)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/Lang(vi-VN)/ViewerPreferences<</DisplayDocTitle true>>>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>"
        % (b" ".join(b"%d 0 R" % (3 + 2 * place) for place in range(len(pages))), len(pages)),
    ]
    for place, (content, named) in enumerate(pages):
        objects += [
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents %d 0 R/Resources%s>>"
            % (_WIDTH, _HEIGHT, 4 + 2 * place, named),
            b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        ]
    objects += [
        *resources,
        b"<</Title%s/Producer(nodes)/CreationDate%s/ModDate%s>>" % (title_text, date, date),
    ]
    return _file(objects)


def _file(objects: Sequence[bytes]) -> bytes:
    """Join numbered objects, catalog first and information last, and add the cross-references."""
    parts = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"]
    position = len(parts[0])
    entries = [b"0000000000 65535 f \n"]
    for number, value in enumerate(objects, start=1):
        entries.append(b"%010d 00000 n \n" % position)
        part = b"%d 0 obj\n%s\nendobj\n" % (number, value)
        parts.append(part)
        position += len(part)
    identity = sha256(b"".join(parts)).hexdigest()[:32].encode("ascii")
    parts.append(b"xref\n0 %d\n%s" % (len(entries), b"".join(entries)))
    parts.append(
        b"trailer\n<</Size %d/Root 1 0 R/Info %d 0 R/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n"
        % (len(entries), len(objects), identity, identity, position)
    )
    return b"".join(parts)


def _pages(lines: Sequence[Line]) -> list[list[Line]]:
    """Divide lines into pages."""
    pages: list[list[Line]] = [[]]
    height = _TOP
    for line in lines:
        height -= int(line.size * 1.5)
        if pages[-1] and (line.starts_page or height < _BOTTOM):
            pages.append([])
            height = _TOP - int(line.size * 1.5)
        pages[-1].append(line)
    return pages


def _content(lines: Sequence[Line]) -> bytes:
    parts = []
    height = _TOP
    for line in lines:
        height -= int(line.size * 1.5)
        if not line.text:
            continue
        drawn, is_readable = glyphs(line.text)
        told = b"" if is_readable else b"/Span<</ActualText%s>>BDC " % _utf16(line.text)
        parts.append(
            b"%sBT /F1 %.1f Tf %s %d %d Td %s Tj ET%s"
            % (
                told,
                line.size * SCALE,
                _BOLD if line.bold else _REGULAR,
                _LEFT + line.indent,
                height,
                drawn,
                b" EMC" if told else b"",
            )
        )
    return b"\n".join(parts)


def _utf16(text: str) -> bytes:
    return b"<FEFF" + text.encode("utf-16-be").hex().upper().encode("ascii") + b">"
