"""A sandbox hears of each finished day what must have come of the run, and has it wait."""

from dataclasses import replace
from decimal import Decimal

from nodes.comparison import expected
from nodes.errors import TransportError
from nodes.planner import by_day, plan
from nodes.run_progress import RunProgress
from nodes.scenario_reader import find


class Listening:
    """A sandbox that notes what it is told, and has a run wait as often as it says."""

    def __init__(self, waits=0):
        self.told, self.asked, self.waits = [], 0, waits

    def call(self, method, path, body):
        assert path == "/sandbox/run"
        if method == "PUT":
            self.told.append(body)
        self.asked += 1
        self.waits -= 1
        return {"paused": self.waits >= 0}


class Deaf:
    def __init__(self):
        self.asked = 0

    def call(self, *_):
        self.asked += 1
        raise TransportError("gone")


PLAN = plan(find("first-day"), Decimal("0.01"), 1)


def test_every_day_adds_what_must_have_come_of_it():
    sandbox, days = Listening(), by_day(PLAN)
    progress = RunProgress(PLAN, sandbox)
    for day, _, _ in days:
        progress.tell(day, 1)
    progress.end()
    whole = expected(PLAN)
    assert sandbox.told[-1]["state"] == "finished"
    assert {row["code"]: (row["sent"], row["signed"]) for row in sandbox.told[-1]["localities"]} == {
        code: (figures.to_government_office, figures.signed) for code, figures in whole.items()
    }
    first = replace(PLAN, documents=tuple(days[0][1]), faults=tuple(days[0][2]))
    assert (
        sandbox.told[0]["localities"][0]["sent"] == next(iter(expected(first).values())).to_government_office
    )


def test_a_run_waits_as_long_as_it_is_told_to():
    slept = []
    sandbox = Listening(waits=3)
    RunProgress(PLAN, sandbox, sleep=slept.append).tell(PLAN.scenario.first, 0)
    assert (len(slept), sandbox.asked) == (3, 4)


def test_a_run_that_ends_early_says_so_and_one_nobody_hears_goes_on():
    sandbox = Listening()
    progress = RunProgress(PLAN, sandbox)
    progress.end()  # before its first day there is nothing to tell
    assert sandbox.told == []
    whole = plan(find("task-force-2019"), Decimal("0.001"), 1)
    progress = RunProgress(whole, sandbox)
    progress.tell(by_day(whole)[0][0], 1)
    progress.end()
    assert [each["state"] for each in sandbox.told] == ["running", "interrupted"]
    deaf = Deaf()
    progress = RunProgress(whole, deaf)
    for day, _, _ in by_day(whole):
        progress.tell(day, 1)
    assert deaf.asked == 1
