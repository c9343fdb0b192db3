"""Writes `data/typeface/`, the Vietnamese letters of DejaVu Serif Condensed, from the typeface as released.

Outlines without hints stay, compressed as PDFs hold them, and beside them a table of letters. Needs
`fonttools`, in an environment of its own; the files here are of DejaVu 2.37:

    pip install fonttools==4.68.0
    python signing/typeface_writer.py DejaVuSerifCondensed.ttf signing/data/typeface
"""

import io
import json
import sys
import unicodedata
import zlib
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

_VOWELS_WITH_MARKS = "ăâêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
# Section, degree, dot, dashes, quotation marks, dots
_SIGNS = "\u00a7\u00ab\u00b0\u00b7\u00bb\u2013\u2014\u2018\u2019\u201c\u201d\u2026"
LETTERS = "".join(
    sorted(
        {chr(code) for code in range(32, 127)}
        | set(unicodedata.normalize("NFC", _VOWELS_WITH_MARKS + "đ"))
        | set(unicodedata.normalize("NFC", _VOWELS_WITH_MARKS + "đ").upper())
        | set(_SIGNS)
    )
)
_TABLES = {"GlyphOrder", "head", "hhea", "hmtx", "maxp", "loca", "glyf", "name"}
_COPYRIGHT, _FAMILY, _POSTSCRIPT_NAME = 0, 1, 6


def main(arguments: list[str]) -> None:
    """Write both files of the typeface in the first argument into the folder in the second."""
    source, folder = (Path(argument) for argument in arguments)
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options(
        hinting=False,
        layout_features=[],
        notdef_outline=True,
        name_IDs=[_COPYRIGHT, _FAMILY, _POSTSCRIPT_NAME],
        drop_tables=["FFTM", *subset.Options().drop_tables],
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=LETTERS)
    subsetter.subset(font)
    facts = _facts(font)
    for table in set(font.keys()) - _TABLES:
        del font[table]
    program = io.BytesIO()
    font.save(program)
    outlines = program.getvalue()
    (folder / "letters.ttf.zlib").write_bytes(zlib.compress(outlines, 9))
    text = json.dumps({"bytes": len(outlines), **facts}, ensure_ascii=False, indent=0)
    (folder / "letters.json").write_text(text + "\n", encoding="utf-8")


def _facts(font: TTFont) -> dict[str, object]:
    """Say what a PDF has to tell of a typeface: sizes in thousandths, and of each letter its glyph."""
    thousandths = 1000 / font["head"].unitsPerEm
    head, horizontal, characters = font["head"], font["hhea"], font.getBestCmap()
    return {
        "name": font["name"].getDebugName(_POSTSCRIPT_NAME),
        "box": [round(side * thousandths) for side in (head.xMin, head.yMin, head.xMax, head.yMax)],
        "ascent": round(horizontal.ascent * thousandths),
        "descent": round(horizontal.descent * thousandths),
        "capitals": round(font["glyf"][characters[ord("H")]].yMax * thousandths),
        "widths": [round(font["hmtx"][name][0] * thousandths) for name in font.getGlyphOrder()],
        "glyphs": {letter: font.getGlyphID(characters[ord(letter)]) for letter in LETTERS},
    }


if __name__ == "__main__":
    main(sys.argv[1:])
