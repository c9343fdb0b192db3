"""Due times are stored when a document is accepted, follow a new verdict, and lists are narrowed by them."""

import datetime as dt
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from support import pki
from support.exchange import MONDAY, A, B, C, Exchange

from axis.clock import Microseconds, from_datetime, parse_rfc3339, rfc3339, to_datetime
from axis.compliance.new_verdicts import NewVerdict, record_verdicts
from axis.compliance.reconciliation.counter_comparison import reconcile
from axis.compliance.store_checks.due_times import check_due_times
from axis.counters.tables import counters
from axis.documents.deadlines import NO_DUE_TIMES, Deadline, delivery_is, document_is, due_times
from axis.documents.tables import deliveries, documents
from axis.protocol.deadlines import answer_due, send_due
from axis.protocol.manifest_rules import PRIORITIES
from signing import cms
from signing.verdict import DocumentVerdict, Indication

HOUR = 3_600 * 1_000_000


def stored(exchange: Exchange, position: int) -> dict[str, Any]:
    with exchange.database.read() as tx:
        document = tx.execute(select(documents).where(documents.c.position == position)).one()
        received = tx.execute(select(deliveries).where(deliveries.c.document == position)).all()
    return {
        "signed_on": document.signed_on,
        "send_due": None if document.send_due is None else rfc3339(document.send_due),
        "answer_due": [None if row.answer_due is None else rfc3339(row.answer_due) for row in received],
        "answered_at": [row.answered_at for row in received],
    }


def late(exchange: Exchange) -> tuple[int, int]:
    """Return how many documents are counted as sent late, and deliveries as answered late."""
    with exchange.database.read() as tx:
        rows = tx.execute(select(counters).where(counters.c.grain == "m", counters.c.recipient == "")).all()
        assert list(reconcile(tx)) == []
        assert list(check_due_times(tx)) == []
    return sum(row.sent_late for row in rows), sum(row.answered_late for row in rows)


def test_due_times_stand_with_document_and_deliveries(exchange: Exchange) -> None:
    sent = exchange.send(to=(B, C), issued_on="2019-05-31")
    assert stored(exchange, sent.position) == {
        "signed_on": "2019-05-31",
        "send_due": "2019-06-03T04:30:00.000000Z",
        "answer_due": ["2019-06-03T10:00:00.000000Z"] * 2,
        "answered_at": [None, None],
    }
    assert late(exchange) == (0, 0)


@given(st.integers(1_540_000_000, 1_800_000_000), st.integers(0, 999_999), st.sampled_from(PRIORITIES))
def test_due_times_are_those_of_the_rules_at_any_moment(second: int, fraction: int, priority: str) -> None:
    at = Microseconds(second * 1_000_000 + fraction)
    found = due_times("new", "cong-van", priority, "2019-06-03", "2019-06-03", at)
    assert found.answered == from_datetime(answer_due(to_datetime(at), priority))
    assert found.sent == from_datetime(send_due("2019-06-03", "2019-06-03", priority))


@pytest.mark.parametrize("urgent", [False, True])
def test_recalls_and_messages_have_none(exchange: Exchange, *, urgent: bool) -> None:
    more = {"priority": "urgent"} if urgent else {}
    sent = exchange.send_message("ho-so", issued_on="2019-01-02", **more)
    recall = exchange.ask("recall", exchange.send())
    for each in (sent, recall):
        found = stored(exchange, each.position)
        assert (found["send_due"], found["answer_due"]) == (None, [None])
    assert due_times("recall", "cong-van", "normal", "2019-06-03", "2019-06-03", MONDAY) == NO_DUE_TIMES
    assert late(exchange) == (0, 0)


@pytest.mark.parametrize("signed", ["both", "unsigned"])
def test_what_was_sent_after_its_time_is_counted_as_late(exchange: Exchange, signed: str) -> None:
    exchange.send(signed=signed, issued_on="2019-05-31", at=parse_rfc3339("2019-06-03T04:30:00Z"))
    exchange.send(signed=signed, issued_on="2019-05-31", at=parse_rfc3339("2019-06-03T04:30:00.000001Z"))
    assert late(exchange) == (1, 0)


@pytest.mark.parametrize(
    ("statuses", "hours", "expected"),
    [
        (("01", "03", "06"), 1, (True, 0)),
        (("03",), 24, (True, 1)),
        (("02",), 24, (True, 1)),
        (("01",), 1, (False, 0)),  # 01 is no answer
        (("13", "15"), 24, (True, 1)),
        (("13", "16"), 1, (False, 0)),  # it stays to be answered
        (("13", "16", "03"), 24, (True, 1)),
    ],
)
def test_the_first_answer_is_in_time_or_late(
    exchange: Exchange, statuses: tuple[str, ...], hours: int, expected: tuple[bool, int]
) -> None:
    sent = exchange.send()
    answered = Microseconds(MONDAY + hours * HOUR)
    for code in statuses:
        exchange.clock.at = answered
        exchange.give(A if code == "13" else B, sent.delivery(), code, "lý do")
        answered = Microseconds(answered + (72 * HOUR if code in {"02", "03", "15"} else 0))
    is_answered, lates = expected
    first = Microseconds(MONDAY + hours * HOUR) if is_answered else None
    assert stored(exchange, sent.position)["answered_at"] == [first]
    assert late(exchange) == (0, lates)


@pytest.mark.parametrize(("signed", "after"), [("2019-06-03T01:00:00Z", 0), ("2019-05-02T01:00:00Z", 1)])
def test_a_signature_that_passes_later_tells_the_day_from_which_the_document_had_to_be_sent(
    exchange: Exchange, signed: str, after: int
) -> None:
    signer = pki.organisation()
    sent = exchange.send(signed="indeterminate", issued_on="2019-01-02", to=(B, C))
    assert late(exchange) == (1, 0)
    judged = pki.judge(cms.sign(pki.CONTENT, signer.certificate, signer.key, chain=signer.chain))
    facts = {"certificate": None, "claimed_time": dt.datetime.fromisoformat(signed), "material": ()}
    signature = judged._replace(indication=Indication.TOTAL_PASSED, of_sender=True, **facts)
    verdict = DocumentVerdict(Indication.TOTAL_PASSED, None, "organisation", (signature,), "p", "00" * 32)
    assert (
        exchange.recorder.record(record_verdicts, NewVerdict(sent.position, verdict)).result().result is True
    )
    assert stored(exchange, sent.position)["signed_on"] == signed[:10]
    assert late(exchange) == (after, 0)


def test_each_delivery_is_of_one_deadline_and_each_document_in_time_or_late(exchange: Exchange) -> None:
    in_time, late_one, waits = (exchange.send() for _ in range(3))
    old = exchange.send(issued_on="2019-05-02")
    exchange.send_message("ho-so")
    exchange.give(B, in_time.delivery(), "03")
    exchange.clock.at = Microseconds(MONDAY + 24 * HOUR)
    exchange.give(B, late_one.delivery(), "03")
    with exchange.database.read() as tx:
        due = tx.execute(select(deliveries.c.answer_due).limit(1)).scalar_one()

        def found(deadline: Deadline, now: Microseconds) -> set[int]:
            statement = select(deliveries.c.document).where(delivery_is(deadline, now))
            return set(tx.execute(statement).scalars())

        for now, name in ((due, "open"), (due + 1, "overdue")):
            assert {each: found(each, now) for each in get_args(Deadline)} == {
                "in_time": {in_time.position},
                "late": {late_one.position},
                "open": set(),
                "overdue": set(),
            } | {name: {waits.position, old.position}}
        sent = {
            name: set(tx.execute(select(documents.c.position).where(document_is(name))).scalars())
            for name in ("late", "in_time")
        }
    assert sent == {"late": {old.position}, "in_time": {each.position for each in (in_time, late_one, waits)}}
