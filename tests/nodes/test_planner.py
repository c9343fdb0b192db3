"""The plan: single documents that add up to the figures, the same for the same seed."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axis.protocol.working_calendar import is_working_day
from nodes.comparison import expected
from nodes.planner import by_day, plan, spread
from nodes.scenario import with_old_doors
from nodes.scenario_reader import find

SCENARIO = find("task-force-2019")
LOCALITIES = {locality.code for locality in SCENARIO.localities}


@pytest.mark.parametrize("scale", ["0.001", "0.002", "0.007", "0.01", "0.03"])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_documents_of_a_plan_add_up_to_its_volumes(scale, seed):
    made = plan(SCENARIO, Decimal(scale), seed)
    figures = expected(made)
    assert sum(found.sent for found in figures.values()) == made.volumes.sent
    assert sum(found.received for found in figures.values()) == made.volumes.received
    for locality, size in zip(SCENARIO.localities, made.volumes.localities, strict=True):
        found = figures[locality.code]
        assert (found.sent, found.to_government_office, found.signed) == (
            size.sent,
            size.to_government_office,
            size.signed,
        )
        assert round(found.rate, 3) == locality.thousandths / 1000


def test_the_same_seed_gives_the_same_plan_and_another_one_another():
    first, again, other = (plan(SCENARIO, Decimal("0.01"), seed) for seed in (5, 5, 6))
    assert first.documents == again.documents
    assert first.documents != other.documents


def test_which_door_an_agency_uses_changes_no_document():
    old = plan(with_old_doors(SCENARIO, 8), Decimal("0.01"), 5)
    assert old.documents == plan(SCENARIO, Decimal("0.01"), 5).documents


def test_every_document_can_be_sent():
    made = plan(SCENARIO, Decimal("0.02"), 3)
    for document in made.documents:
        assert document.recipients
        assert len(set(document.recipients)) == len(document.recipients)
        assert document.sender not in document.recipients
        assert SCENARIO.first <= document.day <= SCENARIO.last
        assert is_working_day(document.day)


def test_numbers_of_a_register_run_from_one_without_a_gap_and_follow_the_days():
    made = plan(SCENARIO, Decimal("0.01"), 1)
    last: Counter[str] = Counter()
    for document in made.documents:
        last[document.sender] += 1
        assert document.counter == last[document.sender]
    assert [document.day for document in made.documents] == sorted(
        document.day for document in made.documents
    )


def test_some_are_signed_by_both_some_by_the_organisation_and_some_by_nobody():
    made = plan(SCENARIO, Decimal("0.01"), 1)
    assert set(Counter(document.signed_by for document in made.documents)) == {"both", "organisation", "none"}


def test_documents_also_go_elsewhere_than_to_the_government_office():
    made = plan(SCENARIO, Decimal("0.01"), 1)
    office = SCENARIO.government_office
    pairs = {(document.sender, recipient) for document in made.documents for recipient in document.recipients}
    assert any(sender in LOCALITIES and to in LOCALITIES for sender, to in pairs)
    assert any(sender in LOCALITIES and to in SCENARIO.ministries for sender, to in pairs)
    assert any(sender == office and to in LOCALITIES for sender, to in pairs)
    assert any(sender in SCENARIO.ministries and to in LOCALITIES for sender, to in pairs)
    assert any(len(document.recipients) == len(LOCALITIES) for document in made.documents)


@given(st.integers(1, 200), st.integers(1, 7), st.data())
def test_copies_are_spread_exactly_and_nobody_gets_more_than_most(documents, most, data):
    copies = data.draw(st.integers(0, documents * most))
    counts = spread(copies, documents, most, Random(1))
    assert sum(counts) == copies
    assert all(0 <= count <= most for count in counts)


def test_days_keep_their_order_and_lose_nothing():
    made = plan(SCENARIO, Decimal("0.01"), 1)
    days = by_day(made)
    assert [document for _, documents, _ in days for document in documents] == list(made.documents)
    assert len({day for day, *_ in days}) == len(days)


@pytest.mark.parametrize("scale", ["0.001", "0.002", "0.01"])
def test_the_first_year_exchanges_what_was_published_at_any_scale(scale):
    made = plan(find("national-first-year"), Decimal(scale), 1)
    together = sum(1 + len(document.recipients) for document in made.documents)
    assert Decimal(1_260_000) * Decimal(scale) <= together <= Decimal(1_320_000) * Decimal(scale)
    assert len(made.scenario.participants) == 63 + 22 + 1


def test_a_day_on_which_only_a_fault_happens_is_a_day_too():
    bad_day = find("bad-day")
    faulted = plan(bad_day, bad_day.scale, 1)
    (first, *_) = faulted.documents
    only = replace(faulted, documents=(first._replace(day=date(2019, 6, 3)),))
    days = by_day(only)
    assert [day for day, *_ in days] == [date(2019, 6, 3), date(2019, 6, 4)]
    assert [fault for *_, faults in days for fault in faults] == list(faulted.faults)


def test_no_document_is_sent_on_a_holiday_and_some_on_the_saturday_that_was_worked_for_one():
    made = plan(SCENARIO, Decimal("0.05"), 1)
    days = {document.day for document in made.documents}
    assert days.isdisjoint({date(2019, 4, 29), date(2019, 4, 30), date(2019, 5, 1)})
    assert {date(2019, 5, 2), date(2019, 5, 4)} <= days
