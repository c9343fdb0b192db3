"""Across modules: leaves of both versions stand in one ledger, and whatever reads them goes by version."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import update
from support.exchange import A, B, C, Exchange
from support.older_leaves import leaves_of

from axis.compliance.new_verdicts import NewVerdict, record_verdicts
from axis.compliance.reconciliation.counter_comparison import reconcile
from axis.compliance.store_checks.leaves_and_rows import check_rows
from axis.documents.tables import documents
from axis.ledger.leaves import SINCE
from axis.ledger.receipts import receipt
from axis.ledger.tree_checks import fsck, read_leaves
from signing.notes import check_receipt
from signing.verdict import DocumentVerdict, Indication

PASSED = DocumentVerdict(Indication.TOTAL_PASSED, None, "both", (), "test-policy", "00" * 32)

V1_ACCEPTANCE = (
    b'{"action":"new","at":"2019-06-03T02:11:09.000000Z","clock":"real","document":"d-1","event":"acceptance",'
    b'"from":"000.00.00.H24","issued_on":"2019-06-03","manifest":"ab","number":"1/VP","salt":"00",'
    b'"signatures":[],"to":["000.00.00.G22"],"type":"cong-van","v":1,"verdict":{"indication":null,'
    b'"policy":"p","signed_by":"none","sub_indication":null}}'
)


@pytest.fixture
def mixed(exchange: Exchange) -> Exchange:
    """A life that began under version 1: its documents get statuses, verdicts and company under version 2."""
    with leaves_of(1):
        first = exchange.send(to=(B, C), priority="urgent")
        undecided = exchange.send(signed="indeterminate")
        exchange.give(B, first.delivery(0), "03", "đã vào sổ")
        exchange.refuse()
    exchange.give(C, first.delivery(1), "02", "thiếu phụ lục")
    exchange.send(B, (A,), signed="unsigned", priority="express")
    exchange.refuse()
    message = exchange.send_message("ho-so", B, (A, C), signed="indeterminate")
    exchange.give(C, message.delivery(1), "03")
    exchange.recorder.record(record_verdicts, NewVerdict(message.position, PASSED)).result()
    exchange.recorder.record(record_verdicts, NewVerdict(undecided.position, PASSED)).result()
    with leaves_of(1):  # a hub of the earlier release, beside newer ones
        exchange.ask("recall", first)
    return exchange


def leaves(exchange: Exchange) -> list[dict[str, object]]:
    with exchange.database.read() as tx:
        return [leaf for _, leaf in read_leaves(tx)]


def test_a_ledger_of_both_versions_is_whole_and_counts_alike(mixed: Exchange) -> None:
    assert {leaf["v"] for leaf in leaves(mixed)} == {1, 2}
    with mixed.database.read() as tx:
        assert [*fsck(tx, mixed.verifier)] == []
        assert [*check_rows(tx)] == []
        assert [*reconcile(tx)] == []


def test_each_leaf_has_the_members_of_its_version(mixed: Exchange) -> None:
    for leaf in leaves(mixed):
        if leaf["event"] in {"acceptance", "refusal"}:
            assert (leaf.keys() >= SINCE.keys()) == (leaf["v"] == 2)
    assert [leaf["kind"] for leaf in leaves(mixed) if leaf.get("kind")] == ["ho-so"]
    express = next(leaf for leaf in leaves(mixed) if leaf.get("priority") == "express")
    assert (express["signed_on"], express["kind"]) == ("2019-06-03", None)


def test_leaves_of_the_earlier_version_have_its_members_and_no_other(mixed: Exchange) -> None:
    first = leaves(mixed)[0]
    assert (first["v"], first.keys()) == (1, json.loads(V1_ACCEPTANCE).keys())


def test_receipts_of_the_earlier_version_stay_as_they_were_and_hold(exchange: Exchange) -> None:
    with leaves_of(1):
        sent = exchange.send()
    with exchange.database.read() as tx:
        first = receipt(tx, sent.position)
    for _ in range(3):
        exchange.send()
    with exchange.database.read() as tx:
        again = receipt(tx, sent.position)
    assert again == first
    checked = check_receipt(again, exchange.verifier)
    assert checked.valid
    assert checked.receipt is not None
    assert json.loads(checked.receipt.leaf)["v"] == 1


def test_later_members_are_compared_with_the_rows_where_a_leaf_has_them(mixed: Exchange) -> None:
    def named() -> Iterator[str]:
        with mixed.database.read() as tx:
            for each in check_rows(tx):
                yield each.where.rpartition(" ")[2]

    old, new = (
        next(at for at, leaf in enumerate(leaves(mixed)) if (leaf["v"], leaf["event"]) == (v, "acceptance"))
        for v in (1, 2)
    )
    change = update(documents).values(priority="normal")
    mixed.database.write(lambda tx: tx.execute(change.where(documents.c.position == old)))
    follows = ["send_due", "answer_due", "answer_due"]
    # nothing in a leaf of version 1 speaks of the priority itself, but its manifest does
    assert sorted(named()) == sorted(["priority", *follows])
    mixed.database.write(lambda tx: tx.execute(change.where(documents.c.position == new)))
    assert sorted(named()) == sorted(["priority"] * 3 + [*follows, "send_due", "answer_due"])


def test_a_verdict_given_again_says_on_which_day_the_document_was_signed(mixed: Exchange) -> None:
    given = [(leaf["v"], leaf["signed_on"]) for leaf in leaves(mixed) if leaf["event"] == "verdict"]
    assert given == [(2, "2019-06-03")] * 2
