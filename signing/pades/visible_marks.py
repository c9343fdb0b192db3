"""Draws the visible marks of signatures: a person's blue signature, an organisation's red seal.

Words are drawn in the typeface of `signing.typeface`, which the file embeds; a line with letters that it has
not got has its text beside it as `ActualText`. ISO 32000-2 §14.9.4.
"""

import itertools
import math
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from signing.certificate_subjects import OwnerKind
from signing.typeface import SCALE, STEM, SYMBOLIC, font, glyphs, width_of

__all__ = ["BOXES", "Mark", "add_font", "draw"]

VIET_NAM: Final = timezone(timedelta(hours=7))
BOXES: Final[dict[OwnerKind, tuple[int, int, int, int]]] = {
    "person": (320, 70, 520, 130),
    "organisation": (90, 60, 270, 140),
}
"""Left, low, right and high edge on an A4 page in points: the seal left of the signature, as Decree 30/2020
places them, yet not over it, so that both stay legible."""

_BLUE: Final = b"0.05 0.15 0.65"
_RED: Final = b"0.80 0.05 0.10"
_SIZE: Final = 8 * SCALE
_LINE: Final = 10
_CIRCLE: Final = 0.5523
"""Control points of a quarter circle by a Bézier curve, as a part of the radius."""
_STAR_POINTS: Final = 5
_STAR_WAIST: Final = 0.382
"""Inner radius of the star by its outer: that of a pentagram."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The content of a mark."""

    kind: OwnerKind
    name: str
    """Whose it is."""
    signed_at: datetime
    """With a zone; shown in Viet Nam's time."""
    title: str | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """The words in the mark."""
        moment = self.signed_at.astimezone(VIET_NAM).strftime("%d/%m/%Y %H:%M:%S +07:00")
        verb = "Ký bởi" if self.kind == "person" else "Cơ quan"
        title = () if self.title is None else (self.title,)
        return (*title, f"{verb}: {self.name}", f"Thời gian ký: {moment}")


def add_font(writer: BasePdfFileWriter) -> generic.IndirectObject:
    """Add the typeface of marks to a file, and return the font that forms name.

    Each signature brings its own: that of an earlier one may draw other letters than it says.
    """
    face = font()
    name = pdf_name(f"/{face.name}")
    program = generic.StreamObject(
        {
            pdf_name("/Filter"): pdf_name("/FlateDecode"),
            pdf_name("/Length1"): generic.NumberObject(face.program_bytes),
        },
        encoded_data=face.program,
    )
    descriptor = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/FontDescriptor"),
            pdf_name("/FontName"): name,
            pdf_name("/Flags"): generic.NumberObject(SYMBOLIC),
            pdf_name("/FontBBox"): _numbers(face.box),
            pdf_name("/ItalicAngle"): generic.NumberObject(0),
            pdf_name("/Ascent"): generic.NumberObject(face.ascent),
            pdf_name("/Descent"): generic.NumberObject(face.descent),
            pdf_name("/CapHeight"): generic.NumberObject(face.capitals),
            pdf_name("/StemV"): generic.NumberObject(STEM),
            pdf_name("/FontFile2"): writer.add_object(program),
        }
    )
    system = {
        pdf_name("/Registry"): generic.pdf_string("Adobe"),
        pdf_name("/Ordering"): generic.pdf_string("Identity"),
        pdf_name("/Supplement"): generic.NumberObject(0),
    }
    letters = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Font"),
            pdf_name("/Subtype"): pdf_name("/CIDFontType2"),
            pdf_name("/BaseFont"): name,
            pdf_name("/CIDToGIDMap"): pdf_name("/Identity"),
            pdf_name("/CIDSystemInfo"): generic.DictionaryObject(system),
            pdf_name("/FontDescriptor"): writer.add_object(descriptor),
            pdf_name("/W"): generic.ArrayObject([generic.NumberObject(0), _numbers(face.widths)]),
        }
    )
    whole = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Font"),
            pdf_name("/Subtype"): pdf_name("/Type0"),
            pdf_name("/BaseFont"): name,
            pdf_name("/Encoding"): pdf_name("/Identity-H"),
            pdf_name("/DescendantFonts"): generic.ArrayObject([writer.add_object(letters)]),
            pdf_name("/ToUnicode"): writer.add_object(generic.StreamObject(stream_data=face.meanings)),
        }
    )
    return writer.add_object(whole)


def draw(mark: Mark, width: float, height: float, words: generic.IndirectObject) -> generic.StreamObject:
    """Draw the mark as a form of this size, in points; `words` is the font that `add_font` returned."""
    if mark.kind == "person":
        colour, picture, left = _BLUE, _scrawl(width, height), 0.0
    else:
        colour, picture, left = _RED, _seal(height / 2, height / 2, height / 2 - 3), height + 2
    parts = [b"q", b"%s rg %s RG 1 w" % (colour, colour), picture]
    top = height - _LINE if mark.kind == "organisation" else _LINE * len(mark.lines) - 6
    for number, line in enumerate(_wrapped(mark.lines, width - left)):
        drawn, is_readable = glyphs(line)
        shown = b"BT /F1 %.1f Tf %s Td %s Tj ET" % (_SIZE, _at(left + 2, top - number * _LINE), drawn)
        if not is_readable:
            told = line.encode("utf-16-be").hex().upper().encode("ascii")
            shown = b"/Span<</ActualText<FEFF%s>>>BDC %s EMC" % (told, shown)
        parts.append(shown)
    parts.append(b"Q")
    fonts = generic.DictionaryObject({pdf_name("/F1"): words})
    box = [generic.FloatObject(number) for number in (0, 0, round(width, 2), round(height, 2))]
    return generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): generic.ArrayObject(box),
            pdf_name("/Resources"): generic.DictionaryObject({pdf_name("/Font"): fonts}),
        },
        stream_data=b"\n".join(parts),
    )


def _scrawl(width: float, height: float) -> bytes:
    """Draw a stroke as of a pen, in the upper half."""
    low, high = height * 0.58, height * 0.95
    steps = [_at(width * 0.08, (low + high) / 2), b"m"]
    for number in range(6):
        left = width * (0.08 + 0.12 * number)
        right = left + width * 0.12
        first, second = (high, low) if number % 2 else (low, high)
        ends = _at(right, (low + high) / 2 + (number - 3) * height * 0.02)
        steps += [_at(left + width * 0.03, first), _at(right - width * 0.02, second), ends, b"c"]
    return b"1.4 w %s S" % b" ".join(steps)


def _seal(x: float, y: float, radius: float) -> bytes:
    """Draw two rings and a star."""
    return b"2 w %s S 0.7 w %s S %s f" % (
        _ring(x, y, radius),
        _ring(x, y, radius * 0.8),
        _star(x, y, radius * 0.5),
    )


def _ring(x: float, y: float, radius: float) -> bytes:
    far = radius * _CIRCLE
    corners = [(radius, 0.0), (0.0, radius), (-radius, 0.0), (0.0, -radius), (radius, 0.0)]
    steps = [_at(x + radius, y), b"m"]
    for (ax, ay), (bx, by) in itertools.pairwise(corners):
        first = (x + ax + bx * far / radius, y + ay + by * far / radius)
        second = (x + bx + ax * far / radius, y + by + ay * far / radius)
        steps += [_at(*first), _at(*second), _at(x + bx, y + by), b"c"]
    return b" ".join(steps)


def _star(x: float, y: float, radius: float) -> bytes:
    steps = []
    for number in range(2 * _STAR_POINTS):
        reach = radius * (_STAR_WAIST if number % 2 else 1)
        angle = math.pi / 2 + number * math.pi / _STAR_POINTS
        steps += [_at(x + reach * math.cos(angle), y + reach * math.sin(angle)), b"l" if number else b"m"]
    return b"%s h" % b" ".join(steps)


def _at(x: float, y: float) -> bytes:
    # Two decimals are finer than any printer, and the same on every machine.
    return b"%.2f %.2f" % (x, y)


def _wrapped(lines: tuple[str, ...], width: float) -> list[str]:
    """Break lines at words so that they stay inside; a word that is too long for a line has one alone."""
    most = int((width - 4) * 1000 / _SIZE)
    wrapped = []
    for line in lines:
        current = ""
        for word in line.split():
            if current and width_of(f"{current} {word}") > most:
                wrapped.append(current)
                current = word
            else:
                current = f"{current} {word}".strip()
        wrapped.append(current)
    return wrapped


def _numbers(numbers: tuple[int, ...]) -> generic.ArrayObject:
    return generic.ArrayObject([generic.NumberObject(number) for number in numbers])
