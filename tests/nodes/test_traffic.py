"""What parts did, added up."""

import json
from datetime import date

from nodes.faults.injection import FaultResult
from nodes.planner import plan
from nodes.scenario_reader import find
from nodes.traffic import Traffic, day_of

FAULTS = plan(find("bad-day"), find("bad-day").scale, 1).faults


def told(traffic):
    return json.loads(json.dumps(traffic.told()))


def test_the_parts_of_a_run_add_up_to_the_whole():
    first, second = Traffic(), Traffic()
    first.add(documents=3, deliveries=5, statuses=7)
    first.timings.add("send", 1.0)
    first.faults.append(FaultResult(FAULTS[1], ("201 TOTAL-PASSED", "other")))
    first.days.append((date(2019, 6, 3), 4, 9))
    second.add(documents=1, statuses=2, statuses_refused=1)
    second.timings.add("send", 3.0)
    whole = second.together([told(first), told(second)], FAULTS)
    assert (whole.documents, whole.deliveries, whole.statuses, whole.statuses_refused) == (4, 5, 9, 1)
    assert whole.faults == first.faults
    assert [(timing.calls, timing.slowest) for timing in whole.timings.summary()] == [(2, 3.0)]
    assert day_of([told(first), told(second)]) == (4, 9)
    assert told(first)["day"] == [4, 9]


def test_an_interruption_and_the_finished_days_stay():
    part = Traffic(is_interrupted=True, interruption="part 2/2 ended")
    part.days.append((date(2019, 6, 3), 4, 9))
    whole = part.together([told(part)], ())
    assert (whole.is_interrupted, whole.interruption, whole.days) == (True, "part 2/2 ended", part.days)
