"""Leaves are compared with the rows that they speak of, and every difference is named."""

from typing import Any

import pytest
from sqlalchemy import delete, insert, update
from support.exchange import A, B, C, Exchange

from axis.compliance.store_checks.leaves_and_rows import check_rows
from axis.database import Write
from axis.deliveries.tables import deliveries, event_audience, events, status_messages
from axis.documents.tables import (
    attachments,
    documents,
    manifest_identities,
    manifests,
    number_identities,
    refusals,
    verdicts,
)
from axis.ledger.tables import ledger_entries
from axis.ledger.tree_checks import Difference


def differences(exchange: Exchange) -> list[Difference]:
    with exchange.database.read() as tx:
        return list(check_rows(tx))


@pytest.fixture
def lived(exchange: Exchange) -> Exchange:
    """Documents, statuses with notes, requests, a refusal."""
    sent = exchange.send(to=(B, C))
    exchange.give(B, sent.delivery(0), "03", "đã vào sổ")
    exchange.give(C, sent.delivery(1), "02", "thiếu phụ lục")
    exchange.ask("recall", sent)
    exchange.give(B, sent.delivery(0), "15", message=b"<edXML>15</edXML>")
    exchange.give(C, sent.delivery(1), "16", "không đồng ý")
    exchange.refuse()
    exchange.send(B, (A,), signed="unsigned")
    return exchange


def test_nothing_differs_in_a_store_that_was_only_used(lived: Exchange) -> None:
    assert differences(lived) == []


def test_pages_end_anywhere(lived: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("axis.compliance.store_checks.leaves_and_rows.PAGE", 2)
    monkeypatch.setattr("axis.compliance.store_checks.states.PAGE", 1)
    assert differences(lived) == []


DAMAGES: dict[str, tuple[Any, str]] = {
    "a document is gone": (delete(documents).where(documents.c.position == 0), "acceptance 0"),
    "a document's type was changed": (update(documents).values(type="bao-cao"), " type"),
    "a document's subject-bearing bytes were changed": (
        update(manifests).values(content=b"{}"),
        " manifest",
    ),
    "a document's bytes are gone": (delete(manifests), " manifest"),
    "an acceptance was moved in time": (update(documents).values(accepted_at=1), " at"),
    "a delivery is gone": (delete(deliveries).where(deliveries.c.position == 1), " to"),
    "a delivery was moved without a status": (
        update(deliveries).where(deliveries.c.position == 0).values(processing="06"),
        "delivery 0",
    ),
    "a delivery changed its sender": (update(deliveries).values(sender=C), "delivery 0"),
    "an attachment's bytes were changed": (
        update(attachments).values(content=b"other"),
        "attachment 0 content",
    ),
    "an attachment's declared digest was changed": (
        update(attachments).values(sha256="0" * 64),
        "attachment 0",
    ),
    "an attachment is gone": (delete(attachments), "attachments"),
    "the first verdict was rewritten": (update(verdicts).values(signed_by="person"), "verdict 0 signed_by"),
    "the first verdict is gone": (delete(verdicts), "verdict 0"),
    "the repeated verdict was changed": (update(documents).values(indication="INDETERMINATE"), "indication"),
    "a verdict was slipped in": (
        insert(verdicts).values(
            document=0,
            sequence=1,
            at=1,
            policy="p",
            trust="t",
            indication="TOTAL-PASSED",
            sub_indication=None,
            signed_by="both",
            report="{}",
        ),
        "verdicts",
    ),
    "a status is gone": (delete(events).where(events.c.code == "03"), "status 1"),
    "a status's note was changed": (update(events).where(events.c.code == "02").values(note="khác"), "note"),
    "a status was put in another's name": (update(events).where(events.c.code == "03").values(by=C), "by"),
    "a status no longer reaches a party": (delete(event_audience), "event 1"),
    "a status's message was changed": (update(status_messages).values(content=b"<edXML/>"), "message"),
    "a status's message is gone": (delete(status_messages), "message"),
    "a status got a message": (
        insert(status_messages).values(event=1, content=b"<edXML/>"),
        "event 1 message",
    ),
    "a recall became an update": (
        update(events).where(events.c.code == "13").values(request="update"),
        "request",
    ),
    "a request lost the document that asks": (
        update(deliveries).values(request_document=None),
        "request of its delivery",
    ),
    "a refusal is gone": (delete(refusals), "refusal"),
    "a refusal was given another code": (update(refusals).values(code="too-large"), "code"),
    "a refusal reaches nobody": (delete(events).where(events.c.kind == "refusal"), "refusal"),
    "a manifest may come again": (delete(manifest_identities), "manifest"),
    "a number was released": (delete(number_identities), "number"),
    "an entry is gone": (delete(ledger_entries).where(ledger_entries.c.position == 1), "status 1"),
    "a document was given more time": (update(documents).values(send_due=2**60), "send_due"),
    "a document was signed on another day": (update(documents).values(signed_on="2019-06-01"), "signed_on"),
    "a delivery was given more time": (update(deliveries).values(answer_due=2**60), "answer_due"),
    "a delivery was answered earlier": (update(deliveries).values(answered_at=1), "answered_at"),
    "an event that no leaf knows": (
        insert(events).values(position=10_000, kind="status", at=1, code="01"),
        "event 10000",
    ),
}


class UndoneError(Exception):
    """Ends a transaction so that its damage is undone."""


def differences_after(exchange: Exchange, damage: Any) -> list[Difference]:
    found: list[Difference] = []

    def work(tx: Write) -> None:
        tx.execute(damage)
        found.extend(check_rows(tx))
        raise UndoneError

    with pytest.raises(UndoneError):
        exchange.database.write(work)
    return found


def test_every_damage_is_found_and_named(lived: Exchange) -> None:
    unnamed = {}
    for damage, (statement, where) in DAMAGES.items():
        found = differences_after(lived, statement)
        if not any(where in each.where for each in found):
            unnamed[damage] = found
    assert unnamed == {}
    assert differences(lived) == []
