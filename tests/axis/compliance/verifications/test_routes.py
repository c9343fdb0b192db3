"""Over HTTP: auditors ask what verdicts would be and read it as a list and as a table; nobody else does."""

import pytest
from support.exchange import A, B, C
from support.jobs import runner_of

from axis.compliance.verifications.verification_job import verifying
from axis.judging.judge import Trust
from axis.objects.store import open_objects
from axis.settings import Settings

UNSIGNED = {"indication": None, "sub_indication": None, "signed_by": "none"}
PASSED = {"indication": "TOTAL-PASSED", "sub_indication": None, "signed_by": "both"}


@pytest.fixture
def job(exchange, rest, database_url):
    """A verification that ended: of a document that was said to be signed and is not, and another."""
    exchange.send(A, (B, C), signed="both")
    exchange.send(B, (A,), signed="unsigned")
    answer = rest.post("auditor", "/v1/verifications", {"policy": {"forbid": ["sha1"]}})
    assert (answer.status_code, answer.json()["kind"]) == (202, "verification")
    settings = Settings(database_url=database_url)
    trust = Trust(exchange.database, settings)
    try:
        kind = verifying(open_objects(exchange.database, settings), trust)
        assert runner_of(exchange.database, kind).run_one()
    finally:
        trust.close()
    return answer.json()["id"]


def test_the_job_counts_outcomes_and_its_list_has_each_document(rest, job):
    result = rest.get("auditor", f"/v1/jobs/{job}").json()["result"]
    assert (result["documents"], result["changed"]) == (2, 1)
    assert {"before": PASSED, "after": UNSIGNED, "documents": 1} in result["outcomes"]
    page = rest.get("auditor", f"{result['list']}?limit=1").json()
    assert (page["items"][0]["before"], page["items"][0]["after"]) == (PASSED, UNSIGNED)
    assert page["items"][0]["changed"] is True
    rest_of_it = rest.get("auditor", f"{result['list']}?after={page['next']}").json()
    assert [each["changed"] for each in rest_of_it["items"]] == [False]
    assert rest_of_it["next"] is None
    assert len(rest.get("auditor", f"{result['list']}?changed=true").json()["items"]) == 1
    table = rest.get("auditor", f"{result['list']}?format=csv").text.splitlines()
    assert len(table) == 3
    assert "before_indication" in table[0]


@pytest.mark.parametrize(("role", "status"), [(None, 401), ("A", 403), ("operator", 403), ("auditor", 200)])
def test_auditors_alone_see_it(rest, job, role, status):
    assert rest.get(role, f"/v1/verifications/{job}/documents").status_code == status


def test_another_job_and_none_are_not_found(rest):
    other = rest.post("auditor", "/v1/reconciliations", None).json()["id"]
    for name in (other, "0" * 36, "x"):
        assert rest.get("auditor", f"/v1/verifications/{name}/documents").status_code == 404


def test_what_is_wrong_is_refused_before_a_job_is_queued(rest):
    refused = rest.post("auditor", "/v1/verifications", {"policy": {"forbid": ["sha3"]}, "at": "today"})
    assert (refused.status_code, refused.json()["code"]) == (422, "query-invalid")
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/policy/forbid/0", "/at"]
    assert rest.get("auditor", "/v1/jobs").json()["items"] == []
