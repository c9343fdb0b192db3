"""A node's behaviour, a pure function, held against the axis's own graph of statuses."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.arrivals import arrived, at

from nodes.answers import Answer
from nodes.node import Habits, Misaddressed, NodeState, Requested, step
from nodes.working_time import WorkingTime

MONDAY = at("2019-06-03T15:00")
SUNDAY = at("2019-06-02T15:00")
ACCEPTING = Habits(refused_share=0.0, completed_share=0.0)


def codes(answers, delivery="d.0"):
    return [answer.code for answer in answers if answer.delivery == delivery]


def live(state, items, begin, rng, days):
    """Take the items on the first day and look again every day: all answers in the order they are given."""
    answers = []
    for day in range(days):
        state, now = step(state, items if day == 0 else (), begin + timedelta(days=day), rng)
        answers += now
    return state, answers


def test_what_arrives_in_working_hours_is_confirmed_and_accepted_at_once():
    state, answers = step(NodeState(ACCEPTING), [arrived()], MONDAY, Random(1))
    assert codes(answers) == ["01", "03"]
    assert state.duties == ()


def test_what_arrives_on_sunday_is_confirmed_by_the_machine_and_accepted_on_monday():
    state, answers = step(NodeState(ACCEPTING), [arrived()], SUNDAY, Random(1))
    assert codes(answers) == ["01"]
    state, answers = step(state, [], at("2019-06-03T06:59"), Random(1))
    assert answers == ()
    _, answers = step(state, [], at("2019-06-03T07:00"), Random(1))
    assert codes(answers) == ["03"]


def test_a_refusal_always_has_a_reason_and_ends_it():
    habits = Habits(refused_share=1.0)
    _, answers = live(NodeState(habits), [arrived()], MONDAY, Random(1), 30)
    assert codes(answers) == ["01", "02"]
    assert answers[-1].note


def test_a_document_whose_signature_failed_is_refused_for_that():
    _, answers = step(NodeState(ACCEPTING), [arrived(indication="TOTAL-FAILED")], MONDAY, Random(1))
    assert codes(answers) == ["01", "02"]
    assert "Chữ ký số" in answers[-1].note


def test_what_is_accepted_is_completed_within_the_stated_days():
    habits = Habits(refused_share=0.0, completed_share=1.0, days_to_complete=5)
    state, answers = live(NodeState(habits), [arrived()], MONDAY, Random(3), 8)
    assert codes(answers) == ["01", "03", "04", "05", "06"]
    assert state.duties == ()


def test_arrival_is_not_confirmed_twice():
    _, answers = step(NodeState(ACCEPTING), [arrived(status="01")], MONDAY, Random(1))
    assert codes(answers) == ["03"]


@pytest.mark.parametrize(("declined_share", "code"), [(0.0, "15"), (1.0, "16")])
def test_a_request_is_agreed_to_or_declined_with_a_reason(declined_share, code):
    habits = Habits(declined_share=declined_share)
    _, answers = step(NodeState(habits), [Requested("d.0")], MONDAY, Random(1))
    assert codes(answers) == [code]
    assert (code == "16") == (answers[0].note is not None)


def test_after_agreeing_nothing_more_is_done_with_the_delivery():
    habits = Habits(refused_share=0.0, declined_share=0.0)
    state, _ = step(NodeState(habits), [arrived()], MONDAY, Random(3))
    _, answers = live(state, [Requested("d.0")], MONDAY + timedelta(hours=1), Random(3), 40)
    assert codes(answers)[-1] == "15"
    assert codes(answers).count("15") == 1


def test_after_declining_work_goes_on_where_it_was():
    habits = Habits(refused_share=0.0, declined_share=1.0)
    state, first = step(NodeState(habits), [arrived()], MONDAY, Random(3))
    _, later = live(state, [Requested("d.0")], MONDAY + timedelta(minutes=5), Random(3), 40)
    assert codes(later)[0] == "16"
    assert codes(first + tuple(later)).count("06") == 1


@given(st.integers(), st.integers(1, 30), st.booleans())
def test_the_same_arguments_give_the_same_answers(seed, number, confirms):
    items = [arrived(id=f"d.{place}") for place in range(number)]
    state = NodeState(Habits(confirms_arrival=confirms))
    assert step(state, items, MONDAY, Random(seed)) == step(state, items, MONDAY, Random(seed))


@given(st.integers(), st.booleans(), st.sampled_from([MONDAY, SUNDAY]), st.booleans())
def test_every_life_of_a_delivery_is_allowed_by_the_axis(seed, confirms, begin, always):
    allowed = {
        None: {"01", "02", "03"},
        "01": {"02", "03"},
        "02": set(),
        "03": {"04", "05", "06"},
        "04": {"05"},
        "05": {"05", "06"},
        "06": set(),
    }
    habits = Habits(
        confirms_arrival=confirms, refused_share=0.3, completed_share=0.7, hours=WorkingTime(always=always)
    )
    _, answers = live(NodeState(habits), [arrived()], begin, Random(seed), 30)
    status = None
    for code in codes(answers):
        assert code in allowed[status]
        status = code


def test_answers_to_different_deliveries_do_not_mix():
    items = [arrived(id="a.0"), arrived(id="b.0")]
    _, answers = step(NodeState(ACCEPTING), items, MONDAY, Random(1))
    assert set(answers) == {
        Answer("a.0", "01"),
        Answer("a.0", "03"),
        Answer("b.0", "01"),
        Answer("b.0", "03"),
    }


def test_staff_refuse_what_does_not_concern_them_with_the_reason_and_nothing_else_is_said_of_it():
    state, answers = step(NodeState(ACCEPTING), [Misaddressed(arrived())], at("2019-06-03T09:00"), Random(1))
    assert codes(answers) == ["02"]
    assert "không đúng thẩm quyền" in answers[0].note
    assert state.duties == ()


def test_a_slow_agency_reads_days_later():
    slow = replace(ACCEPTING, answers_after=2)
    state, answers = step(NodeState(slow), [arrived()], at("2019-06-06T15:00"), Random(1))
    assert codes(answers) == ["01"]
    assert state.duties[0].due == at("2019-06-10T15:00")
