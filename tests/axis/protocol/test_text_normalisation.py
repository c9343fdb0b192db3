"""Normal forms are those of the standard library, and take no longer than a text is long."""

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axis.protocol import text_normalisation
from axis.protocol.text_folding import fold
from axis.protocol.text_normalisation import decomposed, nfc

MARKS = st.text(
    alphabet="eạếữỹ\u0301\u0302\u0309\u0316\u031b\u0323\u0327\u0344\u0345\u0f73\u0f71\u0591\u05b0\u1100\u1161\u11a8\u0bc6"
    "\u0bbe\u3099が\ufb2c\ufdfa𝅘𝅥𝅮",
    max_size=200,
)


@pytest.mark.parametrize("form", ["NFD", "NFKD"])
@given(text=MARKS | st.text(max_size=200))
def test_decomposed_texts_are_those_of_the_standard_library(form, text):
    long = text + "\u0316\u0301e" * 30
    assert decomposed(long, form) == unicodedata.normalize(form, long)
    assert decomposed(text, form) == unicodedata.normalize(form, text)


@given(text=MARKS | st.text(max_size=200))
def test_composed_texts_are_those_of_the_standard_library(text):
    long = text + "\u0316\u0301e" * 30
    assert nfc(long) == unicodedata.normalize("NFC", long)
    assert nfc(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    "marks", ["\u0300\u0316" * 30_000, "\u0300" * 30_000 + "\u0316" * 30_000, "\u0f73" * 30_000]
)
def test_no_run_of_marks_comes_unordered_before_the_standard_library(marks, monkeypatch):
    """It takes a minute for these, and a hundredth of a second where they are in order."""
    longest = 0
    real = unicodedata.normalize

    def normalize(form, text):
        nonlocal longest
        classes = [unicodedata.combining(part) for character in text for part in real("NFD", character)]
        if any(0 < after < before for before, after in itertools.pairwise(classes)):
            longest = max(longest, len(text))
        return real(form, text)

    monkeypatch.setattr(text_normalisation, "normalize", normalize)
    nfc(f"e{marks}")
    fold(f"e{marks}")
    assert longest <= 64
