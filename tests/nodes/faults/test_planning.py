"""Who is struck by which fault: from the seed alone, and nobody who cannot be."""

from dataclasses import replace
from datetime import date

import pytest

from nodes.cli import main
from nodes.errors import FaultUnavailable
from nodes.faults.planning import check_needs, plan_faults
from nodes.scenario import FaultWish, with_old_doors
from nodes.scenario_reader import find

BAD_DAY = find("bad-day")


def test_the_same_seed_strikes_the_same_and_another_others():
    assert plan_faults(BAD_DAY, 1) == plan_faults(BAD_DAY, 1)
    assert plan_faults(BAD_DAY, 1) != plan_faults(BAD_DAY, 2)


@pytest.mark.parametrize("seed", range(5))
def test_letters_of_faults_never_go_to_the_government_office_or_to_their_sender(seed):
    for fault in plan_faults(BAD_DAY, seed):
        assert fault.recipient not in {BAD_DAY.government_office, fault.sender}
        assert fault.bystander != fault.sender
        assert BAD_DAY.first <= fault.day <= BAD_DAY.last


def test_a_fault_strikes_whom_and_when_the_scenario_says_as_often_as_it_says():
    wish = FaultWish("unsigned", 3, "000.00.00.H23", date(2019, 6, 4))
    planned = plan_faults(replace(BAD_DAY, faults=(wish,)), 1)
    assert [(fault.place, fault.sender, fault.day) for fault in planned] == [
        (place, "000.00.00.H23", date(2019, 6, 4)) for place in (1, 2, 3)
    ]


def test_agencies_on_the_old_protocol_are_not_struck():
    senders = {fault.sender for fault in plan_faults(with_old_doors(BAD_DAY, 2), 1)}
    assert senders == {"000.00.00.H05"}


def test_a_hub_that_cannot_have_a_fault_is_told_so_for_all_of_them():
    planned = plan_faults(BAD_DAY, 1)
    with pytest.raises(FaultUnavailable, match="locked-recipient needs an operator's token") as refused:
        check_needs(planned, frozenset())
    assert "hub-killed needs a hub of the run's own" in str(refused.value)
    check_needs(planned, frozenset({"operator", "own hub"}))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["first-day", "--fault", "altered-pfd"], "perhaps altered-pdf"),
        (["two-doors", "--old-doors", "6", "--fault", "unsigned"], "faults strike agencies that speak REST"),
    ],
)
def test_a_fault_that_is_not_there_is_refused_before_a_hub_is_started(arguments, told, capsys):
    assert main(["simulate", *arguments]) == 2
    assert told in capsys.readouterr().err
