"""The marks that are drawn of a person's and an organisation's signature."""

import shutil
import subprocess

import pytest
from support import pdfs, pki
from support.pdfs import drawn
from support.waiting import GUARD_SECONDS

from signing.pades.visible_marks import Mark, _wrapped
from signing.typeface import width_of


def run(program, file):
    """What a program of poppler prints of a file, without complaint."""
    command = [program, str(file), "-"] if program == "pdftotext" else [program, str(file)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=GUARD_SECONDS)
    assert done.stderr == b""
    return done.stdout.decode()


def test_the_marks_are_a_blue_signature_and_a_red_seal_with_name_and_time():
    form, words = drawn(pdfs.signed_by_person())
    assert b"0.05 0.15 0.65 rg" in form
    assert "Nguyễn Văn An" in words
    assert "03/06/2019 09:11:09 +07:00" in words
    form, words = drawn(pdfs.signed_by_both())
    assert b"0.80 0.05 0.10 rg" in form
    assert pki.NAME in words


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
def test_another_program_reads_the_words_and_finds_the_typeface_in_the_file(tmp_path):
    file = tmp_path / "signed.pdf"
    file.write_bytes(pdfs.signed_by_both())
    text, fonts = (run(program, file) for program in ("pdftotext", "pdffonts"))
    assert "Ký bởi: Nguyễn Văn An" in text
    assert "Cơ quan: " in text
    embedded = [line.split()[-5] for line in fonts.splitlines()[2:]]  # the columns after it: sub, uni, object
    assert embedded == ["yes"] * len(embedded)
    assert "Times" not in fonts


def test_words_wrap_within_the_mark_by_their_widths():
    long = Mark("organisation", "Bộ Tài nguyên và Môi trường " * 3, pki.AT)
    assert long.lines[0].startswith("Cơ quan")
    lines = _wrapped(long.lines, 98)
    assert len(lines) > 4
    assert all(width_of(line) * 7.2 / 1000 <= 94 for line in lines)
    assert " ".join(lines) == " ".join(" ".join(long.lines).split())
