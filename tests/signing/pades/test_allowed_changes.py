"""What comes after a signature: what could be seen and is unsigned fails, what nobody sees does not."""

import re

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from support import pdfs
from support.pdf_revisions import with_field, written

TEXT, LOOK, BOX, CHOICE, NOTE = 90, 91, 92, 93, 94
"""Numbers of the objects in `form()`."""
OPAQUE = b"<</Type/XObject/Subtype/Form/BBox[0 0 200 26]/Length 68>>stream\n%s\nendstream" % (
    b"1 g 0 0 200 26 re f 0 g BT /F1 14 Tf 2 8 Td (9.999.999 VND) Tj ET ".ljust(68)
)


def form():
    """A letter with a field of text, a box to tick, a choice, and a note, all filled in."""
    page = pdfs.PAGE_VALUE % (b"4 0 R", b"/Annots[90 0 R 92 0 R 93 0 R 94 0 R]")
    fields = b"/AcroForm<</Fields[90 0 R 92 0 R 93 0 R]/DR<</Font<</F1 5 0 R>>>>/DA(/F1 9 Tf 0 g)>>"
    box = b"/Rect[300 300 400 320]/P 3 0 R/F 4"
    return pdfs.append(
        pdfs.sample(),
        {
            pdfs.CATALOG: b"<</Type/Catalog/Pages 2 0 R%s>>" % fields,
            pdfs.PAGE: page,
            TEXT: b"<</Type/Annot/Subtype/Widget/FT/Tx/T(Text)%s/V(before)/Ff 1/DA(/F1 9 Tf)/MK<<>>"
            b"/AP<</N 91 0 R>>>>" % box,
            LOOK: OPAQUE.replace(b"9.999.999", b"1.000.000"),
            BOX: b"<</Type/Annot/Subtype/Widget/FT/Btn/T(Box)%s/V/Off/AS/Off"
            b"/AP<</N<</Yes 91 0 R/Off 91 0 R>>>>>>" % box,
            CHOICE: b"<</Type/Annot/Subtype/Widget/FT/Ch/T(Choice)%s/V(a)/Opt[(a)(b)]/DA(/F1 9 Tf)>>" % box,
            NOTE: b"<</Type/Annot/Subtype/Text/Rect[10 10 30 30]/Contents(seen)/P 3 0 R>>",
        },
    )


def signed_form():
    return pdfs.sign(form())


def replaced(data, number, old, new):
    """Write an object anew with one thing in it replaced."""
    value = pdfs.current(data, number)
    assert old in value
    return pdfs.append(data, {number: value.replace(old, new)})


FORM_CHANGES = {
    "value": (TEXT, b"(before)", b"(after)"),
    "value of a read-only field and its flags": (TEXT, b"(before)/Ff 1", b"(after)/Ff 0"),
    "flags of the field": (TEXT, b"/Ff 1", b"/Ff 0"),
    "flags of its place": (TEXT, b"/F 4", b"/F 2"),
    "default look": (TEXT, b"/DA(/F1 9 Tf)", b"/DA(/F1 1 Tf 1 g)"),
    "alignment": (TEXT, b"/Ff 1", b"/Ff 1/Q 2"),
    "background": (TEXT, b"/MK<<>>", b"/MK<</BG[1 1 1]/CA(9.999.999)>>"),
    "place": (TEXT, b"[300 300 400 320]", b"[0 0 595 842]"),
    "look in place": (LOOK, b"1.000.000", b"9.999.999"),
    "look taken away": (TEXT, b"/AP<</N 91 0 R>>", b""),
    "script": (TEXT, b"/Ff 1", b"/Ff 1/AA<</F<</S/JavaScript/JS(x)>>>>"),
    "box": (BOX, b"/V/Off/AS/Off", b"/V/Yes/AS/Yes"),
    "look of a box alone": (BOX, b"/AS/Off", b"/AS/Yes"),
    "choice": (CHOICE, b"/V(a)", b"/V(b)"),
    "options": (CHOICE, b"/Opt[(a)(b)]", b"/Opt[[(a)(9.999.999)](b)]"),
    "note": (NOTE, b"(seen)", b"(another)"),
    "note hidden": (NOTE, b"/P 3 0 R", b"/P 3 0 R/F 2"),
}


@pytest.mark.parametrize("name", FORM_CHANGES)
def test_a_form_or_note_changed_without_a_signature_is_altered(name):
    data = signed_form()
    assert pdfs.words(data) == ["passed"]
    assert pdfs.outcome(replaced(data, *FORM_CHANGES[name]))[0] == "HASH_FAILURE"


def test_a_look_put_in_the_place_of_another_is_altered():
    data = signed_form()
    field = pdfs.current(data, TEXT).replace(b"91 0 R", b"990 0 R")
    assert pdfs.outcome(pdfs.append(data, {TEXT: field, 990: OPAQUE})) == ("HASH_FAILURE", "form")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/DA (", b"/NeedAppearances true/DA ("),
        (b"/F1 5 0 R", b"/F1 6 0 R"),
        (b"9 Tf 0 g", b"1 Tf 1 g"),
        (b"/DA (", b"/XFA(9.999.999)/DA ("),
        (b"/DA (", b"/CO[90 0 R]/DA ("),
        (b"/DA (", b"/Q 2/DA ("),
    ],
    ids=["looks made anew", "another font", "default look", "XFA", "order of calculation", "alignment"],
)
def test_what_holds_for_the_whole_form_may_not_change(old, new):
    assert pdfs.outcome(replaced(signed_form(), pdfs.CATALOG, old, new))[0] == "HASH_FAILURE"


def test_a_value_changed_and_changed_back_is_altered():
    data = signed_form()
    there = replaced(data, TEXT, b"(before)", b"(after)")
    assert pdfs.outcome(replaced(there, TEXT, b"(after)", b"(before)"))[0] == "HASH_FAILURE"


def test_an_object_written_anew_as_it_was_breaks_nothing():
    data = signed_form()
    assert pdfs.outcome(pdfs.append(data, {TEXT: pdfs.current(data, TEXT)})) == ("passed", "archive")


@pytest.mark.parametrize("key", ["/AA", "/A"])
def test_a_field_that_shows_nothing_may_not_do_anything(key):
    def change(writer):
        with_field("Empty", (0, 0, 0, 0), look=False)(writer)
        script = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("x")}
        field = writer.root["/AcroForm"]["/Fields"][-1]
        field[key] = generic.DictionaryObject({pdf_name("/PO"): generic.DictionaryObject(script)})

    assert pdfs.outcome(written(pdfs.signed_by_person(), change)) == ("HASH_FAILURE", "form")


def test_a_note_written_into_the_page_itself_is_seen():
    data = pdfs.signed_by_person()
    note = b"<</Type/Annot/Subtype/FreeText/Rect[0 0 595 842]/Contents(9.999.999)/DA(/F1 12 Tf)>>"
    page = re.sub(rb"/Annots \[(.*?)\]", rb"/Annots[\1 %s]" % note, pdfs.current(data, pdfs.PAGE))
    noted = pdfs.append(data, {pdfs.PAGE: page})
    assert pdfs.outcome(noted)[0] == "HASH_FAILURE"
    assert pdfs.words(pdfs.sign(noted, "organisation")) == ["GENERIC", "passed"], "it hides the page"
    small = pdfs.append(data, {pdfs.PAGE: page.replace(b"[0 0 595 842]", b"[0 0 20 20]")})
    assert pdfs.outcome(small)[0] == "HASH_FAILURE"
    assert pdfs.words(pdfs.sign(small, "organisation")) == ["passed", "passed"]


def test_a_list_of_annotations_of_its_own_is_followed():
    note = b"<</Type/Annot/Subtype/FreeText/Rect[0 0 595 842]/Contents(9)/DA(/F1 12 Tf)>>"
    objects = {pdfs.PAGE: pdfs.PAGE_VALUE % (b"4 0 R", b"/Annots 90 0 R"), 90: b"[]"}
    data = pdfs.sign(pdfs.append(pdfs.sample(), objects))
    assert pdfs.words(pdfs.sign(data, "organisation")) == ["passed", "passed"]
    added = pdfs.append(data, {90: pdfs.current(data, 90).replace(b"]", b" 990 0 R]"), 990: note})
    assert pdfs.outcome(added)[0] == "HASH_FAILURE"
    assert pdfs.words(pdfs.sign(added, "organisation")) == ["GENERIC", "passed"]


def test_an_empty_field_that_was_there_may_not_get_a_look():
    data = pdfs.sign(written(pdfs.sample(), with_field("Seal", (90, 60, 270, 140), look=False)))
    assert pdfs.words(data) == ["passed"]

    def change(writer):
        field = next(
            field
            for each in writer.root["/AcroForm"]["/Fields"]
            if (field := each.get_object())["/T"] == "Seal"
        )
        with_look = generic.StreamObject({pdf_name("/Subtype"): pdf_name("/Form")}, stream_data=b"1 g")
        field["/AP"] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(with_look)})
        writer.update_container(field)

    assert pdfs.outcome(written(data, change))[0] == "HASH_FAILURE"


CATALOG_CHANGES = {
    "what opens": b"/OpenAction[3 0 R/Fit]",
    "labels of pages": b"/PageLabels<</Nums[0<</S/r>>]>>",
    "layers": b"/OCProperties<</OCGs[]/D<<>>>>",
    "outline": b"/Outlines 990 0 R",
    "names": b"/Names<</JavaScript<</Names[]>>>>",
    "how it is laid out": b"/PageLayout/TwoColumnRight/PageMode/FullScreen",
    "actions": b"/AA<<>>",
    "files beside it": b"/AF[]",
    "articles": b"/Threads[]",
}


@pytest.mark.parametrize("name", CATALOG_CHANGES)
def test_what_the_catalogue_shows_may_not_be_added(name):
    data = pdfs.signed_by_person()
    catalog = pdfs.current(data, pdfs.CATALOG)
    altered = catalog[: catalog.rindex(b">>")] + CATALOG_CHANGES[name] + b">>"
    objects = {pdfs.CATALOG: altered, 990: b"<</Type/Outlines>>"}
    assert pdfs.outcome(pdfs.append(data, objects))[0] == "HASH_FAILURE"


@pytest.mark.parametrize(
    "more",
    [b"/Rotate 180", b"/CropBox[0 0 10 10]", b"/UserUnit 9", b"/Group<</S/Transparency>>", b"/AA<<>>"],
    ids=str,
)
def test_a_page_may_not_be_shown_otherwise(more):
    data = pdfs.signed_by_person()
    page = pdfs.current(data, pdfs.PAGE)
    assert (
        pdfs.outcome(pdfs.append(data, {pdfs.PAGE: page[: page.rindex(b">>")] + more + b">>"}))[0]
        == "HASH_FAILURE"
    )


@pytest.mark.parametrize(
    "annotations",
    [b"[90 0 R 92 0 R 93 0 R]", b"[94 0 R 93 0 R 92 0 R 90 0 R]", b"[]", b"null", b"(x)"],
    ids=["one less", "another order", "none", "null", "no list"],
)
def test_notes_taken_away_or_put_in_another_order_are_missed(annotations):
    data = signed_form()
    page = re.sub(rb"/Annots \[.*?\]", b"/Annots" + annotations, pdfs.current(data, pdfs.PAGE))
    assert pdfs.outcome(pdfs.append(data, {pdfs.PAGE: page}))[0] in {"HASH_FAILURE", "GENERIC"}


# Titles: beside the pages, yet shown.


def info(**entries):
    def change(writer):
        values = {pdf_name(f"/{key}"): pdf_string(value) for key, value in entries.items()}
        writer.set_info(generic.DictionaryObject(values))

    return change


def test_a_title_given_later_is_altered_and_a_date_of_saving_is_not():
    data = pdfs.signed_by_person()
    assert pdfs.outcome(written(data, info(Title="Khác")))[0] == "HASH_FAILURE"
    assert pdfs.outcome(written(data, info(Author="Khác")))[0] == "HASH_FAILURE"
    number = int(re.search(rb"/Info (\d+) 0 R", data)[1])
    before = pdfs.current(data, number)
    assert b"/ModDate" in before
    assert (
        pdfs.outcome(pdfs.append(data, {number: re.sub(rb"/Title<", b"/Title<0041", before)}))[0]
        == "HASH_FAILURE"
    )
    saved = before.replace(b"/Producer(nodes)", b"/Producer(another)")
    assert pdfs.outcome(pdfs.append(data, {number: saved})) == ("passed", "archive")
    assert pdfs.outcome(written(data, lambda _: None))[0] == "passed"


XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/"><xmp:ModifyDate>%s</xmp:ModifyDate>'
    b"<dc:title><rdf:Alt><rdf:li>%s</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def described(date, title):
    xml = XMP % (date, title)
    return b"<</Type/Metadata/Subtype/XML/Length %d>>stream\n%s\nendstream" % (len(xml), xml)


def test_a_title_in_xmp_counts_as_well():
    catalog = pdfs.current(pdfs.sample(), pdfs.CATALOG)
    with_title = catalog[: catalog.rindex(b">>")] + b"/Metadata 90 0 R>>"
    objects = {pdfs.CATALOG: with_title, 90: described(b"2019-06-03", b"one")}
    data = pdfs.sign(pdfs.append(pdfs.sample(), objects))
    assert pdfs.outcome(pdfs.append(data, {90: described(b"2020-06-03", b"one")})) == ("passed", "archive")
    assert pdfs.outcome(pdfs.append(data, {90: described(b"2019-06-03", b"two")}))[0] == "HASH_FAILURE"


def test_malformed_xmp_that_nobody_touched_breaks_nothing():
    catalog = pdfs.current(pdfs.sample(), pdfs.CATALOG)
    with_title = catalog[: catalog.rindex(b">>")] + b"/Metadata 90 0 R>>"
    broken = b"<</Type/Metadata/Subtype/XML/Length 4>>stream\n<x:y\nendstream"
    data = pdfs.sign(pdfs.append(pdfs.sample(), {pdfs.CATALOG: with_title, 90: broken}))
    assert pdfs.words(pdfs.sign(data, "organisation")) == ["passed", "passed"]


# What comes after the last list of objects.


def test_bytes_after_the_end_that_no_reader_can_take_for_objects_leave_it_open():
    data = pdfs.signed_by_person()
    assert pdfs.outcome(data + b"\r\n--boundary--") == ("GENERIC", "trailing-data")
    assert pdfs.outcome(data + b"\r\n")[0] == "passed"
