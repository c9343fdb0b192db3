"""Statuses: who may give which, what may follow, and what each leaves behind."""

import pytest
from support.exchange import AUDITOR, UNDER_A, A, B, C, Exchange, speaking_for, totals

from axis.deliveries.statuses import GivenStatus
from axis.ledger.tree_checks import read_leaves
from axis.protocol.errors import NotFound, StatusInvalid, StatusNotAllowed


def test_repeating_the_newest_status_adds_nothing(exchange: Exchange) -> None:
    sent = exchange.send()
    first = exchange.give(B, sent.delivery(), "01")
    exchange.clock.at += 1_000_000
    again = exchange.give(B, sent.delivery(), "01")
    assert again.repeated
    assert again.at == first.at
    with exchange.database.read() as tx:
        assert len(list(read_leaves(tx))) == 2


def test_each_status_of_a_call_is_answered_on_its_own_and_in_order(exchange: Exchange) -> None:
    one, two = exchange.send(), exchange.send(to=(C,))
    outcomes = exchange.post(
        speaking_for(B),
        (one.delivery(), "01", None),
        (one.delivery(), "06", None),
        (two.delivery(), "01", None),
        (one.delivery(), "02", None),
        ("no such delivery", "01", None),
        (one.delivery(7), "01", None),
        (one.delivery(), "03", None),
    )
    kinds = [type(outcome) for outcome in outcomes]
    assert kinds == [GivenStatus, StatusNotAllowed, NotFound, StatusInvalid, NotFound, NotFound, GivenStatus]
    assert totals(exchange, A, B)["handled"] == 1


def test_only_the_two_parties_may_speak_and_each_in_its_own_part(exchange: Exchange) -> None:
    sent = exchange.send()
    with pytest.raises(NotFound):
        exchange.give(C, sent.delivery(), "03")
    with pytest.raises(StatusNotAllowed):
        exchange.give(A, sent.delivery(), "03")
    with pytest.raises(StatusNotAllowed):
        exchange.give(B, sent.delivery(), "13", "nhầm")
    (outcome,) = exchange.post(AUDITOR, (sent.delivery(), "03", None))
    assert isinstance(outcome, NotFound)


def test_a_subtree_speaks_for_those_below_and_the_code_decides_between_its_two_parties(
    exchange: Exchange,
) -> None:
    sent = exchange.send(to=(UNDER_A,))
    whole, alone = speaking_for(A, subtree=True), speaking_for(A)
    (refused,) = exchange.post(alone, (sent.delivery(), "01", None))
    assert isinstance(refused, StatusNotAllowed)
    arrived, asked = exchange.post(whole, (sent.delivery(), "01", None), (sent.delivery(), "13", "nhầm"))
    assert isinstance(arrived, GivenStatus)
    assert isinstance(asked, GivenStatus)
    assert (arrived.by, asked.by) == (UNDER_A, A)
