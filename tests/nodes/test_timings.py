"""Times of calls, summed up by kind."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from nodes.timings import Timings, _timing


def test_the_times_of_a_kind_are_summed_up():
    assert _timing("send", [0.1 * number for number in range(1, 101)]) == pytest.approx(
        ("send", 100, 5.05, 9.6, 10.0)
    )
    assert _timing("send", [2.0])[1:] == (1, 2.0, 2.0, 2.0)


def test_threads_add_to_one_summary_and_a_failure_is_not_timed():
    timings = Timings()

    def work(number):
        with timings.timed("even" if number % 2 == 0 else "odd"):
            pass

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(100)))
    with pytest.raises(ZeroDivisionError), timings.timed("even"):
        _ = 1 // 0
    assert [(timing.kind, timing.calls) for timing in timings.summary()] == [("even", 50), ("odd", 50)]
