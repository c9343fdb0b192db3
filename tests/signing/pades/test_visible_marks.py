"""The marks that are drawn of a person's and an organisation's signature."""

from support import pdfs, pki
from support.pdfs import drawn


def test_the_marks_are_a_blue_signature_and_a_red_seal_with_name_and_time():
    form, words = drawn(pdfs.signed_by_person())
    assert b"0.05 0.15 0.65 rg" in form
    assert "Nguyễn Văn An" in words
    assert "03/06/2019 09:11:09 +07:00" in words
    form, words = drawn(pdfs.signed_by_both())
    assert b"0.80 0.05 0.10 rg" in form
    assert pki.NAME in words
