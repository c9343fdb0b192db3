"""Each agency is in one part, and the parts have about as much to do."""

from decimal import Decimal

import pytest

from nodes.errors import ScenarioInvalid
from nodes.parts import MOST_PARTS, Part, agencies_of, read_part, run_name
from nodes.planner import plan
from nodes.scenario_reader import find

PLAN = plan(find("task-force-2019"), Decimal("0.01"), 1)


def load(codes):
    sent = sum(document.sender in codes for document in PLAN.documents)
    return sent + sum(code in codes for document in PLAN.documents for code in document.recipients)


@pytest.mark.parametrize("of", [1, 2, 4])
def test_every_agency_is_in_exactly_one_part_and_the_work_is_shared(of):
    parts = [agencies_of(PLAN, Part(number, of)) for number in range(1, of + 1)]
    assert sorted(code for part in parts for code in part) == sorted(PLAN.scenario.participants)
    loads = [load(part) for part in parts]
    assert max(loads) <= 1.2 * min(loads)


def test_more_parts_than_agencies_are_refused():
    few = plan(find("first-day"), Decimal(1), 1)
    with pytest.raises(ScenarioInvalid, match="one for each agency"):
        agencies_of(few, Part(1, 64))


def test_a_part_is_read_as_it_is_written():
    assert str(read_part("2/4")) == "2/4"
    assert [read_part(text).leads for text in ("1/4", "2/4")] == [True, False]


@pytest.mark.parametrize("text", ["", "0/4", "5/4", "2", "2/", "2/4/1", f"1/{MOST_PARTS + 1}", "-1/4", "a/b"])
def test_what_is_no_part_is_refused(text):
    with pytest.raises(ValueError, match="no part such as 2/4"):
        read_part(text)


def test_parts_of_different_plans_do_not_meet():
    other = plan(find("task-force-2019"), Decimal("0.01"), 2)
    assert run_name(PLAN, 2) == run_name(plan(find("task-force-2019"), Decimal("0.01"), 1), 2)
    assert len({run_name(PLAN, 2), run_name(PLAN, 3), run_name(other, 2)}) == 3
