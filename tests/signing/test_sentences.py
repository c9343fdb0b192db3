"""Every reason has a sentence and a remedy in Vietnamese and English."""

import re
import string
from pathlib import Path

import pytest

import signing
from signing import texts_en, texts_vi
from signing.sentences import LANGUAGES, check_title, sentence_and_remedy
from signing.vocabulary import SubIndication

TEXTS = {"en": texts_en, "vi": texts_vi}
VIETNAMESE = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", SubIndication)
def test_every_sub_indication_says_what_is_wrong_and_what_to_do(word, language):
    params = {
        name: f"<{name}>"
        for name in ("agency", "sender", "trusted_time", "not_before", "not_after", "revoked_at", "issuer")
    }
    sentence, remedy = sentence_and_remedy(word, {**params, "reason": "unknown-issuer"}, language)
    assert sentence.endswith(".")
    assert remedy
    assert remedy.endswith(".")
    assert "?" not in sentence
    assert bool(VIETNAMESE.search(sentence + remedy)) == (language == "vi")


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_texts_with_the_same_parameters():
    for table in ("SENTENCES", "REASONS", "CHECKS"):
        english, vietnamese = getattr(texts_en, table), getattr(texts_vi, table)
        assert list(english) == list(vietnamese)
    for key, (sentence, remedy) in texts_en.SENTENCES.items():
        other, other_remedy = texts_vi.SENTENCES[key]
        assert fields(sentence) == fields(other), key
        assert fields(remedy or "") == fields(other_remedy or ""), key
    for key, reason in texts_en.REASONS.items():
        assert fields(reason) == fields(texts_vi.REASONS[key]), key


def test_vietnamese_texts_are_vietnamese():
    for text in (*texts_vi.REASONS.values(), *texts_vi.CHECKS.values()):
        assert VIETNAMESE.search(text) or text == "khóa {found}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_parameter_that_an_old_verdict_does_not_carry_is_shown_so(language):
    sentence, _ = sentence_and_remedy("EXPIRED", {}, language)
    assert "?" in sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_of_others_is_shown_as_it_is_and_never_filled_in(language):
    sentence, _ = sentence_and_remedy(
        "SIG_CONSTRAINTS_FAILURE", {"agency": "{sender.__class__}", "sender": "H24"}, language
    )
    assert "{sender.__class__}" in sentence


def test_a_reason_or_check_without_a_text_is_shown_by_its_word():
    assert "future-word" in sentence_and_remedy("FORMAT_FAILURE", {"reason": "future-word"}, "en")[0]
    assert check_title("future-check", "vi") == "future-check"


def test_every_reason_the_code_gives_has_a_text():
    folder = Path(signing.__file__).parent
    files = [path for path in folder.rglob("*.py") if path.name not in {"merkle.py", "notes.py"}]
    source = "".join(path.read_text(encoding="utf-8") for path in files)
    given = set(re.findall(r'Unreadable(?:Signature|Certificate)\(\s*reason="([a-z-]+)"', source))
    given |= set(re.findall(r'\("reason", "([a-z-]+)"\)', source))
    assert len(given) > 20
    assert given <= set(texts_en.REASONS)
