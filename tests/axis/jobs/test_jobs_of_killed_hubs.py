"""Across modules: jobs and chores with real hub processes, which are killed amid them."""

import httpx
import pytest
from sqlalchemy import select
from support.hub import HubProcess, running_hub
from support.postgres import fresh_database
from support.waiting import GUARD_SECONDS, wait_until

from axis.database import open_database
from axis.jobs.tables import leases


def ask(hub: HubProcess, token: str, method: str, path: str) -> httpx.Response:
    return httpx.request(
        method,
        hub.url + path,
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
        timeout=GUARD_SECONDS,
    )


def test_a_job_survives_its_hub(database_url: str, tmp_path) -> None:
    with running_hub(tmp_path, database_url, AXIS_JOBS_AT_ONCE="0") as hub:
        token = hub.auditor()
        job = ask(hub, token, "POST", "/v1/reconciliations").json()["id"]
        hub.kill()
        hub.settings["AXIS_JOBS_AT_ONCE"] = "1"
        hub.start()
        wait_until(
            lambda: ask(hub, token, "GET", f"/v1/jobs/{job}").json()["state"] == "done", "the job to be done"
        )
        health = ask(hub, token, "GET", "/v1/ledger/health").json()
    assert health["reconciled"]["differences"] == 0


def test_a_reset_of_the_sandbox_leaves_no_jobs_and_work_goes_on(database_url: str, tmp_path) -> None:
    with running_hub(tmp_path, database_url, AXIS_JOBS_AT_ONCE="0") as hub:
        ask(hub, hub.auditor(), "POST", "/v1/reconciliations")
        assert len(ask(hub, hub.operator(), "GET", "/v1/jobs").json()["items"]) == 1
        sandbox_token = (tmp_path / "sandbox-token").read_text(encoding="utf-8").strip()
        reset = httpx.post(
            f"{hub.sandbox_url}/sandbox/reset",
            headers={"Authorization": f"Bearer {sandbox_token}"},
            trust_env=False,
            timeout=GUARD_SECONDS,
        )
        assert reset.status_code == 204
        assert ask(hub, hub.operator(), "GET", "/v1/jobs").json()["items"] == []
        assert ask(hub, hub.auditor(), "GET", "/v1/ledger/health").json() == {
            "reconciled": None,
            "checked": None,
            "witnessed": None,
        }
        hub.kill()
        hub.settings["AXIS_JOBS_AT_ONCE"] = "1"
        hub.start()
        token = hub.auditor()
        job = ask(hub, token, "POST", "/v1/reconciliations").json()["id"]
        wait_until(
            lambda: ask(hub, token, "GET", f"/v1/jobs/{job}").json()["state"] == "done", "the job to be done"
        )


@pytest.mark.slow
def test_of_two_hubs_one_does_the_chores_until_it_is_killed(postgres_server: str, tmp_path) -> None:
    with fresh_database(postgres_server) as url:
        store = open_database(url)

        def holder() -> str | None:
            with store.read() as tx:
                name = tx.execute(select(leases.c.holder).where(leases.c.name == "chores")).scalar()
            return name and name.split(":")[1]

        with running_hub(tmp_path, url, AXIS_LEASE_SECONDS="3") as first:
            second = HubProcess(tmp_path, url, first.settings, sandbox=False)
            second.start()
            try:
                hubs = {str(hub.process and hub.process.pid): hub for hub in (first, second)}
                wait_until(lambda: holder() in hubs, "one of them to hold the lease")
                holding = holder() or ""
                hubs.pop(holding).kill()
                (left,) = hubs
                wait_until(lambda: holder() == left, "the other to take it over")
            finally:
                second.stop()
        store.close()
