"""The typeface of simulated documents and marks, as a PDF embeds it: DejaVu Serif Condensed, in Vietnamese.

Files and licence lie in `data/typeface/`, made by `signing.typeface_writer`. PDF 1.7 (ISO 32000-1, 9.7).
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

SCALE = 0.9
"""Its letters are larger than those of Times at the same size, so it is drawn smaller to look as large."""
SYMBOLIC = 4
"""The flag of a typeface with letters beyond those of English."""
STEM = 80
"""How thick its stems are, in thousandths."""
_NAME = "VIETNM+"  # six letters and a plus begin the name of a part of a typeface
_UNKNOWN = b"0000"
_MOST_IN_A_BLOCK = 100  # ISO 32000-1, 9.10.3
_MAP = b"""/CIDInit/ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def
/CMapName/Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000><FFFF>
endcodespacerange
%sendcmap
CMapName currentdict/CMap defineresource pop
end
end"""


@lru_cache(maxsize=1024)  # most lines are the same in every document
def glyphs(text: str) -> tuple[bytes, bool]:
    """Write the glyphs of a text as a PDF string, and say whether a reader gets the very text back from them.

    A letter that the typeface has not got is drawn without its marks or, failing that, as an empty box.
    """
    known = _glyphs()
    composed = unicodedata.normalize("NFC", text)
    written = b"".join(known.get(letter) or _likest(letter) for letter in composed)
    return b"<" + written + b">", composed == text and all(letter in known for letter in composed)


def width_of(text: str) -> int:
    """Return how wide a text is drawn, in thousandths of its size."""
    drawn, widths = glyphs(text)[0][1:-1], _facts()["widths"]
    return sum(widths[int(drawn[start : start + 4], 16)] for start in range(0, len(drawn), 4))


@dataclass(frozen=True, slots=True)
class Font:
    """What a PDF that embeds the typeface says of it; sizes in thousandths of the letters' size."""

    name: str
    """With the mark of a part of a typeface: `VIETNM+DejaVuSerifCondensed`."""
    widths: tuple[int, ...]
    """Of each glyph, from 0."""
    box: tuple[int, ...]
    ascent: int
    descent: int
    capitals: int
    meanings: bytes
    """The table of letters by glyphs (`ToUnicode`)."""
    program: bytes
    """TrueType outlines, compressed as `FlateDecode` expands them."""
    program_bytes: int
    """How long they are when expanded."""


@cache
def font() -> Font:
    """Return the typeface as a PDF embeds it."""
    facts = _facts()
    return Font(
        name=_NAME + facts["name"],
        widths=tuple(facts["widths"]),
        box=tuple(facts["box"]),
        ascent=facts["ascent"],
        descent=facts["descent"],
        capitals=facts["capitals"],
        meanings=_MAP % b"".join(_blocks()),
        program=files("signing").joinpath("data/typeface/letters.ttf.zlib").read_bytes(),
        program_bytes=facts["bytes"],
    )


@cache
def font_objects(first: int) -> tuple[bytes, ...]:
    """Write the font, to be object number `first` of a PDF, and the objects behind it that it needs."""
    face = font()
    name = face.name.encode("ascii")
    return (
        b"<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H"
        b"/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>" % (name, first + 1, first + 2),
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDToGIDMap/Identity/FontDescriptor %d 0 R/W[0[%s]]"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>"
        % (name, first + 3, _numbers(face.widths)),
        b"<</Length %d>>stream\n%s\nendstream" % (len(face.meanings), face.meanings),
        b"<</Type/FontDescriptor/FontName/%s/Flags %d/FontBBox[%s]/ItalicAngle 0"
        b"/Ascent %d/Descent %d/CapHeight %d/StemV %d/FontFile2 %d 0 R>>"
        % (
            name,
            SYMBOLIC,
            _numbers(face.box),
            face.ascent,
            face.descent,
            face.capitals,
            STEM,
            first + 4,
        ),
        b"<</Filter/FlateDecode/Length %d/Length1 %d>>stream\n%s\nendstream"
        % (len(face.program), face.program_bytes, face.program),
    )


@cache
def _facts() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(
        files("signing").joinpath("data/typeface/letters.json").read_text(encoding="utf-8")
    )
    return facts


@cache
def _glyphs() -> Mapping[str, bytes]:
    return MappingProxyType({letter: b"%04X" % glyph for letter, glyph in _facts()["glyphs"].items()})


def _likest(letter: str) -> bytes:
    parts = unicodedata.normalize("NFD", letter)
    return b"".join(_glyphs().get(part, _UNKNOWN) for part in parts if not unicodedata.combining(part))


def _blocks() -> Iterator[bytes]:
    """Say which letter each glyph is, in runs: glyphs and letters that follow each other."""
    runs: list[tuple[int, int, int]] = []  # first and last glyph, first letter
    for glyph, letter in sorted((glyph, ord(letter)) for letter, glyph in _facts()["glyphs"].items()):
        # A run stays within the glyphs that share their first byte.
        if runs and glyph == runs[-1][1] + 1 and letter - glyph == runs[-1][2] - runs[-1][0] and glyph & 0xFF:
            runs[-1] = (runs[-1][0], glyph, runs[-1][2])
        else:
            runs.append((glyph, glyph, letter))
    for start in range(0, len(runs), _MOST_IN_A_BLOCK):
        block = runs[start : start + _MOST_IN_A_BLOCK]
        lines = b"".join(b"<%04X><%04X><%04X>\n" % run for run in block)
        yield b"%d beginbfrange\n%sendbfrange\n" % (len(block), lines)


def _numbers(numbers: tuple[int, ...]) -> bytes:
    return b" ".join(b"%d" % number for number in numbers)
