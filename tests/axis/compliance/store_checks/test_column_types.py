"""A value of another type than its column's is a finding in each table, and no check ends in a traceback."""

import contextlib
from collections.abc import Iterator

import pytest
from sqlalchemy import LargeBinary, text
from sqlalchemy.exc import DatabaseError
from support.exchange import B, Exchange

from axis.compliance.reconciliation.counter_comparison import reconcile
from axis.compliance.store_checks.column_types import check_types
from axis.compliance.store_checks.whole_store import check_store
from axis.database import Read, Write, metadata
from axis.objects.store import stored_chunks

pytestmark = pytest.mark.stores("sqlite")  # PostgreSQL keeps no value of another type


@pytest.fixture
def lived(exchange: Exchange) -> Exchange:
    sent = exchange.send()
    exchange.give(B, sent.delivery(), "03", "đã vào sổ")
    return exchange


class UndoneError(Exception):
    """Ends a transaction so that its damage is undone."""


def test_a_value_of_another_type_is_found_in_every_column_of_every_table(lived: Exchange) -> None:
    missed = []

    def work(tx: Write) -> None:
        for table in metadata.sorted_tables:
            for column in table.columns:
                wrong = "x'ff'" if not isinstance(column.type, LargeBinary) else "'text'"
                before = {each.where for each in check_types(tx, [table.name])}
                try:
                    changed = tx.execute(text(f'UPDATE {table.name} SET "{column.name}" = {wrong}')).rowcount
                except DatabaseError:
                    continue
                if changed and not {each.where for each in check_types(tx, [table.name])} - before:
                    missed.append(f"{table.name}.{column.name}")
        raise UndoneError

    with pytest.raises(UndoneError):
        lived.database.write(work)
    assert missed == []


WRONG = {
    "a time that is a text": "UPDATE documents SET accepted_at = 'hôm qua'",
    "a subject that is bytes": "UPDATE documents SET subject = x'ff00'",
    "a subject that is no text": "UPDATE documents SET subject = CAST(x'ff00' AS TEXT)",
    "a leaf that is a text": "UPDATE ledger_entries SET leaf = 'text'",
    "a size that is a text": "UPDATE ledger_head SET size = 'two'",
    "hashes that are a text": "UPDATE ledger_tiles SET hashes = 'text'",
    "a note that is bytes": "UPDATE events SET note = x'ff'",
    "a note of a checkpoint that is bytes": "UPDATE ledger_checkpoints SET note = x'ff'",
    "a counter that is a text": "UPDATE counters SET handled = 'ba'",
    "a sender that is bytes": "UPDATE counters SET sender = x'ff' WHERE sender <> ''",
    "a level that is a text": "UPDATE agencies SET level = 'một'",
    "an attachment that is a text": "UPDATE attachments SET content = 'text'",
}


@pytest.mark.parametrize("statement", WRONG.values(), ids=WRONG)
def test_checks_of_a_store_with_such_values_end_in_findings(lived: Exchange, statement: str) -> None:
    found = []

    def work(tx: Write) -> None:
        tx.execute(text(statement))
        found.extend(check_store(tx, lambda: lived.verifier, stored_chunks, {}))
        with contextlib.suppress(DatabaseError):  # a text that is none, in a column that is read
            found.extend(reconcile(tx))
        raise UndoneError

    with pytest.raises(UndoneError):
        lived.database.write(work)
    assert found


def test_a_check_that_fails_in_a_store_of_right_types_is_a_fault_of_ours(
    lived: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_tx: Read) -> Iterator[object]:
        raise TypeError("ours")
        yield

    monkeypatch.setattr("axis.compliance.store_checks.whole_store.check_copies", broken)
    with lived.database.read() as tx, pytest.raises(TypeError, match="ours"):
        list(check_store(tx, lambda: lived.verifier, stored_chunks, {}))


def test_types_of_a_store_that_was_only_used_are_right(exchange: Exchange) -> None:
    exchange.send()
    with exchange.database.read() as tx:
        assert list(check_types(tx)) == []
