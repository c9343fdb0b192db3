"""Rows as tuples reach both databases as they are, and an order that does not fit is refused at once."""

import pytest
from sqlalchemy import select

from axis.database.bulk import BulkStatement, bulk_insert
from axis.documents.tables import attachments, manifest_identities


def test_rows_are_written_as_they_were_given(database):
    rows = [
        (1, 0, "văn bản.pdf", "application/pdf", 3, "0" * 64, b"\x00\xff'", None),
        (1, 1, "100% ?:x", "text/plain", 2**40, "1" * 64, None, "an upload"),
    ]
    statement = bulk_insert(attachments)
    database.write(lambda tx: statement.run(tx, rows))
    with database.read() as tx:
        found = tx.execute(select(attachments).order_by(attachments.c.ordinal)).all()
    assert [(*row[:6], row[6] and bytes(row[6]), row[7]) for row in found] == rows


def test_no_rows_run_nothing():
    bulk_insert(manifest_identities).run(None, [])


def test_columns_in_another_order_than_the_statement_wants_are_refused():
    with pytest.raises(ValueError, match="the statement wants"):
        BulkStatement(("document", "sha256"), lambda _dialect: manifest_identities.insert())
