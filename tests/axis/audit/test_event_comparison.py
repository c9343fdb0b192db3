"""A status that a hub tells otherwise than its entry, keeps back or makes up is found."""

import json

import pytest
from sqlalchemy import update
from support.audited_hub import AuditedHub
from support.exchange import C

from axis.deliveries.expiry import DAY, expire_some
from axis.deliveries.tables import events

pytestmark = pytest.mark.stores("sqlite")


def named(outcome):
    return [(each.kind, each.where) for each in outcome.findings.named]


@pytest.mark.parametrize(
    "lie", [{"note": "đúng thể thức"}, {"by": C + "x"}, {"code": "04"}, {"at": 1_559_527_869_123_457}]
)
def test_a_status_that_is_told_otherwise_is_found_with_its_entry(used: AuditedHub, tmp_path, lie):
    of_it = (events.c.kind == "status") & (events.c.code == "02")
    used.change(lambda tx: tx.execute(update(events).where(of_it).values(**lie)))
    found = named(used.audit(tmp_path))
    assert [kind for kind, _ in found] == ["happened", "happened"]
    assert any(where.startswith("entry ") for _, where in found)


def test_events_that_are_kept_back_or_made_up_are_found(used: AuditedHub, tmp_path):
    def lie(path, body):
        if path != "/v1/events":
            return body
        answer = json.loads(body)
        if answer["items"]:
            answer["items"][0] |= {"code": "06"}
        return json.dumps(answer).encode()

    used.transport.change = lie
    assert [kind for kind, _ in named(used.audit(tmp_path))] == ["happened", "happened"]
    used.transport.change = lambda path, body: b'{"items": [], "next": ""}' if path == "/v1/events" else body
    assert len(named(used.audit(tmp_path))) == 5


def test_refusals_and_later_verdicts_are_events_too(used: AuditedHub, tmp_path):
    used.exchange.refuse()
    used.append_verdict(used.unsigned[1])
    assert "happened" not in used.audit(tmp_path).findings.counts


def test_an_expiry_is_an_event_too_and_one_told_otherwise_is_found(used: AuditedHub, tmp_path):
    exchange = used.exchange
    exchange.clock.at += 30 * DAY
    assert expire_some(exchange.database, exchange.clock, exchange.recorder, 30) > 0
    outcome = used.audit(tmp_path)
    assert (outcome.findings.counts, named(outcome)) == ({}, [])
    of_it = events.c.kind == "expired"
    used.change(lambda tx: tx.execute(update(events).where(of_it).values(at=events.c.at + 1)))
    assert {kind for kind, _ in named(used.audit(tmp_path))} == {"happened"}
