"""Undecided documents are judged again as of their acceptance when what was missing arrives."""

import dataclasses
import hashlib
import os
from typing import Any

import pytest
from sqlalchemy import select
from support.chosen_trust import ChosenTrust, Material
from support.exchange import A, B, C, Exchange
from support.rejudging import again, nothing_differs

from axis.authority.certificates import Request, create_authority, issue, record
from axis.authority.revocation_lists import renew_lists
from axis.authority.stored_authorities import ISSUING, open_authority
from axis.clock import Microseconds
from axis.database.secret_key import SecretKey
from axis.deliveries.tables import event_audience, events
from axis.documents.tables import documents, signature_facts, verdicts
from axis.judging.judge import Signed, Trust
from axis.judging.rejudging_delays import FIRST_SECONDS
from axis.ledger.tree_checks import read_leaves
from axis.settings import Settings
from signing import cms, keys

URL = "http://axis.test"
DAY = 24 * 3600 * 1_000_000


def test_only_undecided_documents_are_judged_again_as_of_their_acceptance(exchange: Exchange) -> None:
    for signed in ("both", "failed", "unsigned", "person"):
        exchange.send(signed=signed)
    undecided = exchange.send(to=(B, C), signed="indeterminate")
    accepted_at = exchange.clock.now()
    exchange.clock.at = Microseconds(accepted_at + 3 * DAY)
    trust = ChosenTrust()
    assert again(exchange, trust) == 1
    assert [(sender, at) for _, sender, at in trust.asked] == [(A, accepted_at)]
    with exchange.database.read() as tx:
        row = tx.execute(select(documents).where(documents.c.position == undecided.position)).one()
        given = tx.execute(select(verdicts).where(verdicts.c.document == undecided.position)).all()
        event = tx.execute(select(events).where(events.c.kind == "verdict")).one()
        reached = set(
            tx.execute(
                select(event_audience.c.agency).where(event_audience.c.position == event.position)
            ).scalars()
        )
        leaf = dict(read_leaves(tx))[event.position]
    assert (row.indication, row.signed_by) == ("TOTAL-PASSED", "organisation")
    assert [(each.sequence, each.indication, each.at) for each in given] == [
        (0, "INDETERMINATE", accepted_at),
        (1, "TOTAL-PASSED", exchange.clock.now()),
    ]
    assert (event.code, event.document, event.by) == ("TOTAL-PASSED", undecided.id, None)
    assert reached == {A, B, C}
    assert (leaf["event"], leaf["verdict"]["signed_by"]) == ("verdict", "organisation")
    assert nothing_differs(exchange)


def test_what_stays_undecided_gets_no_new_verdict_and_is_left_alone_until_trust_changes(
    exchange: Exchange,
) -> None:
    exchange.send(signed="indeterminate")
    trust = ChosenTrust("indeterminate")
    assert [again(exchange, trust), again(exchange, trust), len(trust.asked)] == [0, 0, 1]
    trust.material = Material("second")
    assert [again(exchange, trust), again(exchange, trust), len(trust.asked)] == [0, 0, 2]
    with exchange.database.read() as tx:
        assert len(tx.execute(select(verdicts)).all()) == 1


@pytest.mark.parametrize("bound", [{"limit": 2}, {"budget_seconds": 0.0}])
def test_a_call_is_bounded_and_the_next_goes_on_where_it_stopped(
    exchange: Exchange, bound: dict[str, Any]
) -> None:
    for _ in range(5):
        exchange.send(signed="indeterminate")
    trust = ChosenTrust("indeterminate")
    calls = 0
    while len(trust.asked) < 5:
        calls += 1
        assert calls < 9
        again(exchange, trust, **bound)
    assert calls >= 3
    again(exchange, trust, **bound)
    assert len({manifest for manifest, *_ in trust.asked}) == len(trust.asked) == 5


def test_a_list_that_arrives_turns_an_open_verdict_into_a_signed_document(
    exchange: Exchange, database_url: str
) -> None:
    """The whole way, with real signatures: an outage of revocation data is mended by itself."""
    database, secret, issued_at = exchange.database, SecretKey(os.urandom(32)), exchange.clock.now()
    database.write(lambda tx: create_authority(tx, issued_at, secret, URL, kind="p256", sandbox=True))
    with database.read() as tx:
        authority = open_authority(tx, ISSUING, secret)
    key = keys.generate("p256")
    issued = issue(authority, Request(A, "Cơ quan", key.public_key()), issued_at, URL)
    database.write(lambda tx: record(tx, [issued]))
    trust = Trust(database, Settings(database_url=database_url))
    try:
        later = exchange.clock.at = Microseconds(issued_at + 40 * DAY)  # the list has run out
        new = exchange.new_document()
        signature = cms.sign(new.manifest_bytes, issued.certificate, key, chain=issued.issuers)
        verdict = trust.judge_blocking(Signed(new.manifest_bytes, [signature], A, later)).verdict
        assert (verdict.indication, verdict.sub_indication) == ("INDETERMINATE", "TRY_LATER")
        kept = (signature, hashlib.sha256(signature).hexdigest())
        new = dataclasses.replace(new, signatures=(kept,), verdict=verdict)
        exchange.record(new).result()
        assert again(exchange, trust) == 0
        database.write(lambda tx: renew_lists(tx, later, secret))
        with database.read() as tx:
            trust.reload(tx)
        assert again(exchange, trust) == 1
    finally:
        trust.close()
    with database.read() as tx:
        row = tx.execute(select(documents)).one()
        assert tx.execute(select(signature_facts.c.certificate)).scalar_one() is not None
    assert (row.indication, row.signed_by) == ("TOTAL-PASSED", "organisation")
    assert nothing_differs(exchange)


def test_what_was_stopped_is_judged_again_after_a_while_and_not_at_once(exchange: Exchange) -> None:
    exchange.send(A, (B,), signed="indeterminate")
    trust = ChosenTrust("indeterminate")
    again(exchange, trust)
    assert len(trust.asked) == 1
    trust.retries.note()
    again(exchange, trust)
    assert len(trust.asked) == 1
    trust.seconds += FIRST_SECONDS
    trust.signed = "organisation"
    assert again(exchange, trust) == 1
    assert len(trust.asked) == 2
