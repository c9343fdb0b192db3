"""Parts of a run wait for one another; who does not come any more is named."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.waiting import wait_until

from nodes.errors import NodesError, PartEnded, ProblemError, TransportError
from nodes.meeting import Alone, SharedMeeting
from nodes.parts import Part


class Board:
    """Where parts meet, in the place of a sandbox."""

    def __init__(self):
        self.notes, self.silent, self.failures = {}, {}, []
        self.lock = threading.Lock()
        self.tokens = []

    def call(self, _method, path, body):
        run, part = path.removeprefix("/sandbox/runs/").split("/parts/")
        with self.lock:
            if self.failures:
                raise self.failures.pop(0)
            if "note" in body:
                self.notes[run, int(part)] = body["note"]
            parts = [
                {"part": each, "note": note, "seconds_ago": self.silent.get(each, 0.0)}
                for (of_run, each), note in self.notes.items()
                if of_run == run
            ]
            return {"state": repr(self.notes), "parts": parts}

    def use_token(self, token):
        self.tokens.append(token)


def meetings(board, of, **options):
    made = [
        SharedMeeting(board, "run", Part(number, of), lambda number=number: {"part": number}, **options)
        for number in range(1, of + 1)
    ]
    with ThreadPoolExecutor(of) as pool:
        list(pool.map(SharedMeeting.gather, made))
    return made


def test_all_come_to_a_point_before_the_first_acts_and_none_goes_on_before_it_has():
    happened, board = [], Board()
    made = meetings(board, 3)

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


def test_notes_of_an_earlier_run_are_not_taken_for_parts_of_this_one():
    board = Board()
    old = {"session": "old", "step": 57, "opened": 57, "members": {}, "ended": None, "told": {}}
    board.notes["run", 1] = board.notes["run", 2] = json.dumps(old)
    acted = []
    leader, other = meetings(board, 2)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(other.step)
        leader.step(lambda: acted.append(1))
        waiting.result()
    assert acted == [1]


def stopped(meeting):
    with pytest.raises(PartEnded) as caught:
        meeting.step()
    return str(caught.value)


def test_a_part_that_leaves_ends_the_others_by_name_and_reason():
    _, second, third = made = meetings(Board(), 3)
    third.leave("interrupted")
    second.leave("")
    assert stopped(made[0]) == "part 2/3 ended before the others"
    _, second, third = made = meetings(Board(), 3)
    third.leave("409 number-taken: …")
    assert stopped(second) == "part 3/3 ended: 409 number-taken: …"
    assert stopped(made[0]) == "part 3/3 ended: 409 number-taken: …"


def test_a_part_that_is_silent_for_too_long_ends_the_others_by_name():
    board = Board()
    leader, _ = meetings(board, 2)
    board.silent[2] = 61.0
    assert stopped(leader) == "part 2/2 was not heard of for 61 s"


@pytest.mark.parametrize(
    ("number", "told"), [(1, "part 2/3, 3/3 did not"), (2, "part 1/3, which leads, did")]
)
def test_a_part_that_never_comes_is_named(number, told):
    meeting = SharedMeeting(Board(), "run", Part(number, 3), dict, gather_seconds=0)
    with pytest.raises(PartEnded, match=told):
        meeting.gather()
    meeting.leave("")


def refused(status):
    return ProblemError(status=status, code="x", detail="…")


def test_a_hub_that_starts_again_is_met_again_with_its_new_token():
    board = Board()
    leader, other = meetings(board, 2, token=lambda: "new")
    board.failures = [TransportError("no answer"), refused(401)]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(other.step)
        leader.step()
        waiting.result()
    assert board.tokens == ["new"]


def test_a_hub_that_knows_no_parts_is_named_as_an_older_one():
    board = Board()
    board.failures = [refused(404)]
    with pytest.raises(NodesError, match="older version"):
        SharedMeeting(board, "run", Part(1, 2), dict).gather()


def test_a_part_that_works_long_is_heard_of_meanwhile(monkeypatch):
    monkeypatch.setattr("nodes.meeting.BEAT_SECONDS", 0.01)
    board = Board()
    leader, other = meetings(board, 2)
    before = len(board.notes)
    board.notes.clear()
    wait_until(lambda: len(board.notes) == before, "a beat of each")
    leader.leave("")
    other.leave("")


def test_one_part_alone_waits_for_nobody():
    meeting, acted = Alone(lambda: {"n": 1}), []
    meeting.step(lambda: acted.append(1))
    meeting.step()
    assert (acted, meeting.notes()) == ([1], [{"n": 1}])
