"""Processes of one machine wait for one another over pipes; which of them does not come any more is named."""

from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pipe

import pytest

from nodes.errors import PartEnded
from nodes.parts import Part
from nodes.process_meeting import PipeEnd, ProcessMeeting


def meetings(of, **options):
    """The meetings of so many parts, all there."""
    pipes = [Pipe() for _ in range(1, of)]
    ends = [[PipeEnd(Part(number, of), ours) for number, (ours, _) in enumerate(pipes, start=2)]]
    ends += [[PipeEnd(Part(1, of), theirs)] for _, theirs in pipes]
    made = [
        ProcessMeeting(Part(number, of), lambda number=number: {"part": number}, own, **options)
        for number, own in enumerate(ends, start=1)
    ]
    with ThreadPoolExecutor(of) as pool:
        list(pool.map(ProcessMeeting.gather, made))
    return made


def close(meeting):
    """End as a process that was killed: without a word."""
    meeting.ends[0].connection.close()


def stopped(meeting):
    with pytest.raises(PartEnded) as caught:
        meeting.step()
    return str(caught.value)


def test_all_come_to_a_point_before_the_first_acts_and_none_goes_on_before_it_has():
    happened, made = [], meetings(3)

    def work(meeting):
        for step in range(5):
            happened.append((step, "came"))
            meeting.step(lambda step=step: happened.append((step, "act")))
            happened.append((step, "went"))
        meeting.leave("")

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, made))
    for step in range(5):
        acted = happened.index((step, "act"))
        assert [what for at, what in happened[:acted] if at == step] == ["came"] * 3
        assert [what for at, what in happened[acted:] if at == step] == ["act", *["went"] * 3]
    assert [meeting.notes() for meeting in made] == [[{"part": 1}, {"part": 2}, {"part": 3}]] * 3


def test_what_the_first_does_is_told_with_the_same_step():
    counted = [0]
    leader, other = meetings(2)
    leader.tell = lambda: {"counted": counted[0]}
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(other.step)
        leader.step(lambda: counted.__setitem__(0, len(leader.notes())))
        waiting.result()
    assert other.notes() == leader.notes() == [{"counted": 2}, {"part": 2}]


def test_a_part_that_leaves_ends_the_others_by_name_and_reason():
    leader, second, third = meetings(3)
    second.leave("409 number-taken: …")
    assert stopped(leader) == "part 2/3 ended: 409 number-taken: …"
    leader.leave("interrupted")
    assert stopped(third) == "part 1/3 ended: interrupted"
    leader, second = meetings(2)
    second.leave("")
    assert stopped(leader) == "part 2/2 ended before the others"


def test_a_process_that_was_killed_is_named_with_how_it_ended_where_that_is_known():
    leader, second = meetings(2, watch=lambda: "part 2/2, process 7, ended with -9")
    close(second)
    assert stopped(leader) == "part 2/2, process 7, ended with -9"
    leader, second = meetings(2)
    close(leader)
    assert stopped(second) == "part 1/2 ended"


def test_a_part_that_works_long_is_heard_of_and_one_that_is_silent_ends_the_others(monkeypatch):
    monkeypatch.setattr("nodes.process_meeting.BEAT_SECONDS", 0.01)
    monkeypatch.setattr("nodes.process_meeting._LOOK_SECONDS", 0.01)
    leader, second = meetings(2, silent_seconds=0.5)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(second.step)
        leader.ends[0].receive(60)  # the step came; after it come the signs of life
        for _ in range(5):
            assert leader.ends[0].connection.poll(60)
            assert leader.ends[0].connection.recv() == ("alive", None)
        leader._over.set()  # from here on nothing is heard of it
        with pytest.raises(PartEnded, match="part 1/2 was not heard of for"):
            waiting.result()
