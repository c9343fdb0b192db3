"""Times of calls, summed up by kind."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from nodes.timings import Timings


def test_the_times_of_a_kind_are_summed_up_to_one_per_cent():
    timings = Timings()
    for number in range(1, 101):
        timings.add("send", 0.1 * number)
    (timing,) = timings.summary()
    assert (timing.kind, timing.calls, timing.slowest) == ("send", 100, 10.0)
    assert (timing.median, timing.high) == pytest.approx((5.1, 9.6), rel=0.0101)


def test_a_call_that_took_no_time_at_all_counts():
    timings = Timings()
    timings.add("send", 0.0)
    assert timings.summary()[0].calls == 1


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


def test_the_times_of_several_parts_are_those_of_one():
    together, parts = Timings(), [Timings(), Timings()]
    for number in range(1, 40):
        parts[number % 2].add("send", 0.01 * number)
        together.add("send", 0.01 * number)
    heard = Timings()
    for part in parts:
        heard.hear(part.told())
    assert heard.summary() == together.summary()
