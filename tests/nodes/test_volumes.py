"""Volumes: every published share comes out to its printed decimal at every scale."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.errors import ScenarioInvalid
from nodes.scenario_reader import find
from nodes.volumes import apportion, least_documents, nearest_share, rounded, signed_of, volumes

SCENARIO = find("task-force-2019")
SCALES = st.integers(min_value=1, max_value=1000).map(lambda value: Decimal(value) / 1000)


@given(SCALES)
def test_every_share_prints_as_published_at_any_scale(scale):
    for locality, size in zip(SCENARIO.localities, volumes(SCENARIO, scale).localities, strict=True):
        assert round(size.signed / size.to_government_office, 3) == locality.thousandths / 1000
        assert f"{size.signed / size.to_government_office * 100:.1f}" == f"{locality.thousandths / 10:.1f}"
        assert 0 < size.to_government_office <= size.sent


@given(SCALES)
def test_totals_are_those_of_the_scale_and_never_less(scale):
    sizes = volumes(SCENARIO, scale)
    assert sizes.received == rounded(263_000 * scale)
    assert sizes.sent == max(rounded(86_000 * scale), 463)
    assert 0 <= sizes.from_peers <= sizes.received


@pytest.mark.parametrize(("scale", "sent", "received"), [("1", 86_000, 263_000), ("0.01", 860, 2_630)])
def test_the_published_totals_come_out_at_the_scales_people_use(scale, sent, received):
    sizes = volumes(SCENARIO, Decimal(scale))
    assert (sizes.sent, sizes.asked_sent, sizes.received) == (sent, sent, received)


@pytest.mark.parametrize("scale", ["0", "0.0009", "1.001", "-1", "NaN"])
def test_other_scales_are_refused(scale):
    with pytest.raises(ScenarioInvalid, match="scale"):
        volumes(SCENARIO, Decimal(scale))


@pytest.mark.parametrize(
    ("thousandths", "least"), [(990, 96), (179, 28), (355, 31), (737, 19), (1000, 1), (0, 1), (500, 2)]
)
def test_a_share_needs_as_many_documents_as_it_has_decimals(thousandths, least):
    assert least_documents(thousandths) == least


@given(st.integers(1, 3000), st.integers(0, 1000))
def test_signed_of_is_exactly_what_rounds_to_the_share(documents, thousandths):
    possible = {
        signed
        for signed in range(documents + 1)
        if abs(Decimal(signed) / documents - Decimal(thousandths) / 1000) < Decimal("0.0005")
    }
    signed = signed_of(documents, thousandths)
    assert (signed in possible) if possible else (signed is None)


@given(st.integers(1, 5000), st.sampled_from([179, 355, 737, 990, 1000]))
def test_the_nearest_share_is_near(wanted, thousandths):
    most = max(wanted, 200)
    documents, signed = nearest_share(wanted, thousandths, most=most)
    assert signed_of(documents, thousandths) == signed
    closer = range(wanted - abs(documents - wanted) + 1, wanted + abs(documents - wanted))
    assert all(signed_of(other, thousandths) is None for other in closer if 0 < other <= most)


@pytest.mark.parametrize("scale", ["1", "0.1", "0.001"])
def test_every_phase_of_changing_habits_prints_its_share_at_any_scale(scale):
    scenario = find("campaign")
    learner = volumes(scenario, Decimal(scale)).localities[0]
    for phase, (documents, signed) in zip(scenario.localities[0].phases, learner.phases, strict=True):
        assert round(signed / documents, 3) == phase.thousandths / 1000
    assert learner.to_government_office <= learner.sent


def test_a_share_that_cannot_be_had_is_refused():
    with pytest.raises(ScenarioInvalid):
        nearest_share(5, 990, most=50)


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 200)), min_size=1, max_size=10),
    st.integers(0, 100_000),
)
def test_shares_add_up_and_nobody_gets_less_than_the_least(parties, extra):
    weights, least = [weight for weight, _ in parties], [low for _, low in parties]
    shared = apportion(sum(least) + extra, weights, least)
    assert sum(shared) == sum(least) + extra
    assert all(got >= low for got, low in zip(shared, least, strict=True))


def test_without_a_least_shares_follow_the_weights():
    assert apportion(100, [1, 1, 2], [0, 0, 0]) == [25, 25, 50]
    assert apportion(10, [1, 1, 1], [0, 0, 0]) == [4, 3, 3]
