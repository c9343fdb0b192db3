"""The directory, references, queues and jobs agree with themselves; what does not is named."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete, insert, update
from support.damaged_stores import found_of_damage, unnamed_damages
from support.exchange import A, B, Exchange

from axis.agencies.tables import agencies, agency_tree
from axis.compliance.store_checks.registers import check_registers
from axis.deliveries.tables import message_queue
from axis.documents.tables import references
from axis.jobs.tables import jobs
from axis.ledger.tree_checks import Difference
from axis.trust.tables import registered_certificates

JOB = {
    "id": "j", "kind": "export", "owner": "t", "request_id": "r", "params": "{}", "checkpoint": None,
    "result": None, "problem": None, "state": "queued", "done": 0, "total": None, "lease": 0, "attempts": 0,
    "holder": None, "due_at": 1, "created_at": 1, "started_at": None, "ended_at": None,
}  # fmt: skip


@pytest.fixture
def lived(exchange: Exchange) -> Exchange:
    exchange.connect(B)
    sent = exchange.send()
    exchange.ask("recall", sent)
    exchange.database.write(lambda tx: tx.execute(insert(jobs).values(JOB)))
    return exchange


def found_after(exchange: Exchange, damage: Any) -> list[Difference]:
    return found_of_damage(exchange, damage, check_registers)


DAMAGES: dict[str, tuple[Any, str]] = {
    "an agency's name": (update(agencies).where(agencies.c.code == A).values(name="Sở khác"), f"agency {A}"),
    "an agency's level": (update(agencies).where(agencies.c.code == A).values(level=3), f"agency {A}"),
    "an agency's code": (update(agencies).where(agencies.c.code == B).values(code="h 1"), "agency h 1"),
    "whose an agency is": (update(agencies).where(agencies.c.code == A).values(parent=B), f"agency {A}"),
    "who stands below whom": (delete(agency_tree).where(agency_tree.c.descendant == B), f"agency {B}"),
    "what a reference is resolved to": (update(references).values(target=1), "reference 0"),
    "an item of another's queue": (update(message_queue).values(agency=A), f"queue of {A}"),
    "a state that is none": (update(message_queue).values(state="lost"), f"queue of {B}"),
    "a job's state": (update(jobs).values(state="lost"), "job j state"),
    "a job without an end": (update(jobs).values(state="done"), "job j"),
    "a job's parameters": (update(jobs).values(params="{"), "job j params"),
    "more done than there is": (update(jobs).values(done=2, total=1), "job j done"),
    "a certificate": (
        insert(registered_certificates).values(
            sha256="0" * 64, agency=A, kind="person", der=b"x", registered_at=1
        ),
        "registered_certificates",
    ),
}


def test_nothing_differs_in_a_store_that_was_only_used(lived: Exchange) -> None:
    assert found_after(lived, None) == []


def test_every_value_that_was_changed_is_named(lived: Exchange) -> None:
    assert unnamed_damages(DAMAGES, partial(found_after, lived)) == {}
