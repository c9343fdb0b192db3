"""What was stopped is tried again soon, then ever more seldom."""

from axis.judging.rejudging_delays import FIRST_SECONDS, LAST_SECONDS, Retries


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def delay(retries, clock):
    """How long after a stop it may be tried again."""
    retries.note()
    begin = clock.now
    while not retries.take():
        clock.now += FIRST_SECONDS
    return clock.now - begin


def test_nothing_is_tried_again_where_nothing_was_stopped():
    clock = Clock()
    retries = Retries(clock)
    clock.now += LAST_SECONDS
    assert not retries.take()


def test_each_stop_on_end_doubles_the_wait_up_to_a_bound():
    clock = Clock()
    retries = Retries(clock)
    assert [delay(retries, clock) for _ in range(3)] == [FIRST_SECONDS, 2 * FIRST_SECONDS, 4 * FIRST_SECONDS]
    assert [delay(retries, clock) for _ in range(10)][-1] == LAST_SECONDS


def test_after_a_quiet_while_it_begins_anew():
    clock = Clock()
    retries = Retries(clock)
    for _ in range(4):
        delay(retries, clock)
    clock.now += LAST_SECONDS
    assert delay(retries, clock) == FIRST_SECONDS
