"""The marks that are drawn of a person's and an organisation's signature."""

import re

from support import pdfs, pki


def drawn(data):
    """Colours and words of the marks in a file."""
    forms = re.findall(rb"/Subtype /Form.*?stream\s(.*?)\sendstream", data, re.DOTALL)
    texts = [
        bytes.fromhex(text.decode()).decode("utf-16-be")
        for form in forms
        for text in re.findall(rb"ActualText<FEFF([0-9A-F]+)>", form)
    ]
    return b" ".join(forms), " ".join(texts)


def test_the_marks_are_a_blue_signature_and_a_red_seal_with_name_and_time():
    form, words = drawn(pdfs.signed_by_person())
    assert b"0.05 0.15 0.65 rg" in form
    assert "Nguyễn Văn An" in words
    assert "03/06/2019 09:11:09 +07:00" in words
    form, words = drawn(pdfs.signed_by_both())
    assert b"0.80 0.05 0.10 rg" in form
    assert pki.NAME in words
