"""Over HTTP: auditors have the counters compared, and anyone sees when that was and what it found."""

import pytest
from sqlalchemy import update
from support.exchange import Exchange
from support.jobs import runner_of
from support.rest_calls import RestCalls

from axis.compliance.reconciliation.reconciliation_job import reconciliation
from axis.deliveries.tables import deliveries


def test_an_auditor_asks_and_anyone_sees_what_was_found_in_counts(
    exchange: Exchange, rest: RestCalls
) -> None:
    exchange.send()
    exchange.database.write(lambda tx: tx.execute(update(deliveries).values(processing="03")))
    assert rest.get(None, "/v1/ledger/health").json() == {
        "reconciled": None,
        "checked": None,
        "witnessed": None,
    }
    answer = rest.post("auditor", "/v1/reconciliations", None)
    job = answer.json()
    assert (answer.status_code, job["kind"], job["state"]) == (202, "reconciliation", "queued")
    assert answer.headers["location"] == f"/v1/jobs/{job['id']}"
    assert runner_of(exchange.database, reconciliation(exchange.database)).run_one()
    ended = rest.get("auditor", answer.headers["location"]).json()
    assert (ended["state"], ended["result"]["counts"]["ledger"]) == ("done", 0)
    assert "handled" in ended["result"]["differences"][0]["counter"]
    health = rest.get(None, "/v1/ledger/health").json()["reconciled"]
    assert health["differences"] == len(ended["result"]["differences"]) > 0
    assert health["counts"] == ended["result"]["counts"]
    assert "000.00" not in rest.get(None, "/v1/ledger/health").text


@pytest.mark.parametrize(("role", "status"), [(None, 401), ("A", 403), ("operator", 403), ("auditor", 202)])
def test_auditors_alone_ask(rest: RestCalls, role: str | None, status: int) -> None:
    assert rest.post(role, "/v1/reconciliations", None).status_code == status


def test_one_auditor_does_not_queue_without_end(rest: RestCalls) -> None:
    statuses = [rest.post("auditor", "/v1/reconciliations", None).status_code for _ in range(21)]
    assert statuses == [202] * 20 + [429]
