"""What is counted from the ledger alone equals what the hub answers, in one part or many."""

import pytest
from support.exchange import AUDITOR, Exchange
from support.traffic import live_a_little

from axis.compliance.reconciliation import recounts
from axis.compliance.reconciliation.recounts import recount_ledger
from axis.compliance.statistics import Question, signature_figures, signature_items
from axis.compliance.statistics_periods import spans_of
from axis.counters.tables import NUMBERS, SIGNING_CLASSES


def test_the_ledger_is_counted_alike_in_one_part_and_in_many(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_a_little(exchange, 7)
    with exchange.database.read() as tx:
        whole = recount_ledger(tx).counters.rows
        monkeypatch.setattr(recounts, "ENTRIES_AT_ONCE", 20)
        parts = recount_ledger(tx).counters.rows
    assert parts == whole


def test_statistics_made_from_the_entries_alone_are_those_the_hub_answers(exchange: Exchange) -> None:
    live_a_little(exchange, 11)
    by_sender: dict[str, dict[str, int]] = {}
    with exchange.database.read() as tx:
        question = Question(spans_of(None, None, by_day=False), ("agency",))
        answered = signature_items(tx, AUDITOR, question)
        for (grain, recipient, _, sender, _), row in recount_ledger(tx).counters.rows.items():
            if grain == "d" and not recipient:
                sums = by_sender.setdefault(sender, dict.fromkeys(SIGNING_CLASSES, 0))
                for name in SIGNING_CLASSES:
                    sums[name] += row[NUMBERS.index(name)]
    assert answered == [
        {"agency": sender, "agency_name": f"Cơ quan {sender}"} | signature_figures(classes)
        for sender, classes in sorted(by_sender.items())
    ]
    assert sum(row["sent"] for row in answered) > 20
