"""A simulation that was interrupted: what was done is compared, and no more."""

from datetime import date

from nodes.comparison import expected
from nodes.faults.injection import FaultResult
from nodes.planner import plan
from nodes.scenario_reader import find
from nodes.simulation import _so_far
from nodes.traffic import Traffic

BAD_DAY = plan(find("bad-day"), find("bad-day").scale, 1)


def test_a_plan_is_cut_at_the_last_finished_day_and_its_faults_with_it():
    traffic = Traffic(is_interrupted=True)
    traffic.days = [(date(2019, 6, 3), 18, 70)]
    traffic.faults = [FaultResult(planned, planned.fault.outcome) for planned in BAD_DAY.faults]
    cut = _so_far(BAD_DAY, traffic)
    assert cut.is_cut
    assert {document.day for document in cut.documents} == {date(2019, 6, 3)}
    assert {fault.day for fault in cut.faults} == {date(2019, 6, 3)}
    assert [result.planned for result in traffic.faults] == list(cut.faults)
    assert cut.scenario.last == date(2019, 6, 3)
    whole, part = expected(BAD_DAY), expected(cut)
    assert all(0 < part[code].sent < whole[code].sent for code in part)
