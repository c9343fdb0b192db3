"""Messages of the old protocol are kept as they came, and the same message is the first document again."""

import pytest
from sqlalchemy import select, update
from support.exchange import A, B, Exchange

from axis.compliance.store_checks.leaves_and_rows import check_rows
from axis.documents.downloads import whole
from axis.documents.envelopes import envelope_facts, find_by_document_id, find_envelope, identity_of
from axis.documents.tables import documents, envelope_identities, envelopes, number_identities
from axis.ledger.tree_checks import read_leaves
from axis.objects.store import Objects
from axis.protocol.errors import NumberTaken


def test_the_same_message_is_the_first_document_again(exchange: Exchange) -> None:
    first = exchange.envelop("G98,2026/01/15,1")
    again = exchange.envelop("G98,2026/01/15,1")
    assert again.position == first.position
    with exchange.database.read() as tx:
        assert len(tx.execute(select(documents.c.id)).all()) == 1


def test_numbers_of_messages_come_again_and_stay_with_the_first(exchange: Exchange) -> None:
    first = exchange.envelop("one", number="5/VP")
    second = exchange.envelop("two", number="5/VP")
    third = exchange.envelop("one", number="5/VP", business=2)
    assert len({first.position, second.position, third.position}) == 3
    with exchange.database.read() as tx:
        holder = tx.execute(select(number_identities.c.document)).scalars().all()
        assert list(holder) == [first.position]
        assert [found.id for found in find_by_document_id(tx, "one")] == [first.id, third.id]
        assert list(check_rows(tx)) == []
    with pytest.raises(NumberTaken):
        exchange.send(number="5/VP")


def test_a_message_may_take_a_number_that_a_manifest_holds(exchange: Exchange) -> None:
    sent = exchange.send(number="5/VP")
    exchange.envelop("one", number="5/VP")
    with exchange.database.read() as tx:
        assert tx.execute(select(number_identities.c.document)).scalar_one() == sent.position
        assert list(check_rows(tx)) == []


def test_a_message_is_kept_byte_for_byte_and_its_leaf_names_its_digest(exchange: Exchange) -> None:
    sent = exchange.envelop("one")
    with exchange.database.read() as tx:
        body = find_envelope(tx, sent.position)
        facts = envelope_facts(tx, sent.position)
        (leaf,) = (leaf for _, leaf in read_leaves(tx))
    assert body is not None
    assert whole(Objects(exchange.database), body) == b"<edXML>one 0</edXML>"
    assert facts == {"document_id": "one", "sha256": body.sha256, "size": body.size, "warnings": []}
    assert leaf["message"] == body.sha256


def test_a_document_of_rest_has_no_message(exchange: Exchange) -> None:
    sent = exchange.send()
    with exchange.database.read() as tx:
        assert find_envelope(tx, sent.position) is None
        assert envelope_facts(tx, sent.position) is None
        (leaf,) = (leaf for _, leaf in read_leaves(tx))
    assert "message" not in leaf


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (update(envelopes).values(content=b"<edXML>other</edXML>"), "message content"),
        (update(envelopes).values(document=99), "message"),
        (update(envelope_identities).values(document=99), "message"),
    ],
)
def test_a_damaged_message_is_found(exchange: Exchange, damage: object, named: str) -> None:
    exchange.envelop("one")
    exchange.database.write(lambda tx: tx.execute(damage) and None)
    with exchange.database.read() as tx:
        assert any(named in str(difference) for difference in check_rows(tx))


def test_a_messages_identity_is_told_by_sender_id_business_and_files_alone() -> None:
    same = identity_of(A, "one", 0, ["aa", "bb"])
    assert identity_of(A, "one", 0, ["bb", "aa"]) == same
    others = [(B, "one", 0, ["aa", "bb"]), (A, "two", 0, ["aa", "bb"]), (A, "one", 2, ["aa", "bb"])]
    others += [(A, "one", 0, ["aa"]), (A, "one", 0, ["aa", "bb", "bb"])]
    assert same not in {identity_of(*other) for other in others}
