"""Rows as tuples reach both databases as they are, and an order that does not fit is refused at once."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from axis.database.group_statements import BulkLookup, BulkStatement, bulk_insert
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


def test_a_look_up_finds_what_any_number_of_keys_names(database):
    rows = [(f"{number:064}", number) for number in range(150)]
    database.write(lambda tx: bulk_insert(manifest_identities).run(tx, rows))
    columns = (manifest_identities.c.sha256, manifest_identities.c.document)
    by_one = BulkLookup(select(*columns), columns[0])
    by_both = BulkLookup(select(*columns), *columns)
    with database.read() as tx:
        for count in (0, 1, 2, 3, 64, 65, 150):
            keys = [(sha256,) for sha256, _ in rows[:count]]
            assert sorted(by_one.rows(tx, [*keys, ("absent",)])) == rows[:count]
            assert sorted(by_both.rows(tx, rows[:count])) == rows[:count]
        assert by_both.rows(tx, [(rows[0][0], 1)]) == []


def test_a_fault_of_a_bulk_statement_is_what_any_statements_would_be(database):
    claim = bulk_insert(manifest_identities)
    with pytest.raises(IntegrityError):
        database.write(lambda tx: claim.run(tx, [("0" * 64, 1), ("0" * 64, 2)]))
    database.write(lambda tx: claim.run(tx, [("0" * 64, 1)]))
    wrong = BulkLookup(
        select(manifest_identities.c.sha256).where(text("nothing = 1")), manifest_identities.c.sha256
    )
    with database.read() as tx, pytest.raises(DBAPIError, match="nothing"):
        wrong.rows(tx, [("0" * 64,)])
