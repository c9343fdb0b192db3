"""Across modules: a bounded run of docs/fuzzing.md; each mutant gets a verdict, none passes wrongly."""

import random

import pytest

from benchmarks import fuzz_signatures
from benchmarks.mutations import mutant, spans

CASES = 3_000


@pytest.fixture(scope="module")
def world():
    return fuzz_signatures.make_world()


@pytest.mark.filterwarnings("error")
def test_mutants_get_a_verdict_each_and_reach_every_part_of_the_procedure(world):
    report = fuzz_signatures.fuzz(CASES, 20190312, world)
    assert report.cases == sum(report.verdicts.values()) == CASES
    assert {"FORMAT_FAILURE", "HASH_FAILURE", "SIG_CRYPTO_FAILURE", "TOTAL-PASSED"} <= set(report.verdicts)
    assert {"NO_CERTIFICATE_CHAIN_FOUND", "CERTIFICATE_CHAIN_GENERAL_FAILURE"} <= set(report.verdicts)


def test_every_seed_passes_before_it_is_mutated(world):
    paths = fuzz_signatures.Paths(world.trust)
    for seed in world.seeds:
        assert fuzz_signatures.judge(seed, fuzz_signatures.CONTENT, world, paths) == "TOTAL-PASSED"


def test_a_pass_over_other_content_would_be_seen(world, monkeypatch):
    monkeypatch.setattr(fuzz_signatures, "OTHER", fuzz_signatures.CONTENT)
    with pytest.raises(fuzz_signatures.BrokenRuleError, match="nobody signed"):
        fuzz_signatures.fuzz(CASES, 1, world)


def test_a_pass_by_an_unknown_certificate_would_be_seen(world):
    unknown = fuzz_signatures.World(world.trust, frozenset(), world.seeds)
    with pytest.raises(fuzz_signatures.BrokenRuleError, match="nobody issued"):
        fuzz_signatures.fuzz(CASES, 1, unknown)


def test_the_same_source_gives_the_same_mutants(world):
    first, second = random.Random(7), random.Random(7)
    assert [mutant(world.seeds, first) for _ in range(200)] == [
        mutant(world.seeds, second) for _ in range(200)
    ]


def test_the_places_of_values_are_found_with_what_is_around_them():
    outer, inner, number = spans(bytes.fromhex("3005a003020107"))
    assert (outer.start, outer.content, outer.end) == (0, 2, 7)
    assert inner.around == (outer,)
    assert number.around == (inner, outer)
    assert spans(b"-----BEGIN CMS-----") == ()
