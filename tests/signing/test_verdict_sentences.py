"""Every reason has a sentence and a remedy in Vietnamese and English."""

import re
import string
from pathlib import Path

import pytest

import signing
from signing import verdict_situations_en, verdict_situations_vi, verdict_texts_en, verdict_texts_vi
from signing.verdict_sentences import LANGUAGES, check_title, place_of, sentence_and_remedy
from signing.verdict_vocabulary import SubIndication

TEXTS = {"en": verdict_texts_en, "vi": verdict_texts_vi}
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
        english, vietnamese = getattr(verdict_texts_en, table), getattr(verdict_texts_vi, table)
        assert list(english) == list(vietnamese)
    for key, (sentence, remedy) in verdict_texts_en.SENTENCES.items():
        other, other_remedy = verdict_texts_vi.SENTENCES[key]
        assert fields(sentence) == fields(other), key
        assert fields(remedy or "") == fields(other_remedy or ""), key
    for key, reason in verdict_texts_en.REASONS.items():
        assert fields(reason) == fields(verdict_texts_vi.REASONS[key]), key


def test_both_languages_have_words_for_the_same_situations():
    english, vietnamese = verdict_situations_en.SITUATIONS, verdict_situations_vi.SITUATIONS
    assert list(english) == list(vietnamese)
    for key, texts in english.items():
        word = key.partition("@")[0].partition(":")[0]
        assert word in set(SubIndication), key
        for text, other in zip(texts, vietnamese[key], strict=True):
            assert (text is None) == (other is None), key
            assert fields(text or "") == fields(other or ""), key
            assert VIETNAMESE.search(other or "ệ"), key


PLACES = ("manifest", "beside", "carried", "pdf", "xml", "package")
PARAMS = {
    "agency": "H24", "sender": "H62", "trusted_time": "2026", "not_before": "2019", "not_after": "2024",
    "revoked_at": "2020", "issuer": "CN=CA", "found": "81234567", "limit": "5", "expected": "data", "by": "A",
}  # fmt: skip
OF_ONE_PLACE = {"pdf": ("pdf",), "xml": ("xml", "package"), "part": ("xml",), "container": ("package",),
                "mime": ("package",), "unjudged": ("package",)}  # fmt: skip
MANIFEST = re.compile("manifest|bản kê", re.IGNORECASE)
BY_ITSELF = re.compile("by itself|tự xét|tự được|tự kiểm tra", re.IGNORECASE)
FOR_THE_COMMAND_LINE = re.compile("openssl|tách rời|a detached", re.IGNORECASE)
CHANGED = re.compile("changed|altered|thay đổi|bị sửa", re.IGNORECASE)
ABOUT_THE_CERTIFICATE = {"REVOKED", "EXPIRED", "NOT_YET_VALID", "REVOKED_CA_NO_POE", "TRY_LATER"}


def situations():
    """Every reason in every place it can come from, told by a hub and by a command."""
    for word in SubIndication:
        for reason in ("", *verdict_texts_en.REASONS):
            for place in OF_ONE_PLACE.get(reason.partition("-")[0], PLACES):
                for is_offline in (False, True):
                    yield word, reason, place, is_offline


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentence_and_remedy_fit_the_reason_the_file_and_who_reads_them(language):
    for word, reason, place, is_offline in situations():
        case = (word, reason, place, is_offline)
        sentence, remedy = sentence_and_remedy(
            word, {**PARAMS, "reason": reason} if reason else PARAMS, language, place, is_offline=is_offline
        )
        assert remedy, case
        assert sentence.endswith("."), case
        assert remedy.endswith("."), case
        assert "?" not in sentence or not reason, case
        if place != "manifest":
            assert not MANIFEST.search(sentence), case
            assert not FOR_THE_COMMAND_LINE.search(remedy), case
            assert not (is_offline and MANIFEST.search(remedy)), (case, remedy)
        if is_offline:
            assert not BY_ITSELF.search(remedy), (case, remedy)
        if word in ABOUT_THE_CERTIFICATE and not reason:
            assert not CHANGED.search(sentence + remedy), case


def test_a_place_is_told_by_format_and_name():
    assert place_of("CAdES", "manifest") == "manifest"
    assert place_of("CMS", "attachment:letter.pdf") == "beside"
    assert place_of("CMS", "attachment:letter.pdf.P7M") == "carried"
    assert place_of("PAdES", "attachment:letter.pdf") == "pdf"
    assert place_of("XMLDSig", "attachment:a.xml#body") == "xml"
    assert place_of("ASiC-E", "attachment:a.asice") == "package"


def test_sizes_are_shown_as_people_read_them():
    params = {"reason": "too-large", "found": "300000", "limit": "262144"}
    assert "293 KB large, and up to 256 KB" in sentence_and_remedy("FORMAT_FAILURE", params, "en")[0]
    params = {"reason": "pdf-too-large", "found": "81264640", "limit": "67108864"}
    assert "77,5 MB" in sentence_and_remedy("GENERIC", params, "vi", "pdf")[0]
    strange = {"reason": "too-large", "found": "many", "limit": "9" * 30}
    assert "many" in sentence_and_remedy("FORMAT_FAILURE", strange, "en")[0]


def test_vietnamese_texts_are_vietnamese():
    for text in (*verdict_texts_vi.REASONS.values(), *verdict_texts_vi.CHECKS.values()):
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
    assert given <= set(verdict_texts_en.REASONS)
