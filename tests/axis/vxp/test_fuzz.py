"""Over HTTP: a bounded run of docs/fuzzing.md; mutated messages get replies, and the store stays whole."""

import contextlib
import random

import pytest
from support.edxml_messages import DOCUMENT, STATUS

from axis.protocol import edxml
from axis.vxp import message_contents, replies, send_edoc
from benchmarks import fuzz_messages
from benchmarks.fuzz_axis import BrokenRuleError
from benchmarks.message_mutations import elements, mutant, restyled

CASES = 300
SEED = 20261122


@pytest.fixture
def fuzz(database_url, tmp_path):
    """Run the fuzzer on a store of each kind."""

    @contextlib.contextmanager
    def store(_folder):
        yield database_url

    def run(cases=CASES, seed=SEED):
        return fuzz_messages.fuzz(cases, seed, keep=tmp_path / "case.json", stores=store)

    run.kept = tmp_path / "case.json"
    return run


def test_mutated_messages_get_replies_and_reach_every_kind_of_refusal(fuzz):
    report = fuzz()
    assert report.cases == sum(sum(codes.values()) for codes in report.replies.values()) == CASES
    assert {"0", "10", "15", "18", "21", "22"} <= set(report.replies["sendEdoc"])
    assert {"past its reading", "xml-malformed", "element-missing", "element-twice"} <= set(report.faults)
    assert report.accepted > 20
    assert report.fetched > 40
    assert not fuzz.kept.exists()


def test_a_fault_of_ours_would_be_seen_and_its_case_kept(fuzz, monkeypatch):
    def read(*_given):
        raise ZeroDivisionError

    monkeypatch.setattr(send_edoc.edxml, "read", read)
    with pytest.raises(BrokenRuleError, match="ZeroDivisionError"):
        fuzz()
    assert "ZeroDivisionError" in fuzz.kept.read_text(encoding="utf-8")


def test_a_reply_that_breaks_the_real_client_would_be_seen(fuzz, monkeypatch):
    monkeypatch.setattr(replies, "plain", lambda text, _most=0: None if "directory" in text else text)
    with pytest.raises(BrokenRuleError):
        fuzz()


def test_a_refusal_that_is_not_recorded_would_be_seen(fuzz, monkeypatch):
    async def refuse(*_given):
        return None

    monkeypatch.setattr("axis.vxp.message_refusals.refuse", refuse)
    with pytest.raises(BrokenRuleError, match="refusals recorded"):
        fuzz(60)


def test_a_message_that_came_out_as_another_would_be_seen(fuzz, monkeypatch):
    monkeypatch.setattr(message_contents.edxml, "insert_hop", lambda original, *_hop: original)
    with pytest.raises(BrokenRuleError, match="came out as another"):
        fuzz(60)


def test_the_same_source_gives_the_same_mutants():
    first, second = random.Random(7), random.Random(7)
    seeds = (DOCUMENT, STATUS)
    for _ in range(200):
        assert mutant(DOCUMENT, seeds, first) == mutant(DOCUMENT, seeds, second)


def test_a_message_written_as_others_write_it_says_the_same():
    source = random.Random(1)
    written = {restyled(edxml.write(edxml.read(DOCUMENT).message), source) for _ in range(40)}
    assert len(written) == 5
    assert len({edxml.read(each).message for each in written}) == 1


def test_elements_are_found_with_what_is_between_their_tags():
    data = b"<a:b c='d'><e/>f</a:b><g>"
    inner, outer = elements(data)
    assert (data[inner.start : inner.end], inner.local) == (b"<e/>", "e")
    assert (data[outer.inner : outer.inner_end], outer.local) == (b"<e/>f", "b")
