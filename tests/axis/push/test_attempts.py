"""How long a webhook waits, and when a message is set aside."""

from axis.clock import Microseconds
from axis.push.attempts import GIVE_UP_SECONDS, SECOND, WAITS_SECONDS, Lane, is_old

NOW = Microseconds(1_700_000_000 * SECOND)


def later(seconds: float) -> Microseconds:
    return Microseconds(int(NOW + seconds * SECOND))


def test_each_failure_waits_longer_and_the_last_wait_is_repeated():
    lane, at, waits = Lane(0, 5), NOW, []
    for _ in range(len(WAITS_SECONDS) + 2):
        lane = lane.failed("no connection", at)
        assert lane.due_at is not None
        waits.append((lane.due_at - at) // SECOND)
        at = lane.due_at
    assert waits == [*WAITS_SECONDS, WAITS_SECONDS[-1], WAITS_SECONDS[-1]]
    assert waits == sorted(waits)
    assert lane.failing_since == NOW
    assert lane.place == 5


def test_a_lane_is_due_from_its_moment_on():
    lane = Lane(0, 5).failed("status 500", NOW)
    assert not lane.is_due(later(WAITS_SECONDS[0] - 1))
    assert lane.is_due(later(WAITS_SECONDS[0]))
    assert Lane(0, 5).is_due(NOW)


def test_success_begins_the_count_anew():
    lane = Lane(0, 5).failed("status 500", NOW).taken(9, "status 204", later(6))
    assert (lane.place, lane.attempts, lane.failing_since, lane.due_at) == (9, 0, None, None)
    assert (lane.answer, lane.taken_at) == ("status 204", later(6))


def test_success_keeps_what_a_replay_is_about():
    lane = Lane(3, 5, 20, aside=True).taken(9, "status 200", NOW)
    assert (lane.number, lane.until, lane.aside) == (3, 20, True)


def test_it_gives_up_after_three_days_of_failures_and_not_before():
    failing = Lane(0, 5).failed("status 500", NOW)
    assert not failing.gives_up(later(GIVE_UP_SECONDS - 1))
    assert failing.gives_up(later(GIVE_UP_SECONDS))
    assert not Lane(0, 5).gives_up(later(GIVE_UP_SECONDS))


def test_a_message_is_old_after_three_days():
    assert is_old(NOW, later(GIVE_UP_SECONDS))
    assert not is_old(NOW, later(GIVE_UP_SECONDS - 1))


def test_nothing_moves_a_lane_back():
    assert Lane(0, 5).moved(3).place == 5


def test_a_long_answer_is_cut_to_what_the_store_holds():
    assert len(Lane(0, 5).failed("x" * 1_000, NOW).answer or "") == 200
