"""The table of expected beside measured, for people and as JSON."""

import json
from dataclasses import replace

import pytest
from support.altered_statistics import PLAN, result_of

from nodes.comparison_table import as_json, counted, percent, table
from nodes.traffic import Traffic


def test_invented_figures_are_not_said_to_be_published():
    invented = replace(PLAN, scenario=replace(PLAN.scenario, is_invented=True, source="all of it"))
    text = table(invented, result_of())
    assert "Invented: all of it" in text
    assert "(invented: more than 86,000)" in text
    assert "ublished" not in text.replace("published and", "")


def test_the_result_is_json_too():
    result = result_of(("signatures", "H62", "signed", 1))
    value = json.loads(json.dumps(as_json(PLAN, result, Traffic(documents=3))))
    vinh_phuc = next(one for one in value["localities"] if one["code"] == "000.00.00.H62")
    assert vinh_phuc["measured"]["signed"] == vinh_phuc["expected"]["signed"] + 1
    assert (value["met"], vinh_phuc["met"]) == (False, False)
    assert (value["old_doors"], value["statuses_returned"]) == ([], None)
    assert value["traffic"]["documents"] == 3


@pytest.mark.parametrize(
    ("rate", "printed"),
    [(1.0, "100 %"), (0.9999, "100.0 %"), (5 / 28, "17.9 %"), (0.0, "0.0 %"), (None, "none")],
)
def test_shares_are_printed_as_the_source_prints_them(rate, printed):
    assert percent(rate) == printed


def test_one_is_counted_in_the_singular():
    assert [counted(1, noun) for noun in ("document", "status")] == ["1 document", "1 status"]
    assert [counted(1200, noun) for noun in ("document", "status", "delivery")] == [
        "1,200 documents",
        "1,200 statuses",
        "1,200 deliveries",
    ]
