"""What waits for an agency that gets a system, its first or another."""

from support.exchange import MONDAY, UNDER_A, A, B, C, Exchange, speaking_for

from axis.agencies.systems import revoke_system
from axis.clock import Microseconds
from axis.deliveries.queues import open_items

SECOND = 1_000_000


def waiting(exchange, agency, kind):
    with exchange.database.read() as tx:
        return open_items(tx, speaking_for(agency, subtree=True), kind, limit=10)


def revoke(exchange, agency, at):
    exchange.database.write(lambda tx: revoke_system(tx, agency, Microseconds(at)))


def test_a_document_waits_until_its_receiver_says_anything_of_it(exchange: Exchange) -> None:
    answered, asked, declined, unread = (exchange.send() for _ in range(4))
    exchange.give(B, answered.delivery(), "01")
    exchange.give(A, asked.delivery(), "13", "gửi nhầm")
    exchange.give(A, declined.delivery(), "13", "gửi nhầm")
    exchange.give(B, declined.delivery(), "16", "đã làm")
    exchange.connect(B)
    assert [item.document for item in waiting(exchange, B, "edoc")] == [asked.id, declined.id, unread.id]


def test_what_was_given_back_unread_waits_no_more(exchange: Exchange) -> None:
    sent = exchange.send()
    exchange.give(A, sent.delivery(), "13", "gửi nhầm")
    exchange.give(B, sent.delivery(), "15")
    exchange.connect(B)
    assert waiting(exchange, B, "edoc") == waiting(exchange, B, "status") == []


def test_a_request_waits_while_it_is_open(exchange: Exchange) -> None:
    handled, declined = exchange.send(), exchange.send()
    exchange.give(B, handled.delivery(), "03")
    for sent in (handled, declined):
        exchange.give(A, sent.delivery(), "13", "gửi nhầm")
    exchange.give(B, declined.delivery(), "16", "đã làm")
    exchange.give(A, declined.delivery(), "13", "gửi nhầm thật")
    exchange.connect(B)
    found = [(item.document, item.code, item.note) for item in waiting(exchange, B, "status")]
    assert found == [(handled.id, "13", "gửi nhầm"), (declined.id, "13", "gửi nhầm thật")]


def test_a_request_by_a_document_that_the_receiver_gets_says_nothing_more(exchange: Exchange) -> None:
    sent = exchange.send(to=(B, C))
    exchange.ask("recall", sent, to=(B,))
    for agency in (B, C):
        exchange.connect(agency)
    assert waiting(exchange, B, "status") == []
    assert [item.document for item in waiting(exchange, C, "status")] == [sent.id]


def test_what_was_answered_between_two_systems_waits_for_the_second(exchange: Exchange) -> None:
    sent, below = exchange.send(), exchange.send(sender=UNDER_A)
    exchange.connect(A)
    exchange.give(B, sent.delivery(), "01")
    revoke(exchange, A, MONDAY + SECOND)
    exchange.clock.at = Microseconds(MONDAY + 2 * SECOND)
    exchange.give(B, sent.delivery(), "02", "sai thể thức")
    exchange.give(B, below.delivery(), "03")
    exchange.connect(A)
    assert [item.code for item in waiting(exchange, A, "status")] == ["01", "02", "03"]


def test_a_first_system_finds_no_answers_of_the_time_before_it(exchange: Exchange) -> None:
    exchange.give(B, exchange.send().delivery(), "03")
    exchange.connect(A)
    assert waiting(exchange, A, "status") == []
