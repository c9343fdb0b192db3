"""What a status does to a delivery: row, event, leaf and counters together."""

from sqlalchemy import select
from support.exchange import A, B, Exchange, totals

from axis.deliveries.tables import deliveries, event_audience, events
from axis.ledger.tree_checks import read_leaves


def test_a_status_moves_the_delivery_and_leaves_an_event_a_leaf_and_a_count(exchange: Exchange) -> None:
    sent = exchange.send()
    given = exchange.give(B, sent.delivery(), "03", "đã vào sổ")
    assert (given.code, given.by, given.note, given.repeated) == ("03", B, "đã vào sổ", False)
    with exchange.database.read() as tx:
        row = tx.execute(select(deliveries)).one()
        event = tx.execute(select(events)).one()
        audience = set(tx.execute(select(event_audience.c.agency)).scalars())
        leaf = dict(read_leaves(tx))[1]
    assert (row.processing, row.status, row.status_by, row.status_at) == ("03", "03", B, exchange.clock.now())
    assert (event.position, event.code, event.by, event.document) == (1, "03", B, sent.id)
    assert audience == {A, B}
    assert (leaf["event"], leaf["delivery"], leaf["code"], leaf["by"]) == ("status", sent.delivery(), "03", B)
    for parties in ((A, B), (A, ""), ("", B)):
        assert totals(exchange, *parties) == {"addressed": 1, "handled": 1, "refused": 0, "withdrawn": 0}
        assert totals(exchange, *parties, grain="m")["handled"] == 1


def test_an_agreed_recall_withdraws_the_delivery_whatever_it_was_before(exchange: Exchange) -> None:
    sent = exchange.send()
    exchange.give(B, sent.delivery(), "03")
    exchange.give(A, sent.delivery(), "13", "gửi nhầm")
    assert totals(exchange, A, B)["handled"] == 1
    exchange.give(B, sent.delivery(), "15")
    assert totals(exchange, A, B) == {"addressed": 1, "handled": 0, "refused": 0, "withdrawn": 1}


def test_statuses_of_a_recall_itself_count_nowhere(exchange: Exchange) -> None:
    sent = exchange.send()
    recall = exchange.ask("recall", sent)
    exchange.give(B, recall.delivery(), "03")
    assert totals(exchange, A, B) == {"addressed": 1, "handled": 0, "refused": 0, "withdrawn": 0}
