"""Parts hold every month there may be, each once."""

import pytest

from axis.compliance.reconciliation import months
from axis.compliance.reconciliation.months import Part, parts_of

KNOWN = {"2019-05": (40, 3), "2019-03": (0, 9), "2019-04": (7, 2), "2019-07": (9, 30), "2019-08": (90, 1)}


def test_parts_hold_every_month_once_and_begin_with_their_first_leaf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(months, "PART_DOCUMENTS", 5)
    parts = parts_of(KNOWN)
    assert parts == [
        Part("", "2019-04", 0, 9),
        Part("2019-04", "2019-07", 7, 5),
        Part("2019-07", "2019-08", 9, 30),
        Part("2019-08", None, 90, 1),
    ]
    for day in ("0001-01-01", "2019-03", "2019-03-31", "2019-04-01", "2019-06-15", "2019-07", "9999-12-31"):
        assert sum(part.holds(day) for part in parts) == 1


def test_a_ledger_without_documents_is_one_part() -> None:
    assert parts_of({}) == [Part("", None, 0, 0)]


def test_however_many_months_there_are_the_ledger_is_read_a_bounded_number_of_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(months, "PART_DOCUMENTS", 1)
    many = {f"{year}-{month:02}": (0, 10) for year in range(1990, 2020) for month in range(1, 13)}
    assert len(parts_of(many)) <= months.MOST_PARTS + 1
