"""Rows as tuples reach both databases as they are, and an order that does not fit is refused at once."""

import pytest
from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError

from axis.database.group_statements import BulkLookup, BulkStatement, bulk_insert
from axis.documents.tables import attachments, document_signatures, manifest_identities


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


@pytest.mark.parametrize("count", [1, 2, 3, 31, 64, 65, 200])
def test_any_number_of_rows_is_written_in_order(database, count):
    rows = [(number, 0, bytes([number]), f"{number:064}") for number in range(count)]
    database.write(lambda tx: bulk_insert(document_signatures).run(tx, rows))
    with database.read() as tx:
        found = tx.execute(select(document_signatures).order_by(document_signatures.c.document)).all()
    assert [(row[0], row[1], bytes(row[2]), row[3]) for row in found] == rows


def test_only_an_insert_that_ends_with_its_values_takes_many_rows():
    columns = tuple(column.name for column in manifest_identities.columns)
    values = {name: bindparam(name) for name in columns}
    insert = sqlite.insert(manifest_identities).values(values).on_conflict_do_nothing()
    with pytest.raises(ValueError, match="many rows"):
        BulkStatement(columns, lambda _dialect: insert, rows_at_once=2)


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
