"""The typeface: each Vietnamese letter is drawn, and a reader finds the letter again by its glyph."""

import io
import re
import shutil
import struct
import subprocess
import unicodedata

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from support.waiting import GUARD_SECONDS

from axis.protocol.text_folding import fold
from nodes.known_agencies import agencies, units
from nodes.pdf import Line, write_pdf
from signing.typeface import glyphs

VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
SMALL = unicodedata.normalize("NFC", "đ" + "".join(vowel + tone for vowel in VOWELS for tone in TONES))
ALPHABET = "".join(map(chr, range(32, 127))) + SMALL + SMALL.upper() + "\u2013\u201c\u201d\u2026"


def font():
    pdf = PdfFileReader(io.BytesIO(write_pdf("t", [Line("a")], day="2019-06-03")))
    return pdf.root["/Pages"]["/Kids"][0]["/Resources"]["/Font"]["/F1"]


def glyph_numbers(text):
    drawn, _ = glyphs(text)
    return [int(number, 16) for number in re.findall(rb"[0-9A-F]{4}", drawn)]


def meanings():
    """Which letter each glyph is, as a reader of the PDF learns it."""
    found = {}
    for first, last, letter in re.findall(rb"<(....)><(....)><(....)>\n", font()["/ToUnicode"].data):
        for number in range(int(first, 16), int(last, 16) + 1):
            found[number] = chr(int(letter, 16) + number - int(first, 16))
    return found


def tables():
    program = font()["/DescendantFonts"][0]["/FontDescriptor"]["/FontFile2"]
    assert len(program.data) == program["/Length1"]
    (count,) = struct.unpack_from(">H", program.data, 4)
    entries = [struct.unpack_from(">4s4xII", program.data, 12 + 16 * place) for place in range(count)]
    return {name.decode(): program.data[start : start + length] for name, start, length in entries}


def test_a_reader_gets_every_letter_back():
    drawn, is_readable = glyphs(ALPHABET)
    assert is_readable
    found = meanings()
    assert "".join(found[number] for number in glyph_numbers(ALPHABET)) == ALPHABET
    assert drawn.count(b"0000") == 0


def test_every_letter_has_an_outline_of_its_own_and_the_width_that_the_file_says():
    font_tables, said = tables(), font()["/DescendantFonts"][0]["/W"][1]
    outlines = font_tables["glyf"]
    wide = struct.unpack_from(">h", font_tables["head"], 50)[0]
    form, unit = (">%dI", 1) if wide else (">%dH", 2)
    ends = struct.unpack(form % (len(said) + 1), font_tables["loca"])
    numbers = set(glyph_numbers(ALPHABET.replace(" ", "")))
    drawn = {outlines[ends[number] * unit : ends[number + 1] * unit] for number in numbers}
    assert b"" not in drawn
    assert len(drawn) == len(numbers)
    per_em = struct.unpack_from(">H", font_tables["head"], 18)[0]
    for number in glyph_numbers(ALPHABET):
        (advance,) = struct.unpack_from(">H", font_tables["hmtx"], 4 * number)
        assert abs(said[number] - advance * 1000 / per_em) <= 0.5


def test_the_names_of_all_agencies_and_units_can_be_drawn():
    known = [*agencies().values(), *units("2025-01").values(), *units("2025-07").values()]
    texts = {text for each in known for text in (each.name, each.name.upper())}
    assert len(texts) > 10_000
    assert {letter for text in texts for letter in text if not glyphs(letter)[1]} == set()


def test_decomposed_letters_are_drawn_as_composed_ones_and_said_to_read_otherwise():
    text = "Quyết định"
    decomposed = unicodedata.normalize("NFD", text)
    assert glyphs(decomposed) == (glyphs(text)[0], False)


@pytest.mark.parametrize(("letter", "drawn"), [("ñ", "n"), ("Ç", "C")])
def test_a_letter_with_other_marks_is_drawn_without_them(letter, drawn):
    assert fold(letter) == drawn.lower()
    assert glyphs(letter) == (glyphs(drawn)[0], False)


@pytest.mark.parametrize("letter", ["漢", "\U0001f600", "Ł"])
def test_what_the_typeface_has_not_got_is_an_empty_box(letter):
    assert glyphs(letter) == (b"<0000>", False)


def test_a_page_costs_its_file_little_more_than_the_typeface():
    assert len(write_pdf("t", [Line(ALPHABET)], day="2019-06-03")) < 15_000


def test_the_embedded_program_keeps_its_copyright_notice_and_name():
    assert "Bitstream".encode("utf-16-be") in tables()["name"]
    assert font()["/BaseFont"] == "/VIETNM+DejaVuSerifCondensed"


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_another_program_reads_the_words(tmp_path):
    file = tmp_path / "a.pdf"
    file.write_bytes(
        write_pdf("t", [Line("Ủy ban nhân dân: Łódź"), Line("ĐỘC LẬP", bold=True)], day="2019-06-03")
    )
    done = subprocess.run(["pdftotext", file, "-"], capture_output=True, check=True, timeout=GUARD_SECONDS)
    assert done.stderr == b""
    assert done.stdout.decode().split("\n")[:2] == ["Ủy ban nhân dân: Łódź", "ĐỘC LẬP"]
