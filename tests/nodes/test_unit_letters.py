"""What districts and communes exchange with those above them."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from axis.protocol.agency_codes import parent
from nodes.scenario import Units
from nodes.scenario_reader import find
from nodes.unit_letters import unit_letters

SCENARIO = find("country-2025")
CODES = (
    "000.00.31.H62", "000.01.31.H62", "000.02.31.H62", "000.00.32.H62", "000.01.32.H62",
)  # fmt: skip


def letters(sent, circulars, scale="1"):
    units = Units(CODES, sent, circulars, Decimal(1))
    return unit_letters(replace(SCENARIO, units=units), Decimal(scale), Random(1))


@pytest.mark.parametrize("sent", [0, 3, 5, 13])
def test_each_report_goes_to_the_agency_above_and_nobody_writes_two_more_than_another(sent):
    found = letters(sent, 0)
    assert len(found) == sent
    assert all(recipients == (parent(sender),) for sender, recipients in found)
    counts = Counter(sender for sender, _ in found)
    assert max(counts[code] for code in CODES) - min(counts[code] for code in CODES) <= 1


def test_a_circular_goes_to_all_units_right_below_its_sender():
    assert set(letters(0, 3)) == {
        ("000.00.00.H62", ("000.00.31.H62", "000.00.32.H62")),
        ("000.00.31.H62", ("000.01.31.H62", "000.02.31.H62")),
        ("000.00.32.H62", ("000.01.32.H62",)),
    }


def test_numbers_follow_the_scale():
    assert len(letters(200, 50, "0.1")) == 25


def test_letters_across_go_from_units_to_others_and_back_in_turn():
    units = Units(CODES, 0, 0, Decimal(1), across=8)
    found = unit_letters(replace(SCENARIO, units=units), Decimal(1), Random(1))
    outside = set(SCENARIO.participants) - {"000.00.00.H62"}
    assert [sender in CODES for sender, _ in found] == [True, False] * 4
    for sender, recipients in found:
        if sender in CODES:
            assert recipients[0] in outside
            assert recipients[1:] in {(), (parent(sender),)}
        else:
            assert sender in outside
            assert set(recipients) <= set(CODES)
    assert [len(recipients) for _, recipients in found] == [2, 2, 1, 1] * 2


def test_without_units_there_are_no_letters():
    assert unit_letters(replace(SCENARIO, units=None), Decimal(1), Random(1)) == []
