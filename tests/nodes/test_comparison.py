"""Expected beside measured, and the table that shows it."""

from dataclasses import replace

import pytest
from support.altered_statistics import PLAN, result_of

from nodes.comparison import Crossing, Ending, Exchanged
from nodes.comparison_table import as_json, table
from nodes.scenario import with_old_doors
from nodes.traffic import Traffic


def test_a_hub_that_counts_right_meets_everything_and_the_table_says_what_was_published():
    result = result_of()
    assert result.met
    text = table(PLAN, result)
    lines = {line.split("  ")[1]: line for line in text.splitlines() if line.endswith("met")}
    assert "17.9 %" in lines["Vĩnh Phúc"]
    assert "35.5 %" in lines["Hải Dương"]
    assert "100 %" in lines["Bắc Giang"]
    assert "Every expected figure was met exactly." in text
    assert "Signed is what verified." in text


@pytest.mark.parametrize(
    "change",
    [
        ("signatures", "H62", "signed", 1),
        ("signatures", "H62", "sent", -1),
        ("signatures", "H26", "both", 1),
        ("exchange", "H44", "sent", 1),
        ("exchange", "H23", "received", -1),
        ("exchange", "H23", "pending", 1),
    ],
)
def test_one_figure_that_is_off_by_one_is_not_met(change):
    result = result_of(change)
    assert not result.met
    assert "NOT every expected figure was met." in table(PLAN, result)


@pytest.mark.parametrize(
    ("crossing", "is_met"),
    [(Crossing(5, 5, 0), True), (Crossing(5, 4, 0), False), (Crossing(5, 5, 1), False)],
)
def test_statuses_must_come_back_to_agencies_on_the_old_protocol_and_nothing_wait_for_them(crossing, is_met):
    mixed = replace(PLAN, scenario=with_old_doors(PLAN.scenario, 3))
    result = replace(result_of(), crossing=crossing)
    assert result.met is is_met
    text = table(mixed, result)
    assert "3 of the 36 agencies speak the old protocol" in text
    assert ("MISSED" in text) is not is_met
    value = as_json(mixed, result, Traffic())
    assert len(value["old_doors"]) == 3
    assert value["statuses_returned"] == {
        "expected": crossing.expected,
        "measured": crossing.measured,
        "waiting": crossing.waiting,
        "met": is_met,
    }


@pytest.mark.parametrize(
    ("together", "is_met"),
    [(Exchanged(12, 12, 12), True), (Exchanged(12, 12, 13), False), (Exchanged(12, 13, 12), False)],
)
def test_what_all_sent_and_received_is_the_expected_and_no_less_than_was_published(together, is_met):
    national = replace(PLAN, scenario=replace(PLAN.scenario, exchanged=1260))
    result = replace(result_of(), exchanged=together)
    assert result.met is is_met
    assert "(published: more than 1,260)" in table(national, result)
    assert "(assumed: more than 86,000)" in table(national, result)
    assert as_json(national, result, Traffic())["exchanged"]["met"] is is_met


@pytest.mark.parametrize(
    ("ending", "is_met"),
    [(Ending((3, 2), (3, 2)), True), (Ending((3, 2), (4, 2)), False), (Ending((3, 2), (3, 1)), False)],
)
def test_what_was_refused_and_withdrawn_is_what_the_agencies_answered(ending, is_met):
    result = replace(result_of(), ending=ending)
    assert result.met is is_met
    assert ("MISSED" in table(PLAN, result)) is not is_met
    assert as_json(PLAN, result, Traffic())["ending"]["met"] is is_met
