"""A new verdict is added once, whoever gives it, and a recall's moves no counter."""

import dataclasses
from typing import Any

from support.chosen_trust import ChosenTrust
from support.exchange import VERDICTS, A, Exchange

from axis.compliance.new_verdicts import NewVerdict, record_verdicts
from axis.compliance.reconciliation.counter_comparison import reconcile
from axis.compliance.rejudging import note_stopped, rejudge_some
from axis.compliance.store_checks.leaves_and_rows import check_rows
from axis.objects.store import Objects
from signing.verdict import DocumentVerdict


def again(exchange: Exchange, trust: Any, limit: int = 100, **more: Any) -> int:
    note_stopped(exchange.database, trust)
    return rejudge_some(Objects(exchange.database), trust, exchange.recorder, limit, **more)


def nothing_differs(exchange: Exchange) -> bool:
    with exchange.database.read() as tx:
        return [*reconcile(tx), *check_rows(tx)] == []


def test_whoever_comes_second_adds_nothing(exchange: Exchange) -> None:
    sent = exchange.send(signed="indeterminate")
    indication, signed_by = VERDICTS["organisation"]
    new = NewVerdict(sent.position, DocumentVerdict(indication, None, signed_by, (), "p", "00" * 32))
    outcomes = [exchange.recorder.record(record_verdicts, new).result().result for _ in range(2)]
    assert outcomes == [True, False]
    both = [exchange.recorder.record(record_verdicts, new) for _ in range(2)]
    assert [future.result().result for future in both] == [False, False]
    assert nothing_differs(exchange)


def test_a_verdict_on_a_recall_moves_no_counter(exchange: Exchange) -> None:
    sent = exchange.send()
    refers_to = [{"from": A, "number": sent.number, "issued_on": "2019-06-03"}]
    recall = exchange.new_document(signed="indeterminate", action="recall", refers_to=refers_to)
    recall = dataclasses.replace(recall, targets=(sent.position,))
    exchange.record(recall).result()
    assert again(exchange, ChosenTrust()) == 1
    assert nothing_differs(exchange)
