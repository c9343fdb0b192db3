"""Across modules: DuckDB counts every statistic again from exported entries, as docs/analysis.md does."""

import os
import random
import shlex
import subprocess
import sys

import duckdb
import pytest
from support.documentation_pages import blocks
from support.exchange import AUDITOR, A, B, C
from support.mixed_history import CLASSES, history
from support.project import ROOT

from axis.clock import parse_rfc3339
from axis.compliance.deadline_statistics import deadline_items
from axis.compliance.statistics import Question, exchange_items, signature_items
from axis.compliance.statistics_periods import spans_of
from axis.exports.columns import COLUMNS
from axis.exports.export_requests import EntryQuery
from axis.exports.file_writers import write_parquet
from axis.exports.ledger_entries import entry_rows
from axis.protocol.document_types import MESSAGE

SIGNATURES = ("sent", "signed", *CLASSES, "rate", "rate_full", "rate_any")
SENT_IN_TIME = ("sent", "sent_in_time", "sent_late", "rate_sent")
ANSWERED = ("received", "answered_in_time", "answered_late", "overdue", "open", "rate_answered")
AS_OF = parse_rfc3339("2019-07-19T17:00:00Z")
"""Midnight in Viet Nam, as the page has it."""
HOUR = 3_600 * 1_000_000
RECEIVED = ("received", "handled", "pending", "refused", "withdrawn")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_duckdb_recounts_every_statistic_from_exported_entries(exchange, seed, tmp_path, monkeypatch):
    history(exchange, seed)
    hurried(exchange, seed)
    asked = Question(spans_of(None, None, by_day=False), ("agency", "month"), None, None)
    with exchange.database.read() as tx:
        years = {"2019a": ("2019-01-01", "2019-06-15"), "2019b": ("2019-06-16", "2019-12-31")}
        for name, (first, last) in years.items():
            query = EntryQuery.model_validate({"from": first, "to": last})
            path = tmp_path / f"entries-{name}.parquet"
            write_parquet(path, COLUMNS["entries"], entry_rows(tx, query), [("what", "entries")])
        signatures = signature_items(tx, AUDITOR, asked)
        exchanged = exchange_items(tx, exchange.directory, AUDITOR, asked)
        deadlines = deadline_items(tx, exchange.directory, AUDITOR, asked, AS_OF)
        by_kind = Question(asked.spans, ("agency", "month", "kind"), type=MESSAGE)
        messages = exchange_items(tx, exchange.directory, AUDITOR, by_kind)
    assert any(row["indeterminate"] for row in signatures)
    assert any(row["withdrawn"] for row in exchanged)
    for name in ("sent_late", "answered_in_time", "answered_late", "overdue", "open"):
        assert sum(row[name] for row in deadlines), name
    assert {row["kind"] for row in messages} == {"ho-so", "tien-do"}
    monkeypatch.chdir(tmp_path)
    write_working_days()
    with duckdb.connect() as store:
        for block in blocks("docs/analysis.md"):
            if block.language == "sql":
                store.execute(block.text)
        assert counted(store, "signatures", SIGNATURES) == told(signatures, SIGNATURES)
        assert counted(store, "received", RECEIVED) == told(exchanged, RECEIVED, "received")
        assert counted(store, "addressed", ("sent", "addressed")) == told(
            exchanged, ("sent", "addressed"), "addressed"
        )
        assert counted(store, "sent_in_time", SENT_IN_TIME) == told(deadlines, SENT_IN_TIME)
        assert counted(store, "answered_in_time", ANSWERED) == told(deadlines, ANSWERED, "received")
        key = ("agency", "month", "kind")
        assert counted(store, "messages_received", RECEIVED, key) == told(messages, RECEIVED, "received", key)
        sent = ("sent", "addressed")
        assert counted(store, "messages_sent", sent, key) == told(messages, sent, "addressed", key)


def hurried(exchange, seed):
    """Add urgent and late documents, messages, and answers at any hour of the last days."""
    chance = random.Random(seed)
    for _ in range(25):
        exchange.clock.at = AS_OF - chance.randrange(12 * 24) * HOUR - chance.randrange(HOUR)
        issued_on = chance.choice(("2019-07-01", "2019-07-19", "2020-03-05"))
        priority = chance.choice(("normal", "urgent"))
        sent = exchange.send(A, (B, C), priority=priority, issued_on=issued_on, signed="unsigned")
        if chance.random() < 0.3:
            exchange.send_message(chance.choice(("ho-so", "tien-do")), A, (B,))
        for place, agency in enumerate((B, C)):
            if chance.random() < 0.6:
                exchange.clock.at += chance.choice((HOUR // 2, HOUR, 9 * HOUR))
                exchange.give(agency, sent.delivery(place), "03")
    exchange.clock.at = AS_OF - HOUR
    exchange.send(A, (B,))


def write_working_days():
    """Make the file of the page by its command."""
    (command,) = (each.text for each in blocks("docs/analysis.md") if "working-days.csv" in each.text[-30:])
    program = f'python() {{ {shlex.quote(sys.executable)} "$@"; }}\n{command}'
    subprocess.run(["bash", "-c", program], check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})


def counted(store, view, columns, key=("agency", "month")):
    shown = ", ".join(f'"{name}"' for name in (*key, *columns))
    rows = store.execute(f"SELECT {shown} FROM {view}").fetchall()
    return {row[: len(key)]: row[len(key) :] for row in rows}


def told(items, columns, needed="sent", key=("agency", "month")):
    """What the hub says, without rows in which it is nothing."""
    return {
        tuple(item[name] for name in key): tuple(item[name] for name in columns)
        for item in items
        if item[needed]
    }
