"""A new verdict is added once, whoever gives it, and a recall's moves no counter."""

import dataclasses

from support.chosen_trust import ChosenTrust
from support.exchange import VERDICTS, A, Exchange
from support.rejudging import again, nothing_differs

from axis.compliance.new_verdicts import NewVerdict, record_verdicts
from signing.verdict import DocumentVerdict


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
