"""Text is found without marks, case or the bar of đ."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axis.protocol import text_normalisation
from axis.protocol.text_folding import fold, words


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Quyết định", "quyet dinh"),
        ("V/v đẩy mạnh chuyển đổi số", "v/v day manh chuyen doi so"),
        ("ĐỒNG THÁP", "dong thap"),
        ("Ủy ban nhân dân tỉnh Thừa Thiên Huế", "uy ban nhan dan tinh thua thien hue"),
        ("Số 123/QĐ-UBND", "so 123/qd-ubnd"),
        ("", ""),
    ],
)
def test_vietnamese_is_found_without_marks_case_or_bars(written, folded):
    assert fold(written) == folded


def test_both_unicode_forms_of_a_text_fold_to_the_same():
    text = "Nghị quyết về phòng chống bão lũ"
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạếềểễệốồổỗộứừửữựÁĐƯỢ 0123456789"))
def test_every_vietnamese_letter_becomes_a_plain_one(text):
    assert fold(text).isascii()


@given(st.text())
def test_case_never_matters(text):
    assert fold(text.swapcase().casefold()) == fold(text.swapcase())


def test_words_are_runs_of_letters_and_digits():
    assert words("123/QĐ-UBND: V/v  đề_án số hoá") == ["123", "qd", "ubnd", "v", "v", "de", "an", "so", "hoa"]


@given(
    st.text(
        st.sampled_from("aế\u0301\u0323\u0344\u302e\uff9e\u1100\u1161\uac00\ufb1d\U0001d15e "), max_size=80
    )
)
def test_text_of_many_marks_comes_to_the_same_form_as_any(text):
    assert text_normalisation.nfc(text) == unicodedata.normalize("NFC", text)
    assert text_normalisation.decomposed(text) == unicodedata.normalize("NFD", text)
    assert text_normalisation.decomposed(text, "NFKD") == unicodedata.normalize("NFKD", text)


def test_every_character_that_becomes_a_mark_first_is_known_for_one():
    characters = (chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    marks = [each for each in characters if unicodedata.combining(unicodedata.normalize("NFKD", each)[0])]
    assert len(marks) > 800
    assert [each for each in marks if not text_normalisation._MANY_MARKS.search(each * 32)] == []


@given(
    st.text(
        st.one_of(st.characters(), st.sampled_from("aăâđĐêôơưẾộ_/- 0\u0301\u0323\u0340\u0370\u00a0\ud800"))
    )
)
def test_words_are_the_runs_of_letters_and_digits_of_the_folded_text(text):
    assert words(text) == [word for word in re.split(r"[\W_]+", fold(text)) if word]


def test_every_character_has_its_place_among_words():
    for text in (f"A{chr(code)}9" for code in range(0x2100)):
        assert words(text) == [word for word in re.split(r"[\W_]+", fold(text)) if word], ascii(text)
