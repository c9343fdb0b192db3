"""Across modules: no known way to make a PDF say what its signer never signed passes."""

import re

import pytest
from support import pdfs, pki

from signing.typeface import glyphs

OTHER_TEXT = pdfs.stream(b"BT /F1 12 Tf 72 700 Td (9.999.999 dong) Tj ET")


def because(data):
    """The word and the rule by which a later change is refused."""
    verdict = pdfs.failed(data)
    return verdict.sub_indication, pki.check(verdict, "later-changes").found


def test_the_file_that_all_forgeries_start_from_passes():
    assert pdfs.words(pdfs.signed_by_person()) == ["passed"]
    assert pdfs.words(pdfs.handmade()) == ["passed"]


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.9, 0.99])
def test_a_byte_changed_anywhere_in_what_is_covered_is_found(share):
    data = bytearray(pdfs.handmade(tail=b"%" * 4000))
    data[int((len(data) - 8100) * share) + (8100 if share > 0.2 else 0)] ^= 1
    pdfs.failed(bytes(data))


def test_text_changed_in_place_is_a_hash_failure():
    data = pdfs.signed_by_person()
    old, new = (glyphs(text)[0][1:-1] for text in ("1.000.000", "9.000.000"))
    assert old in data
    data = data.replace(old, new)
    assert pdfs.failed(data).sub_indication == "HASH_FAILURE"


# Incremental saving: a revision is appended, the signed bytes stay.


@pytest.mark.parametrize(
    "objects",
    [
        {pdfs.TEXT: OTHER_TEXT},
        {pdfs.FONT: b"<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>"},
        {pdfs.PAGES: b"<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>"},
        {90: OTHER_TEXT, pdfs.PAGE: pdfs.PAGE_VALUE % (b"90 0 R", b"")},
        {pdfs.PAGE: pdfs.PAGE_VALUE % (b"[4 0 R 4 0 R]", b"")},
    ],
    ids=["text", "font", "pages", "another text", "the text twice"],
)
def test_a_page_altered_by_a_later_revision_does_not_pass(objects):
    data = pdfs.append(pdfs.signed_by_person(), objects)
    assert because(data) == ("HASH_FAILURE", "unexplained")


def test_both_signatures_fail_when_the_page_is_altered_after_them():
    data = pdfs.append(pdfs.signed_by_both(), {pdfs.TEXT: OTHER_TEXT})
    assert pdfs.words(data) == ["HASH_FAILURE", "HASH_FAILURE"]


def test_another_catalog_does_not_pass():
    form = re.search(rb"/AcroForm \d+ 0 R", pdfs.current(pdfs.signed_by_person(), pdfs.CATALOG))[0]
    objects = {
        90: b"<</Type/Catalog/Pages 91 0 R%s>>" % form,
        91: b"<</Type/Pages/Kids[92 0 R]/Count 1>>",
        92: b"<</Type/Page/Parent 91 0 R/MediaBox[0 0 595 842]/Contents 93 0 R>>",
        93: OTHER_TEXT,
    }
    appended = pdfs.append(pdfs.signed_by_person(), objects)
    at = appended.rindex(b"/Root 1 0 R")
    replaced = appended[:at] + b"/Root 90 0 R" + appended[at + len(b"/Root 1 0 R") :]
    assert because(replaced)[0] == "HASH_FAILURE"
    # … nor where the new revision does not even name the one before it.
    pdfs.failed(re.sub(rb"(?s)/Prev \d+(?=>>\nstartxref\n\d+\n%%EOF\n$)", b"", replaced))


def test_a_page_number_or_a_script_added_later_does_not_pass():
    catalog = pdfs.current(pdfs.signed_by_person(), pdfs.CATALOG)
    for more in (b"/OpenAction<</S/JavaScript/JS(app.alert)>>", b"/PageLabels<</Nums[0<</S/r>>]>>"):
        altered = catalog[: catalog.rindex(b">>")] + more + b">>"
        assert because(pdfs.append(pdfs.signed_by_person(), {pdfs.CATALOG: altered}))[0] == "HASH_FAILURE"


def test_a_note_laid_over_the_text_does_not_pass():
    annotations = re.search(rb"/Annots \[(.*?)\]", pdfs.current(pdfs.signed_by_person(), pdfs.PAGE))
    note = b"<</Type/Annot/Subtype/FreeText/Rect[0 0 595 842]/Contents(9.999.999)/DA(/F1 12 Tf)>>"
    page = pdfs.PAGE_VALUE % (b"4 0 R", b"/Annots[%s 90 0 R]" % annotations[1])
    assert because(pdfs.append(pdfs.signed_by_person(), {90: note, pdfs.PAGE: page}))[0] == "HASH_FAILURE"


def test_objects_without_a_list_do_not_pass():
    """Careful readers do not see them; readers that repair do."""
    data = pdfs.signed_by_person()
    objects = b"4 0 obj\n%s\nendobj\n" % OTHER_TEXT
    end = b"startxref\n%d\n%%%%EOF\n" % pdfs.startxref(data)
    assert because(data + objects + end) == ("HASH_FAILURE", "trailing-data")
    pdfs.failed(data + objects)


def test_objects_after_an_allowed_revision_do_not_pass():
    data = pdfs.signed_by_both()
    end = b"startxref\n%d\n%%%%EOF\n" % pdfs.startxref(data)
    assert pdfs.words(data + b"4 0 obj\n%s\nendobj\n" % OTHER_TEXT + end) == ["HASH_FAILURE"] * 2


def test_freed_objects_do_not_pass():
    data = pdfs.append(pdfs.signed_by_person(), {90: b"null"})
    freed = data.replace(b"90 1\n", b"4 1\n0000000000 00001 f \n90 1\n")
    pdfs.failed(
        freed.replace(b"startxref\n%d" % pdfs.startxref(data), b"startxref\n%d" % pdfs.startxref(data))
    )


def test_a_field_taken_out_of_the_form_is_missed():
    catalog = pdfs.current(pdfs.signed_by_person(), pdfs.CATALOG)
    bare = re.sub(rb"/AcroForm \d+ 0 R", b"", catalog)
    assert bare != catalog
    verdict = pdfs.failed(pdfs.append(pdfs.signed_by_person(), {pdfs.CATALOG: bare}))
    assert dict(verdict.params)["reason"] == "pdf-signature-hidden"


# Shadows: the signer signs a file prepared to show something else later.


def test_a_prepared_text_shown_later_does_not_pass():
    prepared = pdfs.append(pdfs.sample(), {90: OTHER_TEXT})
    signed = pdfs.sign(prepared)
    assert pdfs.words(signed) == ["passed"]
    annotations = re.search(rb"/Annots \[(.*?)\]", pdfs.current(signed, pdfs.PAGE))
    page = pdfs.PAGE_VALUE % (b"90 0 R", b"/Annots[%s]" % annotations[1])
    assert because(pdfs.append(signed, {pdfs.PAGE: page})) == ("HASH_FAILURE", "unexplained")


def gap(number):
    """A page that shows object 90 as well, which is nowhere, or of another generation."""
    return pdfs.append(pdfs.sample(), {pdfs.PAGE: pdfs.PAGE_VALUE % (b"[4 0 R 90 %d R]" % number, b"")})


def test_a_reference_to_nothing_breaks_no_signature():
    assert pdfs.words(pdfs.sign(pdfs.sign(gap(0)), "organisation")) == ["passed", "passed"]


@pytest.mark.parametrize("generation", [0, 1])
def test_a_signed_reference_filled_with_a_text_later_does_not_pass(generation):
    data = pdfs.append(pdfs.sign(gap(generation)), {90: OTHER_TEXT})
    assert because(data)[0] == "HASH_FAILURE"


def test_a_cover_taken_away_later_does_not_pass():
    cover = pdfs.stream(b"1 g 0 0 595 842 re f")
    prepared = pdfs.append(pdfs.sample(), {90: cover, pdfs.PAGE: pdfs.PAGE_VALUE % (b"[4 0 R 90 0 R]", b"")})
    altered = pdfs.append(pdfs.sign(prepared), {90: pdfs.stream(b" ")})
    assert because(altered) == ("HASH_FAILURE", "unexplained")


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        (lambda _: b" null", "pdf-signature-object"),
        (lambda _: b"<>", "malformed"),
        (lambda _: b"<00>", "malformed"),
        (lambda _: b"<%s>" % (b"0" * 8000), "malformed"),
        (lambda _: b"(%s)" % (b"a" * 8000), "pdf-gap"),
        (lambda cms: b"<%s>" % (b" " + cms.hex().encode()).ljust(8000, b"0"), "pdf-gap"),
        (lambda cms: b"<%s>" % cms.hex().encode().ljust(7999, b"0"), "pdf-gap"),
        (lambda cms: b"<%s>" % (cms + b"evil").hex().encode().ljust(8000, b"0"), "trailing-bytes"),
        (lambda cms: b"<%s>" % cms.hex().encode().ljust(1200000, b"0"), "pdf-gap"),
    ],
)
def test_a_value_that_is_not_plainly_a_signature_does_not_pass(contents, reason):
    verdict = pdfs.failed(pdfs.handmade(contents=contents))
    assert verdict.sub_indication == "FORMAT_FAILURE"
    assert dict(verdict.params)["reason"] in {reason, "pdf-signature-object"}


def test_an_entry_without_ranges_or_value_is_seen():
    for word in (b"/ByteRange", b"/Contents"):
        verdict = pdfs.failed(pdfs.handmade().replace(word, b"/X" + word[2:]))
        assert verdict.sub_indication == "FORMAT_FAILURE"


# Wrapping: the signed bytes are kept somewhere, and something else is shown.


def test_the_signature_pointed_at_from_a_later_revision_does_not_pass():
    data = pdfs.handmade()
    copied = pdfs.current(data, 4)
    field = pdfs.current(data, 5).replace(b"/V 4 0 R", b"/V 90 0 R")
    verdict = pdfs.failed(pdfs.append(data, {90: copied, 5: field, 3: pdfs.current(data, 3)}))
    assert verdict.sub_indication == "FORMAT_FAILURE"


# Encodings that are not ours to pass.


@pytest.mark.parametrize("name", ["adbe.pkcs7.sha1", "adbe.x509.rsa_sha1", "My.Own"])
def test_another_encoding_is_named_and_does_not_pass(name):
    verdict = pdfs.failed(pdfs.handmade(sub_filter=b"/SubFilter/" + name.encode()))
    assert verdict.sub_indication == "CRYPTO_CONSTRAINTS_FAILURE"
    assert name in verdict.to_json("en")["sentence"]


def test_an_entry_that_names_no_encoding_does_not_pass():
    pdfs.failed(pdfs.handmade(sub_filter=b""))


def test_two_signers_in_one_value_do_not_pass(tmp_path):
    def both(covered):
        (tmp_path / "content").write_bytes(covered)
        options = ["-binary", "-md", "sha256", "-outform", "DER", "-in", "content", "-out", "both.p7s"]
        for name in ("person", "organisation"):
            folder = tmp_path / name
            folder.mkdir(exist_ok=True)
            getattr(pki, name)().write(folder)
            options += ["-signer", f"{name}/cert.pem", "-inkey", f"{name}/key.pem"]
        pki.openssl(tmp_path, "cms", "-sign", *options)
        return (tmp_path / "both.p7s").read_bytes()

    assert pdfs.failed(pdfs.handmade(make=both)).sub_indication == "FORMAT_FAILURE"


def test_bytes_after_the_end_belong_to_the_signature_or_it_fails():
    assert pdfs.words(pdfs.handmade() + b"\r\n\0") == ["passed"]
    assert because(pdfs.handmade() + b"x")[1] == "trailing-data"
