"""What rows repeat of manifests, verdicts and events is made again; each changed value is named."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete, insert, update
from support.damaged_stores import found_of_damage, unnamed_damages
from support.exchange import A, B, C, Exchange

from axis.compliance.store_checks.leaves_and_rows import check_rows
from axis.compliance.store_checks.repeated_rows import check_copies, check_reports
from axis.deliveries.tables import deliveries, events
from axis.documents.tables import attachments, documents, references, refusals, signature_facts, verdicts
from axis.ledger.tree_checks import Difference


@pytest.fixture
def lived(exchange: Exchange) -> Exchange:
    """Documents of which one refers to another, statuses, a refusal."""
    sent = exchange.send(to=(B, C))
    exchange.give(B, sent.delivery(0), "03", "đã vào sổ")
    exchange.ask("recall", sent)
    exchange.refuse()
    exchange.database.write(
        lambda tx: tx.execute(
            update(refusals).values(problem='{"code": "manifest-invalid", "places": [], "params": {}}')
        )
    )
    return exchange


def found_after(exchange: Exchange, damage: Any) -> list[Difference]:
    return found_of_damage(
        exchange, damage, lambda tx: [*check_rows(tx), *check_copies(tx), *check_reports(tx)]
    )


DAMAGES: dict[str, tuple[Any, str]] = {
    "a subject": (update(documents).values(subject="V/v khác"), " subject"),
    "what is searched": (update(documents).values(searchable="khac"), " searchable"),
    "the day of a document": (update(documents).values(day="2019-06-04"), " day"),
    "an attachment's name": (update(attachments).values(name="khác.pdf"), "attachment 0"),
    "an attachment's media type": (update(attachments).values(media_type="text/html"), "attachment 0"),
    "an attachment's place": (update(attachments).values(ordinal=1), "attachment 0"),
    "whom a reference names": (update(references).values(sender=C), "reference 0"),
    "what a reference names": (update(references).values(number="9/X"), "reference 0"),
    "a reference": (delete(references), "reference 0"),
    "a fact about a signature": (
        insert(signature_facts).values(document=0, ordinal=0, algorithm="x"),
        "fact 0",
    ),
    "a delivery's place": (
        update(deliveries).where(deliveries.c.position == 1).values(ordinal=3),
        "delivery 1",
    ),
    "a delivery's action": (update(deliveries).values(action="update"), "delivery 0"),
    "a delivery's day": (update(deliveries).values(day="2019-06-04"), "delivery 0"),
    "when a status came": (
        update(deliveries).where(deliveries.c.position == 0).values(status_at=1),
        "delivery 0",
    ),
    "when a refusal was told": (update(events).where(events.c.kind == "refusal").values(at=1), "event "),
    "what a refusal was told as": (
        update(events).where(events.c.kind == "refusal").values(code="too-large"),
        "event ",
    ),
    "a refusal's day": (update(refusals).values(day="2019-06-04"), " day"),
    "a refusal's reason": (update(refusals).values(problem='{"code": "too-large"}'), " problem"),
    "when a verdict was given": (update(verdicts).values(at=1), "verdict 0 at"),
    "what a verdict trusted": (update(verdicts).values(trust="11" * 32), " trust"),
    "a verdict's policy": (update(verdicts).values(policy="other"), " policy"),
}


def test_nothing_differs_in_a_store_that_was_only_used(lived: Exchange) -> None:
    assert found_after(lived, None) == []


def test_every_value_that_was_changed_is_named(lived: Exchange) -> None:
    assert unnamed_damages(DAMAGES, partial(found_after, lived)) == {}


def test_a_verdict_that_cannot_be_read_is_named_and_the_rest_is_looked_at(lived: Exchange) -> None:
    found = found_after(lived, update(verdicts).where(verdicts.c.document == 0).values(report="{"))
    assert any(each.where == "verdict 0 of the document at 0 report" for each in found)
    assert A not in {each.found for each in found}
