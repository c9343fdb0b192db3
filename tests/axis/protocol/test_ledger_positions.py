"""Positions of a hub's ledgers: each says which ledger and which entry it is of."""

import pytest

from axis.protocol.ledger_positions import LEDGER_BITS, MOST_LEDGERS, begin_of, index_of, ledger_of


@pytest.mark.parametrize(
    ("position", "ledger", "index"),
    [(0, 1, 0), (17, 1, 17), (2**40 - 1, 1, 2**40 - 1), (2**40, 2, 0), (2**41 + 5, 3, 5)],
)
def test_a_position_says_its_ledger_and_its_index(position: int, ledger: int, index: int) -> None:
    assert (ledger_of(position), index_of(position)) == (ledger, index)
    assert begin_of(ledger) + index == position


def test_all_ledgers_fit_into_json_numbers_and_cursors() -> None:
    last = begin_of(MOST_LEDGERS + 1)
    assert last <= 2**53
    assert len(str(last * 1024)) <= 18
    assert 1 << LEDGER_BITS == 2**40
