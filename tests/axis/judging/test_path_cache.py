"""Outcomes of path validation are remembered for the interval in which they hold, and computed once."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.waiting import GUARD_SECONDS

from axis.judging.path_cache import INTERVALS_PER_PATH, PathCache
from signing.paths.validation import Enclosed, PathOutcome, TrustMaterial
from signing.verdict_vocabulary import Indication

JUNE = dt.datetime(2019, 6, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
TRUST = TrustMaterial(roots=(b"root",))


def outcome(begin: dt.datetime, end: dt.datetime) -> PathOutcome:
    return PathOutcome(Indication.TOTAL_PASSED, None, (), (), (), begin, end)


class Computing:
    """Answers each day with an outcome that holds that day."""

    def __init__(self):
        self.asked = []

    def __call__(self, certificate, enclosed, trust, at):
        self.asked.append((certificate, enclosed, trust.digest, at))
        day = at.replace(hour=0)
        return outcome(day, day + DAY)


def test_an_outcome_is_computed_once_while_it_holds():
    computing = Computing()
    cache = PathCache(computing)
    assert cache.find(b"leaf", Enclosed(), TRUST, JUNE) is None
    first = cache.outcome(b"leaf", Enclosed(), TRUST, JUNE)
    assert cache.outcome(b"leaf", Enclosed(), TRUST, JUNE + DAY / 2) is first
    assert cache.find(b"leaf", Enclosed(), TRUST, JUNE) is first
    assert len(computing.asked) == 1
    assert cache.find(b"leaf", Enclosed(), TRUST, JUNE + DAY) is None  # the end is outside
    assert cache.find(b"leaf", Enclosed(), TRUST, JUNE - dt.timedelta(microseconds=1)) is None


def test_other_things_that_came_along_or_other_trust_are_another_path():
    computing = Computing()
    cache = PathCache(computing)
    other = TrustMaterial(roots=(b"other",))
    cases = [
        (b"leaf", Enclosed(), TRUST),
        (b"leaf", Enclosed((b"a", b"b")), TRUST),
        (b"leaf", Enclosed((b"ab",)), TRUST),
        (b"leafa", Enclosed((b"b",)), TRUST),
        (b"leaf", Enclosed(crls=(b"a",)), TRUST),
        (b"leaf", Enclosed(ocsps=(b"a",)), TRUST),
        (b"leaf", Enclosed((b"a",)), TRUST),
        (b"leaf", Enclosed((b"crls", b"a")), TRUST),
        (b"leaf", Enclosed(), other),
    ]
    for case in cases * 2:
        cache.outcome(*case, JUNE)
    assert len(computing.asked) == len(cases)


def test_a_moved_clock_finds_its_earlier_days_again_but_not_all_of_them():
    computing = Computing()
    cache = PathCache(computing)
    for day in range(INTERVALS_PER_PATH + 1):
        cache.outcome(b"leaf", Enclosed(), TRUST, JUNE + day * DAY)
    assert cache.find(b"leaf", Enclosed(), TRUST, JUNE + DAY)
    assert cache.find(b"leaf", Enclosed(), TRUST, JUNE) is None


def test_many_that_need_the_same_path_at_once_share_one_computation():
    entered, release = threading.Event(), threading.Event()
    asked = []

    def slow(_certificate, _enclosed, _trust, at):
        asked.append(at)
        entered.set()
        assert release.wait(GUARD_SECONDS)
        return outcome(JUNE, JUNE + DAY)

    cache = PathCache(slow)
    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(cache.outcome, b"leaf", Enclosed(), TRUST, JUNE) for _ in range(8)]
        assert entered.wait(GUARD_SECONDS)
        release.set()
        assert len({id(future.result(GUARD_SECONDS)) for future in futures}) == 1
    assert len(asked) == 1


def test_a_computation_that_fails_is_tried_again_by_the_next():
    answers = [RuntimeError("no worker"), outcome(JUNE, JUNE + DAY)]

    def flaky(*_arguments):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    cache = PathCache(flaky)
    with pytest.raises(RuntimeError):
        cache.outcome(b"leaf", Enclosed(), TRUST, JUNE)
    assert cache.outcome(b"leaf", Enclosed(), TRUST, JUNE)


def test_it_stays_bounded(monkeypatch):
    monkeypatch.setattr("axis.judging.path_cache.OUTCOMES_REMEMBERED", 3)
    cache = PathCache(Computing())
    for leaf in (b"1", b"2", b"3", b"4"):
        cache.outcome(leaf, Enclosed(), TRUST, JUNE)
    assert [bool(cache.find(leaf, Enclosed(), TRUST, JUNE)) for leaf in (b"1", b"2", b"3", b"4")] == [
        False,
        True,
        True,
        True,
    ]
