"""What migrations do to a store that has something in it."""

import importlib

from sqlalchemy import select, update
from support.exchange import A, B, C, Exchange

from axis.compliance.consistency import check_rows
from axis.database import Database
from axis.deliveries.tables import deliveries


def test_deliveries_learn_from_the_ledger_which_document_asked_last(database: Database) -> None:
    exchange = Exchange(database)
    sent, other = exchange.send(to=(B, C)), exchange.send()
    exchange.ask("recall", sent)
    exchange.give(B, sent.delivery(0), "16", "đã làm")
    asking = exchange.ask("update", sent)
    exchange.give(A, other.delivery(), "13", "gửi nhầm")
    newest = select(deliveries.c.request_document).order_by(deliveries.c.position)
    with database.read() as tx:
        before = tx.execute(newest).scalars().all()
    assert asking.id in before
    migration = importlib.import_module("migrations.versions.0004_old_protocol")

    def fill(tx):
        tx.execute(update(deliveries).values(request_document=None))
        migration.name_asking_documents(tx.connection)

    database.write(fill)
    with database.read() as tx:
        assert tx.execute(newest).scalars().all() == before
        assert list(check_rows(tx)) == []
