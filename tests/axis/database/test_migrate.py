"""What migrations do to a store that has something in it."""

import importlib
import json
from dataclasses import replace

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text, update
from support import pki
from support.exchange import A, B, C, Exchange
from support.found_verdicts import FOUND
from support.traffic import live_a_little

from axis.agencies.tables import last_calls, sessions
from axis.alerts.tables import alert_events, alerts, clock_offsets
from axis.compliance.reconciliation.counter_comparison import reconcile
from axis.compliance.store_checks.kept_material import check_material
from axis.compliance.store_checks.leaves_and_rows import check_rows
from axis.compliance.tables import targets, what_ifs
from axis.counters.tables import (
    counters,
    verdict_counters,
    verdict_profile_signatures,
    verdict_profiles,
)
from axis.database import Database
from axis.database.migrate import migrate
from axis.deliveries.tables import deliveries
from axis.documents.queries import verdict_rows
from axis.documents.tables import documents, expired_deliveries, signature_facts, verdicts
from axis.exports.tables import exports
from axis.intake.tables import uploads
from axis.jobs.tables import jobs, leases
from axis.ledger.tables import ledger_cosignatures, ledger_keys, ledger_receipts, ledgers
from axis.objects.tables import stored_objects
from axis.push.tables import webhook_failures, webhook_lanes, webhooks
from axis.trust.tables import certificate_requests, kept_material
from signing import cms
from signing.verdict import DocumentVerdict

BY_VERDICT = (verdict_counters, verdict_profiles, verdict_profile_signatures)
PUSHED = (webhooks, webhook_lanes, webhook_failures)
WATCHED = (expired_deliveries, last_calls, alerts, alert_events, clock_offsets)


def test_deliveries_learn_from_the_ledger_which_document_asked_last(database: Database) -> None:
    exchange = Exchange(database)
    sent, other = exchange.send(to=(B, C)), exchange.send()
    exchange.ask("recall", sent)
    exchange.give(B, sent.delivery(0), "16", "đã làm")
    asking = exchange.ask("update", sent)
    exchange.give(A, other.delivery(), "13", "gửi nhầm")
    newest = select(deliveries.c.request_document).order_by(deliveries.c.position)
    with database.read() as tx:
        before = tx.execute(newest).scalars().all()
    assert asking.id in before
    migration = importlib.import_module("migrations.versions.0004_old_protocol")

    def fill(tx):
        tx.execute(update(deliveries).values(request_document=None))
        migration.name_asking_documents(tx.connection)

    database.write(fill)
    with database.read() as tx:
        assert tx.execute(newest).scalars().all() == before
        assert list(check_rows(tx)) == []


LATER_INDEXES = ("agencies_via", "refusals_request_id_position", "events_document", "deliveries_unusual")


def test_verdicts_older_than_the_keeping_of_material_say_that_it_is_not_kept(database: Database) -> None:
    exchange = Exchange(database)
    signer = pki.organisation()
    signature = pki.judge(cms.sign(pki.CONTENT, signer.certificate, signer.key, chain=signer.chain))
    sent = exchange.send()
    report = DocumentVerdict(signature.indication, None, "organisation", (signature,), "axis-2019", "00" * 32)
    older = json.loads(report.to_stored())
    del older["signatures"][0]["material"]

    def go_back(tx):
        tx.execute(update(verdicts).values(report=json.dumps(older)))
        for table in (
            kept_material,
            certificate_requests,
            jobs,
            leases,
            uploads,
            targets,
            stored_objects,
            ledger_keys,
            ledger_cosignatures,
            ledgers,
            ledger_receipts,
            exports,
            what_ifs,
            sessions,
            *PUSHED,
            *(BY_VERDICT + WATCHED),
        ):
            table.drop(tx.connection)
        for index in LATER_INDEXES:
            tx.execute(text(f"DROP INDEX ix_{index}"))
        for column in (
            "agencies.via",
            "documents.relay",
            "events.relay",
            "events.request_document",
            "events.origin",
            "signature_facts.kind",
        ):
            table, _, name = column.partition(".")
            tx.execute(text(f"ALTER TABLE {table} DROP COLUMN {name}"))
        tx.execute(text("ALTER TABLE tokens DROP COLUMN contents"))
        tx.execute(text("ALTER TABLE tokens DROP COLUMN used_at"))
        tx.execute(text("ALTER TABLE ledger_head DROP COLUMN key_id"))
        tx.execute(text("ALTER TABLE refusals DROP COLUMN request_id"))
        tx.execute(text("ALTER TABLE documents DROP COLUMN kind"))
        take_deadlines_away(tx)
        tx.execute(text("UPDATE alembic_version SET version_num = '0004'"))

    database.write(go_back)
    assert migrate(database)
    with database.read() as tx:
        (row,) = verdict_rows(tx, sent.position)
        (found,) = DocumentVerdict.from_stored(row.report).to_json()["signatures"]
        assert list(check_material(tx)) == []
        columns = inspect(tx.execute(text("SELECT 1")).connection).get_columns("kept_material")
    assert found["material"] == "not kept"
    assert [each["name"] for each in columns] == kept_material.columns.keys()


def take_deadlines_away(tx):
    for index in ("documents_sent_late", "deliveries_answer_due", "deliveries_unanswered"):
        tx.execute(text(f"DROP INDEX ix_{index}"))
    tx.execute(text("DROP INDEX ix_deliveries_answered_late"))
    for table, columns in DEADLINES.items():
        for column in columns:
            tx.execute(text(f"ALTER TABLE {table.name} DROP COLUMN {column}"))


DEADLINES = {
    documents: ("signed_on", "send_due"),
    deliveries: ("answer_due", "answered_at"),
    counters: ("sent_late", "answered_late"),
}


def test_a_store_of_before_gets_its_due_times_and_its_late_documents_are_counted(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = Exchange(database)
    live_a_little(exchange, 5)
    exchange.send(signed="unsigned", issued_on="2019-05-30")
    exchange.send_message("ho-so")

    def kept(tx):
        return {
            table.name: tx.execute(
                select(*table.primary_key.columns, *(table.c[name] for name in columns)).order_by(
                    *table.primary_key.columns
                )
            ).all()
            for table, columns in DEADLINES.items()
        }

    with database.read() as tx:
        before = kept(tx)
    assert all(any(row[-1] or row[-2] for row in rows) for rows in before.values())
    assert any(row.answered_late for row in before["counters"])
    migration = importlib.import_module("migrations.versions.0016_deadlines")
    monkeypatch.setattr(migration, "BATCH", 7)

    def again(tx):
        take_deadlines_away(tx)
        with Operations.context(MigrationContext.configure(tx.connection)):
            migration.upgrade()

    database.write(again)
    with database.read() as tx:
        assert kept(tx) == before
        assert list(reconcile(tx)) == []


def test_a_store_of_before_counts_its_documents_by_verdict(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = Exchange(database)
    live_a_little(exchange, 5)
    for name in ("passed", "two signatures", "revoked", "unread"):
        exchange.record(replace(exchange.new_document(), verdict=FOUND[name])).result()
    exchange.send_message("ho-so")

    def kept(tx):
        digest = verdict_profiles.c.sha256
        facts = verdict_profile_signatures
        of_profile = [verdict_profiles.c.profile == table.c.profile for table in (verdict_counters, facts)]
        statements = (
            select(*list(verdict_counters.c)[:4], digest, verdict_counters.c.documents).join(
                verdict_profiles, of_profile[0]
            ),
            select(digest, *list(facts.c)[1:]).join(verdict_profiles, of_profile[1]),
            select(signature_facts),
        )
        return [sorted(tx.execute(each).all(), key=str) for each in statements]

    with database.read() as tx:
        before = kept(tx)
    assert all(before)
    migration = importlib.import_module("migrations.versions.0024_count_documents_by_verdict")
    monkeypatch.setattr(migration, "BATCH", 7)

    def again(tx):
        for table in BY_VERDICT:
            table.drop(tx.connection)
        tx.execute(text("ALTER TABLE signature_facts DROP COLUMN kind"))
        with Operations.context(MigrationContext.configure(tx.connection)):
            migration.upgrade()

    database.write(again)
    with database.read() as tx:
        assert kept(tx) == before
        assert list(reconcile(tx)) == []
