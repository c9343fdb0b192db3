"""The PDFs: well-formed, the same for the same words, and showing the true text."""

import io
import re

from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader

from nodes.pdf import Line, write_pdf, write_scan
from signing.typeface import glyphs

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)


def check_structure(pdf):
    """Follow the file as a reader does: from its end to the table, from the table to each object."""
    assert pdf.startswith(b"%PDF-1.7\n")
    end = re.search(rb"startxref\n(\d+)\n%%EOF\n\Z", pdf)
    start = int(end[1])
    table = re.match(rb"xref\n0 (\d+)\n((?:\d{10} \d{5} [nf] \n)+)trailer\n", pdf[start:])
    count, entries = int(table[1]), table[2].splitlines()
    assert len(entries) == count
    for number, entry in enumerate(entries[1:], start=1):
        offset = int(entry[:10])
        assert pdf[offset:].startswith(b"%d 0 obj\n" % number)
    stream = re.search(rb"<</Length (\d+)>>stream\n", pdf)
    content = pdf[stream.end() : stream.end() + int(stream[1])]
    assert pdf[stream.end() + int(stream[1]) :].startswith(b"\nendstream")
    assert b"/Size %d" % count in pdf
    return content


def test_a_document_is_well_formed_and_its_words_are_drawn_with_their_marks():
    text = "Kính gửi: Bộ Tài chính (để biết) \\"
    pdf = write_pdf("Số 1", [Line(text)], day="2019-06-03")
    content = check_structure(pdf)
    assert glyphs(text)[0] + b" Tj" in content
    assert b"ActualText" not in content
    assert b"D:20190603080000+07'00'" in pdf


def test_a_line_that_cannot_be_read_back_has_its_true_text_beside_it():
    content = check_structure(write_pdf("t", [Line("Số 1"), Line("Łódź"), Line("Số 2")], day="2019-06-03"))
    assert content.count(b"ActualText") == content.count(b" EMC") == 1
    assert "Łódź".encode("utf-16-be").hex().upper().encode() in content


def test_bold_letters_have_their_outlines_drawn_and_those_behind_them_not():
    content = check_structure(write_pdf("t", [Line("a", bold=True), Line("b")], day="2019-06-03"))
    assert re.findall(rb"(\d) Tr", content) == [b"2", b"0"]


@given(TEXT, st.lists(TEXT, max_size=30))
def test_any_words_give_a_well_formed_file(title, texts):
    lines = [Line(text) for text in texts]
    pdf = write_pdf(title, lines, day="2019-03-12")
    content = check_structure(pdf)
    assert content.count(b" Tj ET") == sum(bool(text) for text in texts)
    assert pdf == write_pdf(title, lines, day="2019-03-12")


def test_other_words_give_another_identity():
    one, other = (write_pdf("t", [Line(text)], day="2019-03-12") for text in ("a", "b"))
    identity = re.compile(rb"/ID\[<([0-9a-f]{32})>")
    assert identity.search(one)[1] != identity.search(other)[1]


def test_lines_that_do_not_fit_go_on_further_pages_and_another_reader_finds_them_all():
    lines = [Line(f"Dòng {number}") for number in range(100)] + [Line("Trang mới", starts_page=True)]
    pages = PdfFileReader(io.BytesIO(write_pdf("Dài", lines, day="2019-06-03"))).root["/Pages"]
    texts = [page.get_object()["/Contents"].data for page in pages["/Kids"]]
    assert pages["/Count"] == len(texts) == 4
    assert [text.count(b" Tj ET") for text in texts] == [39, 39, 22, 1]
    assert glyphs("Dòng 99")[0] in texts[2]


def test_a_scan_is_an_image_of_the_wanted_size_and_the_same_for_the_same_title():
    pdf = write_scan("Phụ lục", 40 * 1024, day="2019-06-03")
    assert 40 * 1024 <= len(pdf) <= 41 * 1024
    assert pdf == write_scan("Phụ lục", 40 * 1024, day="2019-06-03")
    assert pdf != write_scan("Phụ lục 2", 40 * 1024, day="2019-06-03")
    (page,) = PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Kids"]
    image = page.get_object()["/Resources"]["/XObject"]["/I"]
    assert len(image.data) == image["/Width"] * image["/Height"] == 40 * 1024
