"""What was saved is counted by hand beside; what would be needed gives the published figure when put in."""

from datetime import date
from decimal import Decimal

import pytest

from nodes.savings.assumptions import LEVELS, Share, load
from nodes.savings.calculation import deliveries_needed, needed, saving
from nodes.savings.counts import Counts

COUNTS = Counts(Decimal(100), Decimal(300), date(2019, 1, 1), date(2019, 12, 31))


def test_the_middle_is_what_one_counts_by_hand():
    found = saving(COUNTS, load(None), "middle")
    on_paper = 300 * Decimal("0.7")
    assert found.pages_printed == found.pages_copied == on_paper * 5
    assert (found.letters, found.express_letters, found.hours) == (189, 21, 35)
    assert found.net == 1050 * 300 + 1050 * 200 + 189 * 1_600 + 21 * 30_000 - 300 * 1_000
    assert found.with_work == found.net + 35 * 50_000


def test_the_levels_rise():
    nets = [saving(COUNTS, load(None), level).net for level in LEVELS]
    assert nets == sorted(nets)
    assert nets[0] < 0 < nets[1], "at the lowest the charge is more than what is saved"


def test_each_needed_value_gives_the_published_figure():
    assumed = load(None)
    wanted = assumed.published.vnd_per_year
    found = {each.name: each for each in needed(COUNTS, assumed)}
    assert "hour_cost" not in found
    assert found["charge_per_delivery"].value is None
    assert not found["charge_per_delivery"].is_possible
    for name, each in found.items():
        if each.value is not None:
            net = saving(COUNTS, assumed.with_value(name, "middle", each.value), "middle").net
            assert COUNTS.a_year(net) == pytest.approx(wanted)
            assert each.is_possible is not isinstance(assumed.named(name), Share)


def test_so_many_deliveries_give_the_published_figure():
    assumed = load(None)
    assert deliveries_needed(COUNTS, assumed, "low") is None
    number = deliveries_needed(COUNTS, assumed, "high")
    assert number is not None
    more = Counts(number / 3, number, COUNTS.first, COUNTS.last)
    assert saving(more, assumed, "high").net == pytest.approx(assumed.published.vnd_per_year)
