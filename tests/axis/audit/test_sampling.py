"""A sample says what it can miss, is drawn by chance, and is kept until its audit has ended."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.audited_hub import AuditedHub

from axis.audit.sampling import DOUBT, may_miss
from axis.audit.sentences import sentence


@given(st.integers(1, 300), st.data())
def test_a_sample_can_miss_what_it_would_miss_once_in_twenty_times(counted, data):
    sample = data.draw(st.integers(0, counted))
    missed = may_miss(counted, sample)

    def likelihood(false):
        return comb(counted - false, sample) / comb(counted, sample)

    assert missed == 0 or likelihood(missed) >= DOUBT * (1 - 1e-9)
    assert missed == counted - sample or likelihood(missed + 1) < DOUBT * (1 + 1e-9)


def test_a_whole_sample_misses_nothing():
    assert may_miss(40, 40) == 0
    assert may_miss(5_839, 300) == 56


def test_the_sentence_says_which_share_was_verified(hub: AuditedHub, tmp_path):
    for _ in range(4):
        hub.send("organisation")
    outcome = hub.audit(tmp_path, sample=1)
    assert (outcome.signed, outcome.verified, outcome.may_miss) == (4, 1, 3)
    assert "1 of the 4 documents that are counted as signed was verified (25.0 %" in sentence(outcome, "en")
    assert "up to 3 false ones" in sentence(outcome, "en")
    assert "1 trong 4 văn bản" in sentence(outcome, "vi")
    again = hub.audit(tmp_path)
    assert again.verified == 4
    assert "all 4 documents" in sentence(again, "en")


def test_a_sample_larger_than_all_is_all(hub: AuditedHub, tmp_path):
    hub.send("organisation")
    outcome = hub.audit(tmp_path, sample=10)
    assert (outcome.verified, outcome.may_miss) == (1, 0)
    assert "the 1 document that is counted as signed was fetched" in sentence(outcome, "en")


@pytest.mark.parametrize("sample", [None, 3])
def test_each_audit_verifies_anew(hub: AuditedHub, tmp_path, sample):
    hub.send("organisation")
    for _ in range(2):
        hub.transport.asked.clear()
        assert hub.audit(tmp_path, sample=sample).verified == 1
        assert sum(path.endswith("/manifest") for path in hub.transport.asked) == 1
