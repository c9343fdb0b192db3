"""Across modules: DuckDB counts every statistic again from exported entries, as docs/analysis.md does."""

import duckdb
import pytest
from support.documentation_pages import blocks
from support.exchange import AUDITOR
from support.mixed_history import CLASSES, history

from axis.compliance.statistics import Question, exchange_items, signature_items
from axis.compliance.statistics_periods import spans_of
from axis.exports.columns import COLUMNS
from axis.exports.export_requests import EntryQuery
from axis.exports.formats import write_parquet
from axis.exports.ledger_entries import entry_rows

SIGNATURES = ("sent", "signed", *CLASSES, "rate", "rate_full", "rate_any")
RECEIVED = ("received", "handled", "pending", "refused", "withdrawn")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_duckdb_recounts_every_statistic_from_exported_entries(exchange, seed, tmp_path, monkeypatch):
    history(exchange, seed)
    asked = Question(spans_of(None, None, by_day=False), ("agency", "month"), None, None)
    with exchange.database.read() as tx:
        years = {"2019a": ("2019-01-01", "2019-06-15"), "2019b": ("2019-06-16", "2019-12-31")}
        for name, (first, last) in years.items():
            query = EntryQuery.model_validate({"from": first, "to": last})
            path = tmp_path / f"entries-{name}.parquet"
            write_parquet(path, COLUMNS["entries"], entry_rows(tx, query), [("what", "entries")])
        signatures = signature_items(tx, AUDITOR, asked)
        exchanged = exchange_items(tx, exchange.directory, AUDITOR, asked)
    assert any(row["indeterminate"] for row in signatures)
    assert any(row["withdrawn"] for row in exchanged)
    monkeypatch.chdir(tmp_path)
    with duckdb.connect() as store:
        for block in blocks("docs/analysis.md"):
            if block.language == "sql":
                store.execute(block.text)
        assert counted(store, "signatures", SIGNATURES) == told(signatures, SIGNATURES)
        assert counted(store, "received", RECEIVED) == told(exchanged, RECEIVED, "received")
        assert counted(store, "addressed", ("sent", "addressed")) == told(
            exchanged, ("sent", "addressed"), "addressed"
        )


def counted(store, view, columns):
    shown = ", ".join(f'"{name}"' for name in columns)
    rows = store.execute(f"SELECT agency, month, {shown} FROM {view}").fetchall()
    return {row[:2]: row[2:] for row in rows}


def told(items, columns, needed="sent"):
    """What the hub says, without rows in which it is nothing."""
    return {
        (item["agency"], item["month"]): tuple(item[name] for name in columns)
        for item in items
        if item[needed]
    }
