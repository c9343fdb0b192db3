"""Receipts from the store: the same for ever, and never one that proves nothing."""

import pytest
from sqlalchemy import delete

from axis.ledger.errors import LedgerDamagedError
from axis.ledger.receipts import receipt
from axis.ledger.tables import ledger_checkpoints, ledger_entries
from axis.protocol.errors import NotFound


def test_a_receipt_stays_the_same_for_ever(ledger):
    given = {}
    for count in (1, 3, 255, 7, 600):
        sealed = ledger.append(count)
        given |= {at: sealed.receipt(at) for at in range(sealed.first, sealed.first + count)}
    with ledger.database.read() as tx:
        for position in [*range(20), 255, 256, 257, *range(260, 866, 37), 865]:
            assert receipt(tx, position) == given[position]


def test_a_leaf_that_is_not_there_yet_has_no_receipt(ledger):
    ledger.append(3)
    with ledger.database.read() as tx, pytest.raises(NotFound):
        receipt(tx, 3)


@pytest.mark.parametrize("table", [ledger_entries, ledger_checkpoints], ids=["entry", "checkpoint"])
def test_a_receipt_is_not_made_where_the_store_lost_a_part_of_it(ledger, table):
    ledger.append(3)
    ledger.database.write(lambda tx: tx.execute(delete(table)))
    with ledger.database.read() as tx, pytest.raises(LedgerDamagedError):
        receipt(tx, 1)
