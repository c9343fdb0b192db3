"""What was added after signing is seen where any reader would show it, and is let be where none does."""

import re

import pytest
from support import pdfs
from support.pdf_revisions import with_field, written

TEXT, LOOK, BOX, CHOICE, NOTE = 90, 91, 92, 93, 94
"""Numbers of the objects in `form()`."""
OPAQUE = b"<</Type/XObject/Subtype/Form/BBox[0 0 200 26]/Length 68>>stream\n%s\nendstream" % (
    b"1 g 0 0 200 26 re f 0 g BT /F1 14 Tf 2 8 Td (9.999.999 VND) Tj ET ".ljust(68)
)


@pytest.mark.parametrize("box", [(245, 712, 500, 738), (0, 0, 595, 842), (0, 0, 1, 1)], ids=str)
@pytest.mark.parametrize("look", [True, False])
def test_a_field_that_nobody_signed_may_not_lie_on_a_page(box, look):
    """At any share of the page."""
    data = written(pdfs.signed_by_person(), with_field("Never", box, look=look))
    assert pdfs.outcome(data)[0] == "HASH_FAILURE"


def test_a_field_that_shows_nothing_breaks_nothing():
    data = written(pdfs.signed_by_person(), with_field("Empty", (0, 0, 0, 0)))
    assert pdfs.outcome(data) == ("passed", "archive")


@pytest.mark.parametrize(
    "box", [b"[0 0 595 (842)]", b"[0 0 595 842 0]", b"[90 0 0]", b"(x)", b"[0 0 595]"], ids=str
)
def test_a_field_with_a_malformed_place_does_not_count_as_unseen(box):
    data = written(pdfs.signed_by_person(), with_field("Empty", (0, 0, 0, 0)))
    malformed = re.sub(rb"(?s)(.*)/Rect \[ 0 0 0 0 \]", rb"\1/Rect " + box.ljust(11), data)
    assert malformed != data
    assert pdfs.outcome(malformed)[0] in {"HASH_FAILURE", "GENERIC"}


def test_a_field_with_a_malformed_place_that_shows_what_was_there_is_seen():
    """Nothing new is needed then but the field itself."""
    data = pdfs.append(pdfs.sample(), {LOOK: OPAQUE})
    data = written(pdfs.sign(data), with_field("Empty", (0, 0, 0, 0), look=False))
    number = int(re.findall(rb"(\d+) 0 obj\s*<<\s*/FT /Sig\s*/T \(Empty\)", data)[-1])
    field = re.sub(rb"/Rect \[.*?\]", b"/Rect[0 0 595 (842)]/AP<</N 91 0 R>>", pdfs.current(data, number))
    assert pdfs.outcome(pdfs.append(data, {number: field}))[0] in {"HASH_FAILURE", "GENERIC"}


def test_something_prepared_and_laid_on_a_page_later_is_altered():
    note = b"<</Type/Annot/Subtype/FreeText/Rect[0 0 595 842]/Contents(9.999.999)/DA(/F1 12 Tf)>>"
    data = pdfs.sign(pdfs.append(pdfs.sample(), {90: note}))
    page = re.sub(rb"/Annots \[(.*?)\]", rb"/Annots[\1 90 0 R]", pdfs.current(data, pdfs.PAGE))
    assert pdfs.outcome(pdfs.append(data, {pdfs.PAGE: page}))[0] == "HASH_FAILURE"


def test_a_mark_laid_on_a_page_in_no_form_is_altered():
    data = pdfs.signed_by_person()
    for mark in (b"90 0 R", b"<</Subtype/Widget/FT/Sig/T(X)/Rect[0 0 595 842]/AP<</N 91 0 R>>>>"):
        page = re.sub(rb"/Annots \[(.*?)\]", rb"/Annots[\1 %s]" % mark, pdfs.current(data, pdfs.PAGE))
        widget = b"<</Type/Annot/Subtype/Widget/FT/Sig/T(X)/Rect[0 0 595 842]/AP<</N 91 0 R>>>>"
        objects = {pdfs.PAGE: page, 90: widget, 91: OPAQUE}
        assert pdfs.outcome(pdfs.append(data, objects))[0] == "HASH_FAILURE"
