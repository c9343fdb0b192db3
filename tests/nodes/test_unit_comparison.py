"""What districts and communes exchanged, beside what the plan says."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from nodes.planner import plan
from nodes.scenario_reader import find, read
from nodes.unit_comparison import compare_units

PLAN = plan(
    read(
        """
        name = "province"
        agency = [{ code = "H62" }]
        period = { from = 2025-01-13, to = 2025-01-17 }
        units = { of = "2025-01", sent_at_least = 200, circulars_at_least = 12, signed = 0.9 }
        """
    ),
    Decimal(1),
    1,
)


class Auditor:
    """A hub that counted right, but for one figure."""

    def __init__(self, change=None):
        self.rows = {}
        for document in PLAN.documents:
            self.row(document.sender)["sent"] += 1
            self.row(document.sender)["signed"] += document.signed_by in {"organisation", "both"}
            for code in document.recipients:
                self.row(code)["received"] += 1
        if change is not None:
            code, figure, by = change
            self.row(code)[figure] += by

    def row(self, code):
        return self.rows.setdefault(code, Counter(agency=code))

    def statistics(self, kind, *, by, from_, to):
        assert (kind in {"signatures", "exchange"}, by, from_, to) == (
            True,
            "agency",
            "2025-01-13",
            "2025-01-17",
        )
        return {"items": [{**row, "agency": code} for code, row in self.rows.items()]}


def test_a_hub_that_counted_right_meets_each_level():
    districts, communes = compare_units(Auditor(), PLAN)
    assert (districts.kind, districts.agencies, communes.agencies) == ("district", 9, 121)
    assert districts.met
    assert communes.met
    assert districts.expected.sent + communes.expected.sent > 200
    assert 0 < communes.expected.signed < communes.expected.sent
    assert communes.expected.received > 0


@pytest.mark.parametrize("figure", ["sent", "signed", "received"])
def test_two_errors_that_cancel_out_are_found(figure):
    auditor = Auditor(("000.01.31.H62", figure, 1))
    auditor.row("000.02.31.H62")[figure] -= 1
    districts, communes = compare_units(auditor, PLAN)
    assert districts.met
    assert communes.measured == communes.expected
    assert communes.wrong == ("000.01.31.H62", "000.02.31.H62")


def test_without_units_nothing_is_asked():
    assert compare_units(None, replace(PLAN, scenario=find("first-day"))) == ()
