"""The log as it is published: what was served once is served for ever, and what is not there is not found."""

import pytest
from sqlalchemy import delete

from axis.ledger.errors import LedgerDamagedError, LedgerNotOpenedError
from axis.ledger.published_log import bundle, checkpoint, tile
from axis.ledger.tables import ledger_entries
from axis.protocol.errors import NotFound


def test_partial_tiles_and_bundles_are_served_for_ever(ledger):
    ledger.append(10)
    with ledger.database.read() as tx:
        part, entries = tile(tx, 1, 0, 0, 10), bundle(tx, 1, 0, 10)
    ledger.append(300)
    with ledger.database.read() as tx:
        assert tile(tx, 1, 0, 0, 10) == part == tile(tx, 1, 0, 0)[:320]
        assert bundle(tx, 1, 0, 10) == entries


def test_what_is_not_there_yet_is_not_found(ledger):
    ledger.append(300)
    with ledger.database.read() as tx:
        for level, number, width in ((0, 1, 45), (0, 1, 256), (0, 2, 1), (1, 0, 2), (2, 0, 1)):
            with pytest.raises(NotFound):
                tile(tx, 1, level, number, width)
        for number, width in ((1, 45), (1, 256), (2, 1)):
            with pytest.raises(NotFound):
                bundle(tx, 1, number, width)


def test_a_bundle_with_a_lost_entry_is_damaged_and_not_shorter(ledger):
    ledger.append(10)
    ledger.database.write(lambda tx: tx.execute(delete(ledger_entries).where(ledger_entries.c.position == 4)))
    with ledger.database.read() as tx:
        with pytest.raises(LedgerDamagedError):
            bundle(tx, 1, 0, 10)
        assert bundle(tx, 1, 0, 3)


def test_a_store_without_a_ledger_has_no_checkpoint(database):
    with database.read() as tx, pytest.raises(LedgerNotOpenedError):
        checkpoint(tx)
