"""Across modules: DuckDB counts every statistic again from exported entries, as docs/analysis.md does."""

import contextlib
import random

import duckdb
import pytest
from support.documentation_pages import blocks
from support.exchange import AUDITOR, MONDAY, A, B, C, Exchange

from axis.compliance.new_verdicts import NewVerdict, record_verdicts
from axis.compliance.statistics import Question, exchange_items, signature_items
from axis.compliance.statistics_periods import spans_of
from axis.exports.columns import COLUMNS
from axis.exports.export_requests import EntryQuery
from axis.exports.formats import write_parquet
from axis.exports.ledger_entries import entry_rows
from axis.protocol.errors import AxisError
from signing.verdict import DocumentVerdict, Indication

DAY = 24 * 3600 * 1_000_000
CLASSES = ("both", "organisation", "person", "indeterminate", "failed", "unsigned")
SIGNATURES = ("sent", "signed", *CLASSES, "rate", "rate_full", "rate_any")
RECEIVED = ("received", "handled", "pending", "refused", "withdrawn")


def history(exchange: Exchange, seed: int) -> None:
    """Let agencies send, answer, recall and be judged again, by chance."""
    chance = random.Random(seed)
    sent = []
    for day in range(40):
        exchange.clock.at = MONDAY + day * DAY
        for _ in range(chance.randrange(4)):
            sender, *others = chance.sample([A, B, C], 3)
            to = others[: chance.randint(1, 2)]
            new = exchange.send(sender, to, signed=chance.choice(CLASSES), type=chance.choice(TYPES))
            sent.append((new, sender, to))
        if sent and chance.random() < 0.4:
            new, sender, to = chance.choice([each for each in sent if each[1] == A] or sent)
            if sender == A:
                with contextlib.suppress(AxisError):  # an earlier request may wait
                    exchange.ask(chance.choice(["recall", "update", "replace"]), new, to=to)
        for _ in range(chance.randrange(6) if sent else 0):
            new, sender, to = chance.choice(sent)
            place = chance.randrange(len(to))
            agency, code = chance.choice(
                [(to[place], c) for c in ("01", "02", "03", "06", "15", "16")] + [(sender, "13")]
            )
            with contextlib.suppress(AxisError):  # it may not follow
                exchange.give(agency, new.delivery(place), code, "lý do")
        judge_again(exchange, chance, [new for new, _, _ in sent])
    withdrawn = exchange.send(A, (B,))
    exchange.ask("recall", withdrawn)
    exchange.give(B, withdrawn.delivery(), "15", "đồng ý")


TYPES = ("cong-van", "bao-cao", "quyet-dinh")


def judge_again(exchange: Exchange, chance: random.Random, sent) -> None:
    if sent and chance.random() < 0.3:
        verdict = DocumentVerdict(Indication.TOTAL_PASSED, None, "organisation", (), "test-policy", "00" * 32)
        new = NewVerdict(chance.choice(sent).position, verdict)
        exchange.recorder.record(record_verdicts, new).result()


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
