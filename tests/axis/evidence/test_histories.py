"""What evidence says of a document, each with the position of its leaf, for whom may see it."""

import json

import pytest
from support.exchange import AUDITOR, A, B, C, Exchange, speaking_for

from axis.compliance.new_verdicts import NewVerdict, record_verdicts
from axis.documents.queries import document_row
from axis.documents.single_document import find
from axis.evidence.histories import named_positions, status_members, verdict_members
from axis.ledger.queries import read_leaf
from signing.verdict import DocumentVerdict, Indication


@pytest.fixture
def exchange(database):
    return Exchange(database)


def judge_again(exchange, sent):
    verdict = DocumentVerdict(Indication.TOTAL_PASSED, None, "organisation", (), "test-policy", "00" * 32)
    exchange.recorder.record(record_verdicts, NewVerdict(sent.position, verdict)).result()


def told(exchange, caller, sent):
    with exchange.database.read() as tx:
        position, side = find(tx, caller, sent.id)
        verdicts = verdict_members(tx, position, sent.id)
        statuses = status_members(tx, caller, position, side, document_row(tx, position))
        leaves = {at: json.loads(read_leaf(tx, at)) for at in named_positions(verdicts, statuses)}
    return verdicts, statuses, leaves


def test_every_verdict_and_status_names_its_leaf(exchange):
    other, sent = exchange.send(signed="indeterminate"), exchange.send(A, (B, C), signed="indeterminate")
    exchange.give(B, sent.delivery(0), "03", "đã vào sổ")
    judge_again(exchange, other)
    judge_again(exchange, sent)
    exchange.give(C, sent.delivery(1), "02", "nhầm")
    verdicts, statuses, leaves = told(exchange, AUDITOR, sent)
    assert [(each["sequence"], each["indication"]) for each in verdicts["items"]] == [
        (0, "INDETERMINATE"),
        (1, "TOTAL-PASSED"),
    ]
    assert {leaf["document"] for leaf in leaves.values()} == {sent.id}
    assert [leaf["event"] for leaf in leaves.values()] == ["acceptance", "status", "verdict", "status"]
    given = [event for each in statuses["deliveries"] for event in each["events"]]
    assert [leaves[event["position"]]["code"] for event in given] == ["03", "02"]
    assert statuses["complete"]


def test_a_recipient_is_told_of_its_own_delivery_and_of_every_verdict(exchange):
    sent = exchange.send(A, (B, C), signed="indeterminate")
    exchange.give(B, sent.delivery(0), "03")
    exchange.give(C, sent.delivery(1), "02", "nhầm")
    judge_again(exchange, sent)
    verdicts, statuses, leaves = told(exchange, speaking_for(C), sent)
    assert len(verdicts["items"]) == 2
    assert [each["to"] for each in statuses["deliveries"]] == [C]
    assert [leaf["event"] for leaf in leaves.values()] == ["acceptance", "status", "verdict"]
    assert not statuses["complete"]


def test_a_request_that_a_document_made_is_told_with_its_kind(exchange):
    sent = exchange.send()
    exchange.ask("recall", sent)
    _, statuses, leaves = told(exchange, AUDITOR, sent)
    (event,) = statuses["deliveries"][0]["events"]
    assert (event["code"], event["request"]) == ("13", "recall")
    assert leaves[event["position"]]["code"] == "13"
