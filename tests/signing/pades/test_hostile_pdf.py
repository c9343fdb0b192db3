"""Across modules: hostile PDF files get a verdict, within bounds, and none passes."""

import pickle
import random

import pytest
from support import pdfs
from support.effort import times
from support.pdf_bombs import BOMBS

from signing.pades import PdfSignatures, read_pdf
from signing.pades import read as reading
from signing.verdict import Indication

MUTATIONS = times(400)


CHEAP = [
    "a list in a circle",
    "a list of entries without width",
    "a comment without end",
    "a packed comment without end",
    "packed deep arrays",
    "fields in a circle",
    "pages in a circle",
    "a crowd of signatures",
    "hundreds of revisions",
]


@pytest.mark.parametrize("name", CHEAP)
def test_a_bomb_is_judged_and_does_not_pass(name):
    verdicts = pdfs.judge(BOMBS[name]())
    assert verdicts
    assert all(verdict.indication is not Indication.TOTAL_PASSED for verdict in verdicts)


def test_a_file_cut_off_anywhere_does_not_pass_and_breaks_nothing():
    data = pdfs.signed_by_both()
    whole_first = len(pdfs.signed_by_person())
    for end in range(0, len(data), 97):
        passed = [
            verdict
            for verdict in pdfs.judge(data[:end])
            if verdict.indication is Indication.TOTAL_PASSED and end < whole_first - 2
        ]
        assert passed == []


def test_mutated_files_break_nothing_and_pass_only_where_nothing_signed_was_touched():
    rng = random.Random(20190312)
    data = pdfs.signed_by_person()
    begin = data.index(b"/Contents <") + len(b"/Contents ")
    end = data.index(b">", begin) + 1
    for _ in range(MUTATIONS):
        mutated = bytearray(data)
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(mutated))
            change = rng.randrange(4)
            if change == 0:
                mutated[at] = rng.randrange(256)
            elif change == 1:
                del mutated[at : at + rng.randint(1, 50)]
            elif change == 2:
                other = rng.randrange(len(mutated))
                mutated[at:at] = mutated[other : other + rng.randint(1, 200)]
            else:
                mutated[at : at + 1] = rng.choice([b"<<", b">>", b"[", b"]", b"(", b"%", b"0 R", b"endobj"])
        result = bytes(mutated)
        for verdict in pdfs.judge(result):
            if verdict.indication is Indication.TOTAL_PASSED:
                assert result[:begin] == data[:begin]
                assert result[end:].rstrip(b"\0\t\n\f\r ") == data[end:].rstrip()


def test_what_was_read_can_be_handed_between_processes():
    for data in (pdfs.signed_by_both(), pdfs.handmade(ranges=None), pdfs.sample(), b""):
        found = read_pdf(data)
        assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize("data", [b"", b"%PDF-", b"PK\3\4", pdfs.sample(), b"%PDF-1.7 /Sig", b"/Sig" * 99])
def test_what_is_not_signed_has_no_signatures(data):
    assert read_pdf(data) == PdfSignatures()


def test_a_file_too_large_to_read_is_left_open(monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 1000)
    (verdict,) = pdfs.judge(pdfs.signed_by_person())
    assert (verdict.indication, verdict.sub_indication) == ("INDETERMINATE", "GENERIC")
    assert "1000" in verdict.to_json("en")["sentence"]
    assert read_pdf(pdfs.sample()) == PdfSignatures()


def test_a_broken_file_that_says_it_is_signed_is_left_open():
    """A viewer may repair what we do not read, so that nothing is shown to be wrong."""
    (verdict,) = pdfs.judge(b"%PDF-1.7 /ByteRange [0 1 2 3]")
    assert (verdict.indication, verdict.sub_indication) == ("INDETERMINATE", "GENERIC")
    for language in ("vi", "en"):
        assert verdict.to_json(language)["remedy"]
