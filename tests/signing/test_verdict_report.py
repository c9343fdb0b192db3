"""Reports say everything in both languages, and show a stranger's text harmlessly."""

import re

import pytest
from support import pki

from signing import cms
from signing.verdict import Indication, SubIndication
from signing.verdict_report import Report, overall, page, text
from signing.verdict_report_texts import LABELS
from signing.verdict_sentences import LANGUAGES


@pytest.fixture
def passed():
    signer = pki.organisation()
    return pki.judge(
        cms.sign(pki.CONTENT, signer.certificate, signer.key, chain=signer.chain, signing_time=pki.AT)
    )


@pytest.fixture
def failed(passed):
    words = {"indication": Indication.TOTAL_FAILED, "sub_indication": SubIndication.HASH_FAILURE}
    return passed._replace(**words)


@pytest.fixture
def undecided(passed):
    words = {"indication": Indication.INDETERMINATE, "sub_indication": SubIndication.TRY_LATER}
    return passed._replace(**words)


def test_both_languages_have_the_same_labels():
    assert list(LABELS["en"]) == list(LABELS["vi"])
    same = {name for name, label in LABELS["en"].items() if label == LABELS["vi"][name]}
    assert same == {"sha256"}


def test_the_worst_of_several_is_what_they_come_to(passed, failed, undecided):
    assert overall([]) is None
    assert overall([passed, passed]) is Indication.TOTAL_PASSED
    assert overall([passed, undecided]) is Indication.INDETERMINATE
    assert overall([passed, undecided, failed]) is Indication.TOTAL_FAILED


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_and_page_tell_sentence_remedy_and_every_check(passed, failed, language):
    reports = [Report("a.txt", (passed, failed)), Report("b.txt", ())]
    shown = failed.to_json(language)
    for made in (
        text(reports, language, detail=True),
        page(reports, language, policy="axis-2019", trust="0" * 64),
    ):
        assert shown["sentence"] in made
        assert shown["remedy"] in made
        assert LABELS[language]["no-signature"] in made
        for check in shown["checks"]:
            assert check["title"].replace("'", "&#x27;" if "<html" in made else "'") in made


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_strangers_text_moves_neither_terminal_nor_page(passed, language):
    hostile = '</td><script>"\x1b]0;x\x07\u202e'
    reports = [Report(hostile, (passed._replace(signer=hostile, covers=hostile),))]
    lines = text(reports, language, detail=True)
    made = page(reports, language, policy=hostile, trust=hostile)
    assert not re.search("[\x1b\x07\u202e]", lines + made)
    assert "<script" not in made


def test_the_page_asks_nobody_for_anything(passed):
    made = page([Report("a.txt", (passed,))], "en", policy="axis-2019", trust="0" * 64)
    assert "default-src 'none'" in made
    assert not re.search(r"(?:src|href)=|url\(|@import", made)
